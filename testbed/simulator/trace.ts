/** The day as a readable timeline. Only kept when somebody wants to read it. */
export class Trace {
  readonly lines: string[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  note(who: string, what: string): void {
    this.lines.push(
      `${new Date(this.#now()).toISOString().slice(5, 23).replace('T', ' ')}  ${who.padEnd(8)} ${what}`,
    )
  }
}
