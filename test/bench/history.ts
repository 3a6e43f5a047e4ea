/** What the history of very many terminations takes from a journal in a file, beside only reading the file's lines. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { logged } from '../journal/logged.ts'
import { TOKEN } from '../one-instance.ts'
import { goodEnd } from '../termination/good-end.ts'
import { action } from '../termination/observations.ts'
import { median, type Row, ratio } from './row.ts'

const HERE = join(import.meta.dirname, '../..')
const FLUSH_SECONDS = 60
/** Of 100,000 a year. */
const BETWEEN_MS = (365 * 24 * 3600_000) / 100_000
/** After an action began: when its first pass, its end and its last look were told. */
const TOLD_AFTER_MS = [1000, 60_000, 60_001, 60_002, 900_000, 900_001] as const

/** `before`: the folder of an earlier checkout, whose command tells the same in turn with this one. */
export async function historyOfMany(actions: number, rounds: number, before?: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'))
  try {
    const [some, all] = [join(folder, 'some'), join(folder, 'all')]
    await writeJournal(some, actions / 4)
    await writeJournal(all, actions)
    const costs = Array.from({ length: rounds }, () => ({
      read: run(HERE, 'read', all),
      told: run(HERE, 'history', all),
      earlier: before === undefined ? undefined : run(resolve(before), 'history', all),
    }))
    const fewer = run(HERE, 'history', some)
    const mostMb = Math.max(...costs.map(({ told }) => told.maxRssMb))
    const told = costs.map((one) => one.told)
    const beside = (others: readonly Took[]) => {
      const [a, b] = [median(told.map(({ cpuMs }) => cpuMs)), median(others.map(({ cpuMs }) => cpuMs))]
      const figures = `${(a / 1000).toFixed(2)} s to ${(b / 1000).toFixed(2)} s of CPU, median of ${rounds}`
      return { measured: ratio(a, b), figures }
    }
    const { measured, figures } = beside(costs.map(({ read }) => read))
    const wallSeconds = median(told.map(({ wallMs }) => wallMs / 1000)).toFixed(2)
    const what = `history of ${actions} terminations from a file`
    return [
      {
        ...{ what: `${what} ÷ reading its lines`, measured, wanted: 'all told, in 2 s' },
        figures: `${figures}, ${wallSeconds} s from start to end; ${Math.round(statSync(all).size / 1e6)} MB of journal; memory ${mostMb} MB, of a quarter of them ${fewer.maxRssMb} MB`,
        holds: fewer.count === actions / 4 && told.every(({ count }) => count === actions),
      },
      ...(before === undefined
        ? []
        : [
            {
              ...{ what: `${what} ÷ that of ${before}`, wanted: '≤ 1.10' },
              ...beside(costs.flatMap(({ earlier }) => earlier ?? [])),
            },
          ]),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One termination after the other ends well: what the functions write of one, under many names. */
async function writeJournal(file: string, actions: number): Promise<void> {
  const { journal } = await goodEnd(FLUSH_SECONDS)
  const text = logged(journal)
    .map((line, index) =>
      line
        .replace(/"timestamp":"[^"]*"/, `"timestamp":"{${TOLD_AFTER_MS[index]}}"`)
        .replace(/"startedAt":\d+/, '"startedAt":{began}')
        .replace(action.instanceId, '{instance}')
        .replace(TOKEN, '{token}'),
    )
    .join('\n')
  const out = createWriteStream(file)
  for (let number = 0; number < actions; number++) {
    const began = Date.UTC(2026, 0, 1) + Math.floor(number * BETWEEN_MS)
    const id = number.toString(16).padStart(12, '0')
    const names: Record<string, string> = {
      ...{ began: String(began), instance: `i-0000${id}0`, token: `00000000-0000-4000-8000-${id}` },
    }
    const written = text.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => names[name] ?? new Date(began + Number(name)).toISOString(),
    )
    if (!out.write(`${written}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
}

interface Took {
  /** Of all of the process's threads. */
  readonly cpuMs: number
  /** Lines that were read, or terminations that were told. */
  readonly count: number
  readonly maxRssMb: number
  /** Of the whole process, with its start. */
  readonly wallMs: number
}

/** In a process of its own, since a process remembers the most that it ever held. */
function run(checkout: string, what: 'read' | 'history', file: string): Took {
  const program = join(checkout, 'test/bench/journal-reader.ts')
  const began = performance.now()
  const { stdout, stderr } = spawnSync(process.execPath, [program, what, file], { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return { ...JSON.parse(stdout), wallMs: performance.now() - began }
}
