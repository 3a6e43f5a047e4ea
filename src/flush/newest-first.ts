/** Which of several flushes is the newest, as far as anybody can say. Pure. */
import type { Flush } from '../model.ts'

type Dated = Pick<Flush, 'requestedAt' | 'endedAt'>

export function newestFirst<One extends { readonly flush: Dated }>(invocations: Iterable<One>): One[] {
  return [...invocations].sort((a, b) => byAge(a.flush, b.flush))
}

/**
 * For sorting, newest first. Systems Manager may date requests in whole seconds: of those of the same one the machine ran last what ended
 * last, since the script lets no two run at once.
 */
export function byAge(a: Dated, b: Dated): number {
  const end = ({ endedAt = Number.MAX_SAFE_INTEGER }: Dated) => endedAt
  return b.requestedAt - a.requestedAt || end(b) - end(a)
}
