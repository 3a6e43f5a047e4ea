/** One deployment of the guard, as the commands for people reach it. */
import type { InspectionApi } from '../aws/inspection-api.ts'
import type { OperatorApi } from '../aws/operator-api.ts'
import type { JournalEvent } from '../journal/journal.ts'
import type { Policy } from '../policy.ts'
import { lineBatches } from './line-batches.ts'

export interface Deployment {
  /** What everything of it is named after, the hook included. */
  readonly name: string
  readonly aws: OperatorApi
  readonly inspection: InspectionApi
  readonly policy: Policy
  readonly journal: JournalSource & JournalSink
  /** Where its functions broke off since then, as the journal cannot tell: epoch milliseconds. */
  crashes(since: number): Promise<readonly Crash[]>
  /** Who types: the caller's ARN where AWS tells it, else the name on this machine. */
  who(): Promise<string>
}

/** Where a function broke off, in its log's own words. */
export interface Crash {
  readonly functionName: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly message: string
}

/** The journal, where it is kept. */
export interface JournalSource {
  /**
   * What `parse` finds in its lines since then, as many at a time as come at once: an await for each single line is what reading a large
   * journal would spend its time on. In no order that can be relied upon. Where one instance is named, no other's need be among them.
   */
  read<Line extends Dated>(
    parse: Parse<Line>,
    since: number,
    instanceId?: string,
  ): AsyncIterable<readonly Line[]>
}

interface Dated {
  /** When it was written, epoch milliseconds. */
  readonly at: number
}
/** `undefined`: the text is no line of the journal. */
export type Parse<Line extends Dated> = (text: string) => Line | undefined

/** What a person did, told where the guard tells what it did. */
export interface JournalSink {
  write(event: JournalEvent): Promise<void>
}

/** A journal in a file, or whatever else comes piece by piece. */
export function journalOf(pieces: () => AsyncIterable<Uint8Array | string>): JournalSource {
  return {
    async *read(parse, since) {
      for await (const lines of lineBatches(pieces())) {
        const parsed = []
        for (const text of lines) {
          const line = parse(text)
          if (line && line.at >= since) parsed.push(line)
        }
        yield parsed
      }
    },
  }
}
