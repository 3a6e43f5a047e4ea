import { DamagedLine, refuseCut } from '../journal/damaged-line.ts'
import { MARK } from '../journal/journal-line.ts'
import type { Told } from '../journal/told.ts'
import { toldIn } from '../journal/told-in.ts'
import { oneLine } from '../visible.ts'
import { counted } from './counted.ts'
import type { Terminal } from './terminal.ts'
import { wrappingOf } from './wrapped-journal.ts'

/** Reads a journal line by line. What nobody can read hides nothing else, and is told: what it was about is missing. */
export class Reading {
  readonly #only: string | undefined
  #damaged = 0
  #first = ''
  #told = 0
  #isOfOurs = false
  #hasOthers = false
  #wrapping: ReturnType<typeof wrappingOf>

  /** `only`: no other instance's lines are read. */
  constructor(only?: string) {
    this.#only = only
  }

  readonly parse = (line: string): Told | undefined => {
    try {
      const told = this.#isOfAnother(line) ? refuseNameless(line) : toldIn(line)
      if (told) this.#isOfOurs = true
      else if (line !== '') {
        this.#hasOthers = true
        if (!this.#isOfOurs) this.#wrapping ??= wrappingOf(line)
      }
      return told
    } catch (error) {
      if (!(error instanceof DamagedLine)) throw error
      if (this.#damaged++ === 0) this.#first = error.message
      return undefined
    }
  }

  /** That such a line is of the journal is all that is to be known of it. */
  #isOfAnother(line: string): boolean {
    if (this.#only === undefined || line.includes(this.#only)) return false
    this.#isOfOurs ||= line.includes(MARK) && !wrappingOf(line)
    return true
  }

  /** There was something to read, and nothing of it is of any journal: it is another file than was meant. */
  get isForeign(): boolean {
    return this.#hasOthers && !this.#isOfOurs && this.#damaged === 0 && this.#told === 0
  }

  /** What the journal is wrapped in, where no line of it can be read for that. */
  get wrapping() {
    return this.isForeign ? this.#wrapping : undefined
  }

  /** There was nothing to read at all. */
  get isEmpty(): boolean {
    return !this.#hasOthers && !this.#isOfOurs && this.#damaged === 0 && this.#told === 0
  }

  /** When all has been read; it may be read again then. Answers whether anything is missing; the same is told once. */
  tellDamage(terminal: Terminal): boolean {
    const damaged = this.#damaged
    if (damaged !== this.#told)
      terminal.complain(
        `What ${counted(damaged, 'line')} of the journal told is missing: it cannot be read. The first: ${oneLine(this.#first)}`,
      )
    this.#told = damaged
    this.#damaged = 0
    return damaged > 0
  }
}

/** What was cut before it names any instance may have been about the one that is meant. */
function refuseNameless(line: string): undefined {
  return line.includes('"instanceId":"') ? undefined : refuseCut(line)
}
