/** `journal-reader.ts read|history FILE`: reads the file's lines, or lets the command `history` tell all of it, and says what that took. */
import { lineBatches, piecesOf } from '../../src/cli/line-batches.ts'
import { processSurroundings } from '../../src/cli/process-surroundings.ts'
import { run } from '../../src/cli/program.ts'

const [, , what, file = ''] = process.argv

async function countLines(): Promise<number> {
  let count = 0
  for await (const lines of lineBatches(piecesOf(file))) count += lines.length
  return count
}

async function countTold(): Promise<number> {
  const surroundings = processSurroundings()
  let count = 0
  const print = (text: string) => {
    count += text.split('archived  ').length - 1
  }
  await run(['history', '--from', file], { ...surroundings, terminal: { ...surroundings.terminal, print } })
  return count
}

const before = process.cpuUsage()
const count = await (what === 'read' ? countLines() : countTold())
const { user, system } = process.cpuUsage(before)
const maxRssMb = Math.round(process.resourceUsage().maxRSS / 1024)
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, count, maxRssMb }))
