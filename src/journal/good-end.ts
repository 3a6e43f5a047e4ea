import type { Outcome } from '../model.ts'

/** Whether an action ended with every log proven, or with none that there was. */
export function isGood(outcome: Outcome | undefined): boolean {
  return outcome === 'archived' || outcome === 'empty'
}
