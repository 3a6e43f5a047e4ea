import { closeSync, openSync, writeSync } from 'node:fs'

/** The size of the writer's buffer in Tomcat's AccessLogValve, in characters. */
const TOMCAT_BUFFER_CHARACTERS = 128_000

/**
 * A log file behind a buffer in memory, like Tomcat's: lines reach the disk when the buffer is full, when it is flushed
 * (Tomcat's background process does so about every 10 s), and when it is closed. A killed process takes them with it.
 * The file is opened for appending, so that a rotation by copying and truncating works. What a full disk does not take
 * stays in the buffer, and when that is full, too, new lines are dropped.
 */
export class BufferedLog {
  readonly #file: number
  #lines: string[] = []
  #characters = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o644)
  }

  append(line: string): void {
    if (this.#characters + line.length > TOMCAT_BUFFER_CHARACTERS) this.flush()
    if (this.#characters + line.length > TOMCAT_BUFFER_CHARACTERS) return
    this.#lines.push(line)
    this.#characters += line.length
  }

  flush(): void {
    if (this.#lines.length === 0) return
    const bytes = Buffer.from(this.#lines.join(''), 'utf8')
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written)
      this.#lines = []
    } catch {
      this.#lines = [bytes.subarray(written).toString('utf8')]
    }
    this.#characters = this.#lines.join('').length
  }

  close(): void {
    this.flush()
    closeSync(this.#file)
  }
}
