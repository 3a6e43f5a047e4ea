/** An error in the journal's words. */
export function described(error: unknown): { error: string; errorMessage: string } {
  return error instanceof Error
    ? { error: error.name, errorMessage: error.message }
    : { error: 'unknown', errorMessage: String(error) }
}
