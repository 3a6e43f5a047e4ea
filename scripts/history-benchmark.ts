/**
 * `npm run benchmark`: how long `history` takes over a journal of 100,000 terminations in a file, as a ratio to only reading that file's
 * lines, and how much memory: of both, since only their difference is the history's.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { JOURNAL_VERSION } from '../src/journal/journal.ts'

const ACTIONS = Number(process.argv[2] ?? 100_000)
const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const YEAR_MS = 365 * 24 * 3600_000

/** A journal of a year: three passes and two ends of each termination, as a good end has them, with metrics between. */
async function writeJournal(file: string): Promise<void> {
  const out = createWriteStream(file)
  for (let action = 0; action < ACTIONS; action++) {
    const began = Date.UTC(2026, 0, 1) + Math.floor((action * YEAR_MS) / ACTIONS)
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

/** What a child took; `time` is not everywhere, so it tells of itself. */
function run(words: readonly string[]): {
  readonly ms: number
  readonly lines: number
  readonly maxRssMb: number
} {
  const tellOfItself = `data:text/javascript,${encodeURIComponent(
    "process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS))",
  )}`
  const began = process.hrtime.bigint()
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', tellOfItself, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const ms = Number(process.hrtime.bigint() - began) / 1e6
  const maxRssMb = Number(/maxRSS (\d+)/.exec(stderr)?.[1] ?? 0) / 1024
  return { ms, lines: stdout.split('\n').length, maxRssMb }
}

async function onlyRead(file: string): Promise<number> {
  let lines = 0
  for await (const _ of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) }))
    lines++
  return lines
}

if (process.argv[2] === '--only-read') console.log(await onlyRead(process.argv[3] ?? ''))
else {
  const folder = mkdtempSync(join(tmpdir(), 'termination-guard-benchmark-'))
  const file = join(folder, 'journal')
  try {
    await writeJournal(file)
    const size = `${ACTIONS.toLocaleString('en-US')} actions, ${Math.round(statSync(file).size / 1e6)} MB`
    const read = run([fileURLToPath(import.meta.url), '--only-read', file])
    const told = run([MAIN, 'history', '--from', file, '--outcome', 'lost'])
    const s = (ms: number) => `${(ms / 1000).toFixed(2)} s`
    console.log(
      `${size}: read ${s(read.ms)} (${Math.round(read.maxRssMb)} MB), history ${s(told.ms)} (${Math.round(told.maxRssMb)} MB)`,
    )
    console.log(`ratio to reading: ${(told.ms / read.ms).toFixed(2)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
