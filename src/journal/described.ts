import type { Failure } from './journal.ts'

/** An error in the journal's words. */
export function described(error: unknown): Failure {
  return error instanceof Error
    ? { error: error.name, errorMessage: error.message }
    : { error: 'unknown', errorMessage: String(error) }
}
