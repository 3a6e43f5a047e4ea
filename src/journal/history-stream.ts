/** Histories of a journal that is longer than memory. */
import { type ActionHistory, historiesOf } from './history.ts'
import type { Told, ToldOfInstance } from './told.ts'

/**
 * Auto Scaling ends an action after 48 hours at the latest, and an end is told again by the next sweep: when a journal in the order of time
 * has been silent about an instance for so long, nothing more comes of what it has told.
 */
const SILENCE_MS = 50 * 3600_000
/** Looking for silent instances costs a walk over all that are open. */
const LOOK_EVERY_LINES = 1024

/** A line of the journal is older than what was read before it may have been handed out without: the message says how old. */
export class OutOfOrder extends Error {
  override name = 'OutOfOrder'

  constructor(at: number, after: number) {
    super(`a line of ${new Date(at).toISOString()} comes after one of ${new Date(after).toISOString()}`)
  }
}

/** What is told of an instance and not handed out yet. */
class Open {
  readonly told: ToldOfInstance[]
  newestAt: number

  constructor(first: ToldOfInstance) {
    this.told = Array.of(first)
    this.newestAt = first.at
  }
}

/**
 * One history an action, as many at a time as can be told at once. Where the lines come `inOrder`, each as soon as it can be told, so
 * that no more than two days of a journal are held; otherwise all at the end. Throws OutOfOrder.
 */
export async function* histories(
  journal: AsyncIterable<readonly Told[]>,
  { inOrder }: { readonly inOrder: boolean },
): AsyncGenerator<readonly ActionHistory[]> {
  let open = new Map<string, Open>()
  let unlooked = 0
  let newest = Number.NEGATIVE_INFINITY
  for await (const lines of journal) {
    for (const line of lines) {
      if (inOrder && line.at < newest - SILENCE_MS) throw new OutOfOrder(line.at, newest)
      newest = Math.max(newest, line.at)
      add(open, line)
    }
    unlooked += lines.length
    if (!inOrder || unlooked < LOOK_EVERY_LINES) continue
    unlooked = 0
    const { silent, others } = apart(open, newest - SILENCE_MS)
    open = others
    yield silent
  }
  yield apart(open, Number.POSITIVE_INFINITY).silent
}

/**
 * The others come in a new map: one from which is deleted what ends grows a chain of old tables, each of which keeps what was ever in it
 * from the garbage collector's quick rounds.
 */
function apart(
  open: ReadonlyMap<string, Open>,
  since: number,
): { readonly silent: ActionHistory[]; readonly others: Map<string, Open> } {
  const silent: ActionHistory[] = []
  const others = new Map<string, Open>()
  for (const [instanceId, one] of open) {
    if (one.newestAt > since) others.set(instanceId, one)
    else silent.push(...historiesOf(one.told))
  }
  return { silent, others }
}

function add(open: Map<string, Open>, line: Told): void {
  if (line.is === 'none') return
  const known = open.get(line.instanceId)
  if (known) {
    known.told.push(line)
    known.newestAt = line.at
  } else open.set(line.instanceId, new Open(line))
}
