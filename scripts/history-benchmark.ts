/**
 * `npm run benchmark`: how long the history of 100,000 terminations takes from a journal in a file, as a ratio to only reading the file's
 * lines, and the most memory that either held. The ratio is of processor time: other work on the machine makes each wait.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { journalOf } from '../src/cli/deployment.ts'
import { lineBatches, piecesOf } from '../src/cli/line-batches.ts'
import { histories } from '../src/journal/history-stream.ts'
import { JOURNAL_VERSION } from '../src/journal/journal.ts'

const YEAR_MS = 365 * 24 * 3600_000

/** A journal of a year: three passes and two ends of each termination, as a good end has them, with metrics between. */
async function writeJournal(file: string, actions: number): Promise<void> {
  const out = createWriteStream(file)
  for (let action = 0; action < actions; action++) {
    const began = Date.UTC(2026, 0, 1) + Math.floor((action * YEAR_MS) / actions)
    const id = action.toString(16).padStart(12, '0')
    const name = {
      instanceId: `i-0000${id}0`,
      groupName: 'awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1A2B3C',
      token: `00000000-0000-4000-8000-${id}`,
      startedAt: began,
    }
    const line = (afterMs: number, event: object) => {
      const timestamp = new Date(began + afterMs).toISOString()
      return `${JSON.stringify({ level: 'INFO', timestamp, journal: JOURNAL_VERSION, ...event })}\n`
    }
    const pass = (decided: string) => ({
      ...{ event: 'pass', ...name, trigger: 'notification', decided, did: 'done', overdue: false },
      ...{ saw: { hold: 'held', machine: 'unknown', flushes: 1 }, reason: 'all 12 files are in S3' },
      ...{
        over: decided !== 'flush',
        durationMs: 420,
        calls: { listCommandInvocations: 1, listObjectsV2: 1 },
      },
    })
    const end = (by: string) => ({
      ...{ event: 'action-ended', ...name, outcome: 'archived', reason: 'all 12 files are in S3', by },
      ...{ heldMs: 60_000, flushMs: 20_000, attempts: 1, files: 12, bytes: 123_456, unproven: [], notes: [] },
    })
    const text =
      line(1000, pass('flush')) +
      line(60_000, pass('continue')) +
      line(60_001, end('completed')) +
      `${JSON.stringify({ _aws: { Timestamp: began }, ActionArchived: 1, service: 'termination-guard' })}\n` +
      line(900_000, pass('settle')) +
      line(900_001, end('found-over'))
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

interface Took {
  readonly ms: number
  /** Of all of the process's threads. */
  readonly cpuMs: number
  readonly count: number
  readonly maxRssMb: number
}

/** Each in a process of its own, since a process remembers the most that it ever held. */
function run(what: 'read' | 'history', file: string): Took {
  const words = [fileURLToPath(import.meta.url), what, file]
  return JSON.parse(spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout)
}

async function countLines(file: string): Promise<number> {
  let count = 0
  for await (const lines of lineBatches(piecesOf(file))) count += lines.length
  return count
}

async function countActions(file: string): Promise<number> {
  let count = 0
  for await (const actions of histories(journalOf(() => piecesOf(file)).read(0), { inOrder: true }))
    count += actions.filter(({ outcome }) => outcome === 'archived').length
  return count
}

async function timed(work: () => Promise<number>): Promise<Took> {
  const began = { at: performance.now(), cpu: process.cpuUsage() }
  const count = await work()
  const ms = performance.now() - began.at
  const { user, system } = process.cpuUsage(began.cpu)
  return {
    ms,
    cpuMs: (user + system) / 1000,
    count,
    maxRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

const [, , what = '100000', subject = ''] = process.argv
if (what === 'read') console.log(JSON.stringify(await timed(() => countLines(subject))))
else if (what === 'history') console.log(JSON.stringify(await timed(() => countActions(subject))))
else {
  const actions = Number(what)
  const folder = mkdtempSync(join(tmpdir(), 'termination-guard-benchmark-'))
  const file = join(folder, 'journal')
  try {
    await writeJournal(file, actions)
    const [read, told] = [run('read', file), run('history', file)]
    if (told.count !== actions) throw new Error(`${told.count} of ${actions} actions were told`)
    const seconds = (ms: number) => (ms / 1000).toFixed(2)
    const line = ({ ms, cpuMs, maxRssMb }: Took) =>
      `${seconds(ms)} s (${seconds(cpuMs)} s of CPU), ${maxRssMb} MB`
    console.log(`${actions} actions in ${Math.round(statSync(file).size / 1e6)} MB`)
    console.log(
      `reading: ${line(read)}; history: ${line(told)}; ratio ${(told.cpuMs / read.cpuMs).toFixed(1)}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
