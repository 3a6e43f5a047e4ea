/** What is in a file or an object: lines, each of which can be recognised wherever it turns up. */
import { hash } from 'node:crypto'

/** A text with its digests, which are worked out when they are first asked for. */
export class Content {
  readonly text: string
  readonly size: number
  #md5: string | undefined
  #sha256: string | undefined
  #lines: readonly LineName[] | undefined

  constructor(text: string) {
    this.text = text
    this.size = text.length
  }

  get md5(): string {
    this.#md5 ??= hash('md5', this.text, 'hex')
    return this.#md5
  }

  get sha256(): string {
    this.#sha256 ??= hash('sha256', this.text, 'hex')
    return this.#sha256
  }

  /** The lines that are whole. A piece of a line counts for nothing. */
  lines(): readonly LineName[] {
    this.#lines ??= this.text
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => readLine(line) ?? [])
    return this.#lines
  }
}

/** The disk on which a line was first written, and its number there. */
export interface LineName {
  readonly disk: number
  readonly line: number
}

export function writeLine(disk: number, line: number): string {
  return `d${disk} ${line} ${checkDigit(disk, line)}\n`
}

/** A line of which a character was changed is no line any more. */
function readLine(text: string): LineName | undefined {
  const [, disk, line, check] = /^d(\d+) (\d+) (\d)$/.exec(text) ?? []
  const name = { disk: Number(disk), line: Number(line) }
  return disk && line && Number(check) === checkDigit(name.disk, name.line) ? name : undefined
}

function checkDigit(disk: number, line: number): number {
  return (disk * 7 + line * 3 + Math.floor(line / 10) + Math.floor(line / 100)) % 10
}
