import { DamagedLine } from '../journal/damaged-line.ts'
import type { Told } from '../journal/told.ts'
import { toldIn } from '../journal/told-in.ts'
import { oneLine } from '../visible.ts'
import { counted } from './counted.ts'
import type { Terminal } from './terminal.ts'

/** Reads a journal line by line. What nobody can read hides nothing else, and is told: what it was about is missing. */
export class Reading {
  #damaged = 0
  #first = ''
  #told = 0
  #isOfOurs = false
  #hasOthers = false

  readonly parse = (line: string): Told | undefined => {
    try {
      const told = toldIn(line)
      if (told) this.#isOfOurs = true
      else if (line !== '') this.#hasOthers = true
      return told
    } catch (error) {
      if (!(error instanceof DamagedLine)) throw error
      if (this.#damaged++ === 0) this.#first = error.message
      return undefined
    }
  }

  /** There was something to read, and nothing of it is of any journal: it is another file than was meant. */
  get isForeign(): boolean {
    return this.#hasOthers && !this.#isOfOurs && this.#damaged === 0 && this.#told === 0
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
