/** A disk: live logs, and the files that they were rotated into. */
import { Content, writeLine } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export interface DiskSurroundings extends Surroundings {
  newDiskNumber(): number
}

export interface LogFile {
  readonly path: string
  readonly content: Content
  /** When it was last written (epoch milliseconds). */
  readonly modifiedAt: number
  isPublished: boolean
}

/** Names that a careless reader of manifests would trip over. */
const LOG_NAMES = [
  'localhost_access_log.txt',
  'catalina out',
  'odd\tname\nof a log',
  'Ünïcode.log',
  'nginx/access.log',
  'nginx/error.log',
  'eb-activity.log',
  'cron',
]

export class Disk {
  readonly number: number
  readonly files: LogFile[] = []
  isGone = false
  /** How many lines were ever written. */
  lines = 0
  readonly #world: DiskSurroundings
  #rotated = 0

  constructor(world: DiskSurroundings) {
    this.#world = world
    this.number = world.newDiskNumber()
  }

  append(): void {
    this.lines++
  }

  /** Lines that are only in live logs. */
  get liveLines(): number {
    return this.lines - this.#rotated
  }

  /** The live logs that hold anything. */
  live(): { readonly path: string; readonly size: number }[] {
    return this.#split().map(({ path, text }) => ({ path, size: text.length }))
  }

  /** Each live log that holds anything becomes a file of its own, named for the moment. */
  rotate(): void {
    const seconds = Math.floor(this.#world.time.now / 1000)
    for (const { path, text } of this.#split()) {
      const dated = `${path.replace('/var/log/', '/var/log/rotated/')}-${seconds}`
      const isTaken = this.files.some((file) => file.path === dated)
      const name = isTaken ? `${dated}.${this.files.length}` : dated
      this.files.push({
        path: name,
        content: new Content(text),
        modifiedAt: this.#world.time.now,
        isPublished: false,
      })
    }
    this.#rotated = this.lines
  }

  #split(): { path: string; text: string }[] {
    if (this.#rotated === this.lines) return []
    const logs = LOG_NAMES.slice(0, this.#world.setting.logsPerInstance).map((name) => ({
      path: `/var/log/${name}`,
      text: '',
    }))
    for (let line = this.#rotated; line < this.lines; line++) {
      const log = logs[line % logs.length]
      if (log) log.text += writeLine(this.number, line)
    }
    return logs.filter(({ text }) => text !== '')
  }
}
