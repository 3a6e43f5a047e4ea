import { type JournalSource, journalOf } from './deployment.ts'
import { piecesOf } from './line-batches.ts'
import { Refusal } from './surroundings.ts'

/** A journal in a file: what somebody saved of it, or all of it beside the local AWS. */
export function journalFile(file: string): JournalSource {
  return journalOf(() => read(file))
}

async function* read(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOf(file)
  } catch (cause) {
    throw new Refusal(`Cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
