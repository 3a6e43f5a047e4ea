import { stripVTControlCharacters } from 'node:util'

/**
 * A line as lines that fit, broken between words; those after the first are indented. A word that is too long stays whole, and so
 * does everything where `columns` is infinite: that is no terminal.
 */
export function wrap(line: string, columns: number, indent: number): string[] {
  if (width(line) <= columns) return [line]
  const margin = ' '.repeat(Math.min(indent, Math.floor(columns / 2)))
  const lines: string[] = []
  let current = ''
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current.trim() === '' || width(current + word) <= columns) current += word
    else {
      lines.push(current)
      current = margin + word.trimStart()
    }
  }
  return [...lines, current]
}

/** How wide a terminal says that it is; no terminal has no end. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY
}

/** Colours take no room. */
function width(text: string): number {
  return stripVTControlCharacters(text).length
}
