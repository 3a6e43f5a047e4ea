/** Histories of a journal that is longer than memory. */
import { type ActionHistory, historiesOf } from './history.ts'
import type { JournalLine } from './journal-line.ts'
import { type Told, toldBy } from './told.ts'

/**
 * Auto Scaling ends an action after 48 hours at the latest, and an end is told again by the next sweep: when a journal in the order of time
 * has been silent about an instance for so long, nothing more comes of what it has told.
 */
const SILENCE_MS = 50 * 3600_000
/** Looking for silent instances costs a walk over all that are open. */
const LOOK_EVERY_LINES = 1024

/**
 * One history an action, as many at a time as can be told at once. Where the lines come `inOrder`, each as soon as it can be told, so
 * that no more than two days of a journal are held; otherwise all at the end.
 */
export async function* histories(
  journal: AsyncIterable<readonly JournalLine[]>,
  { inOrder }: { readonly inOrder: boolean },
): AsyncGenerator<readonly ActionHistory[]> {
  const open = new Map<string, Told[]>()
  let unlooked = 0
  for await (const lines of journal) {
    for (const line of lines) add(open, line)
    unlooked += lines.length
    const newest = lines.at(-1)?.at
    if (!inOrder || unlooked < LOOK_EVERY_LINES || newest === undefined) continue
    unlooked = 0
    yield takeSilent(open, newest - SILENCE_MS)
  }
  yield takeSilent(open, Number.POSITIVE_INFINITY)
}

function takeSilent(open: Map<string, Told[]>, since: number): ActionHistory[] {
  const histories: ActionHistory[] = []
  for (const [instanceId, told] of open) {
    if ((told.at(-1)?.at ?? 0) > since) continue
    open.delete(instanceId)
    histories.push(...historiesOf(told))
  }
  return histories
}

function add(open: Map<string, Told[]>, line: JournalLine): void {
  const told = toldBy(line)
  if (!told) return
  const known = open.get(told.instanceId)
  if (known) known.push(told)
  else open.set(told.instanceId, [told])
}
