/** A situation and what became of it, for people. */
import type { Tried } from './try.ts'

export function replayCommand(seed: number): string {
  return `npm run conservation -- --seed ${seed}`
}

export function describeTried({ situation, faults, outcome, reason, manifests, said }: Tried): string {
  const { texts, files, writers, hands, publisher, seed, kind, cli, logrotate, stat, flushes } = situation
  return [
    `seed ${seed}: a ${kind} machine, ${flushes} flushes at most; AWS CLI ${cli}, logrotate ${logrotate}, stat ${stat}`,
    ...texts.map(({ path, text }) => `\n--- ${path}\n${text.trimEnd()}`),
    '\n--- files',
    ...files.map(
      ({ path, is, id, lines, form, to }) =>
        `${JSON.stringify(path)}: ${is}${to ? ` to ${to}` : ''}, ${lines} lines ${id}, ${form}`,
    ),
    `--- publisher: ${publisher.by}, ${publisher.runs.join(', then ')}`,
    ...writers.map((writer) => `--- writer ${JSON.stringify(writer)}`),
    ...hands.map(
      ({ when, does, path, id }) => `--- hand ${id}, when ${when}: ${does} ${JSON.stringify(path)}`,
    ),
    ...manifests.map((manifest, index) => `\n--- manifest of flush ${index + 1}\n${manifest}`),
    `\n--- the script said\n${said.trim()}`,
    `\n--- the guard: ${outcome}: ${reason}`,
    ...faults.map(({ kind: fault, what }) => `FAULT ${fault}: ${what}`),
  ].join('\n')
}

export function summary(tried: readonly Tried[], tookMs: number): string {
  const count = (name: (one: Tried) => string) => {
    const counted = Map.groupBy(tried, name)
    return [...counted]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, group]) => `${group.length} ${key}`)
      .join(', ')
  }
  const faulty = tried.filter(({ faults }) => faults.length > 0)
  return [
    `${tried.length} cases in ${Math.round(tookMs / 1000)} s: ${count(({ situation, outcome }) => `${situation.kind} ${outcome}`)}`,
    faulty.length === 0
      ? 'every line is accounted for'
      : `${faulty.length} with faults: ${count(({ faults }) => faults.map(({ kind }) => kind).join('+') || 'none')}`,
  ].join('\n')
}
