/** What a hook's settings mean. */
import { validationError } from '../aws-error.ts'
import type { Hook, Result } from './state.ts'

/** min(48 h, 100 × heartbeat timeout), in seconds. */
export function globalTimeout(hook: Hook): number {
  return Math.min(172_800, 100 * hook.heartbeatTimeout)
}

/** CONTINUE or ABANDON, or AWS's complaint. */
export function asResult(value: string | undefined, field: string): Result {
  if (value === 'CONTINUE' || value === 'ABANDON') return value
  throw validationError(`Value '${value ?? ''}' at '${field}' must be one of CONTINUE, ABANDON`)
}
