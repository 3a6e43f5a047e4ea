/** Names that come in order, so that a world is told as before when it is run once more. */
import type { IdKind } from '../auto-scaling/state.ts'

const prefixes: Partial<Record<IdKind, string>> = { instance: 'i', volume: 'vol', snapshot: 'snap' }

/** Volumes and snapshots are counted apart: they came later, and the others keep their numbers. */
export function countedIds(): (kind: IdKind) => string {
  let ids = 0
  let storageIds = 0
  return (kind) => {
    const isStorage = kind === 'volume' || kind === 'snapshot'
    const tail = String(isStorage ? ++storageIds : ++ids).padStart(12, '0')
    return kind in prefixes ? `${prefixes[kind]}-00000${tail}` : `00000000-0000-4000-8000-${tail}`
  }
}
