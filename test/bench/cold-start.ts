/** How long a new process takes until the function has answered for the first time, beside the SDK's clients alone. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lambdaBundle } from './lambda-bundles.ts'
import { median, type Row, ratio } from './row.ts'

/** What the deployment sets; nothing is called, since there is no message. */
const environment = {
  HOOK_NAME: 'termination-guard',
  DOCUMENT_NAME: 'termination-guard',
  AWS_REGION: 'us-east-1',
  QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/terminations',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/dead',
  ARCHIVE_BUCKET: 'bucket',
  ARCHIVE_PREFIX: 'logs/{instance}/',
  ARCHIVE_KEY_RULE: 'underscores',
}

/** CPU milliseconds from the import to the first answer; what Node itself needs to start is left out. */
const program = `
const before = process.cpuUsage()
const { handler } = await import(process.argv[1])
await handler({ Records: [] }, { getRemainingTimeInMillis: () => 60000 })
const { user, system } = process.cpuUsage(before)
console.log((user + system) / 1000)
`

export async function coldStart(rounds: number): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-cold-start-'))
  try {
    const write = async (name: string, bundle: Parameters<typeof lambdaBundle>[0]) => {
      const file = join(directory, name)
      writeFileSync(file, await lambdaBundle(bundle))
      return file
    }
    const ours = await write('ours.mjs', 'ours')
    const alone = await write('alone.mjs', 'clients as they come')
    const costs = { ours: [] as number[], alone: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      costs.ours.push(milliseconds(ours))
      costs.alone.push(milliseconds(alone))
    }
    const [a, b] = [median(costs.ours), median(costs.alone)]
    return [
      {
        what: 'cold start of `terminations` ÷ its SDK clients alone',
        measured: ratio(a, b),
        wanted: '≤ 1.15',
        figures: `${a.toFixed(0)} ms to ${b.toFixed(0)} ms of CPU, median of ${rounds}`,
        holds: a / b <= 1.15,
      },
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function milliseconds(bundle: string): number {
  const options = { env: { PATH: process.env.PATH, ...environment }, encoding: 'utf8' } as const
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program, bundle], options))
}
