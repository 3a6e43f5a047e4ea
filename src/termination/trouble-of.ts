/** A question that AWS refuses for a reason that lasts is no failure of the pass: it is seen, and told. Pure. */
import type { Asked } from '../aws/ask.ts'
import type { Trouble } from '../model.ts'

export function troubleOf(what: Trouble['what'], asked: Asked<unknown>): Trouble | undefined {
  return asked.is === 'refused' ? { what, why: asked.why } : undefined
}
