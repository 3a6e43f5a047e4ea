/** Histories of a journal that is longer than memory. */
import { type ActionHistory, type JournalLine, readHistory } from './history.ts'

/**
 * Auto Scaling ends an action after 48 hours at the latest, and an end is told again by the next sweep: when a journal in the order of time
 * has been silent about an instance for so long, nothing more comes of what it has told.
 */
const SILENCE_MS = 50 * 3600_000
/** Looking for silent instances costs a walk over all that are open. */
const LOOK_EVERY_LINES = 4096

/**
 * One history an action. Where the lines come `inOrder`, each as soon as it can be told, so that no more than two days of a journal are
 * held; otherwise all at the end.
 */
export async function* histories(
  lines: AsyncIterable<JournalLine>,
  { inOrder }: { readonly inOrder: boolean },
): AsyncGenerator<ActionHistory> {
  const open = new Map<string, { lines: JournalLine[]; newest: number }>()
  let number = 0
  for await (const line of lines) {
    if (!('instanceId' in line.event)) continue
    const { instanceId } = line.event
    const known = open.get(instanceId)
    if (known) {
      known.lines.push(line)
      known.newest = line.at
    } else open.set(instanceId, { lines: [line], newest: line.at })
    if (!inOrder || ++number % LOOK_EVERY_LINES !== 0) continue
    for (const [key, one] of open) {
      if (line.at - one.newest < SILENCE_MS) continue
      open.delete(key)
      yield* readHistory(one.lines)
    }
  }
  for (const { lines: ofInstance } of open.values()) yield* readHistory(ofInstance)
}
