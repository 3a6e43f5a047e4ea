import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { columnsOf, wrap } from './wrap.ts'

/** What is shown while the demo works. */
export interface Progress {
  /** A line that stays. */
  say(line: string): void
  /** What is going on now: on a terminal the last line, elsewhere not shown at all. */
  status(text: string): void
  /** Takes the last line away. */
  end(): void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
/** Lines that stay begin with the time. */
const TIME_COLUMNS = 9

/** On a terminal a moving last line under the lines that stay; elsewhere just those. */
export function showProgress(stream: WriteStream): Progress {
  return stream.isTTY
    ? onTerminal(stream)
    : { say: (line) => stream.write(`${line}\n`), status() {}, end() {} }
}

function onTerminal(stream: WriteStream): Progress {
  let now = ''
  let frame = 0
  const draw = () => {
    const line = `${FRAMES[frame % FRAMES.length]} ${now}`
    stream.write(`\r\x1b[2K${clip(line, stream.columns - 1)}`)
  }
  const clear = () => stream.write('\r\x1b[2K')
  const turning = setInterval(() => {
    frame++
    draw()
  }, FRAME_MS)
  return {
    say: (line) => {
      clear()
      stream.write(`${wrap(line, columnsOf(stream), TIME_COLUMNS).join('\n')}\n`)
      draw()
    },
    status: (text) => {
      now = text
    },
    end: () => {
      clearInterval(turning)
      clear()
    },
  }
}

/** A line that wraps could not be taken back. */
function clip(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length <= columns ? line : `${plain.slice(0, Math.max(0, columns - 1))}…`
}
