/** The smallest machine on which the same kind of fault is still seen, as far as a few tries show. */
import type { Situation } from './situation.ts'
import { type Tried, trySituation } from './try.ts'

/** A fault of timing may hide when it is looked for again, so a smaller machine gets two chances. */
const CHANCES = 2

export async function shrink(failed: Tried, maxTries: number): Promise<Tried> {
  let smallest = failed
  let tries = 0
  for (let found = true; found && tries < maxTries; ) {
    found = false
    for (const candidate of smaller(smallest.situation)) {
      if (tries++ >= maxTries) break
      const tried = await failsAgain(candidate, failed)
      if (!tried) continue
      smallest = tried
      found = true
      break
    }
  }
  return smallest
}

async function failsAgain(situation: Situation, like: Tried): Promise<Tried | undefined> {
  const kind = like.faults[0]?.kind
  for (let chance = 0; chance < CHANCES; chance++) {
    const tried = await trySituation(situation)
    if (tried.faults.some((fault) => fault.kind === kind)) return tried
  }
  return undefined
}

function* smaller(situation: Situation): Generator<Situation> {
  const { hands, writers, files, texts, publisher } = situation
  if (situation.flushes > 1) yield { ...situation, flushes: 1 }
  for (const hand of hands) yield { ...situation, hands: hands.filter((other) => other !== hand) }
  for (const writer of writers) yield { ...situation, writers: writers.filter((other) => other !== writer) }
  for (const { path } of texts) yield { ...situation, texts: texts.filter((other) => other.path !== path) }
  for (const { path } of files.filter((file) => !files.some(({ to }) => to === file.path)))
    yield { ...situation, files: files.filter((other) => other.path !== path) }
  if (publisher.by !== 'nobody') yield { ...situation, publisher: { by: 'nobody', runs: ['all'] } }
  if (publisher.runs.join() !== 'all') yield { ...situation, publisher: { ...publisher, runs: ['all'] } }
  if (situation.cli !== 'works') yield { ...situation, cli: 'works' }
  if (situation.logrotate !== 'works') yield { ...situation, logrotate: 'works' }
  if (situation.stat !== 'works') yield { ...situation, stat: 'works' }
  for (const [index, { text, path }] of texts.entries()) {
    const lines = text.split('\n')
    for (const [at, line] of lines.entries()) {
      if (!/^ {2}[a-z]/.test(line) || /script|action|moment|preremove/.test(line)) continue
      const fewer = { path, text: lines.toSpliced(at, 1).join('\n'), mode: texts[index]?.mode ?? 0o644 }
      yield { ...situation, texts: texts.with(index, fewer) }
    }
  }
}
