/** A disk: live logs, the files that they were rotated into, and what became of every line that was ever on it. */
import { Content, writeLine } from './lines.ts'
import type { Surroundings } from './surroundings.ts'

export interface DiskSurroundings extends Surroundings {
  newDiskNumber(): number
}

export interface LogFile {
  readonly path: string
  readonly content: Content
  /** When its last line was written. */
  readonly modifiedAt: number
  /** Rotated to where nobody publishes. */
  readonly isOutside: boolean
  isPublished: boolean
  /** A flush holds a link of its own to it. */
  isHeld: boolean
  /** A flush has written down, on the machine, that it was there. */
  isRemembered: boolean
  /** A report that was not spoilt has named it. */
  isNamed: boolean
  /** Its name is gone; whoever holds a link still has the bytes. */
  isDeleted: boolean
}

interface LiveLog {
  readonly lines: number[]
  modifiedAt: number
}

/** A rotation by the platform leaves so many files of each log, where it deletes any. */
export const ROTATIONS_KEPT = 2

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

const fresh = { isPublished: false, isRemembered: false, isNamed: false, isDeleted: false }

export class Disk {
  readonly number: number
  /** What is there, by name or by a held link. */
  files: readonly LogFile[] = []
  isGone = false
  /** The agent is dead of that, until the volume has grown and the machine is booted. */
  isFull = false
  /** When a machine last booted from it. */
  bootedAt = Number.NEGATIVE_INFINITY
  /** When a flush last looked whether anybody still writes. */
  lastLookAt = Number.NEGATIVE_INFINITY
  /** How many lines were ever written. */
  lines = 0
  /** When the bytes of a line went with a file that nobody held. */
  readonly lostAt = new Map<number, number>()
  /** Lines of deleted files of which no trace is left, on the machine or in any report. */
  readonly untraceable = new Set<number>()
  readonly #lost: LogFile[] = []
  /** When each line was written. */
  readonly writtenAt: number[] = []
  readonly #world: DiskSurroundings
  readonly #logs: LiveLog[]

  constructor(world: DiskSurroundings, number = world.newDiskNumber()) {
    this.#world = world
    this.number = number
    this.#logs = Array.from({ length: world.setting.logsPerInstance }, () => ({ lines: [], modifiedAt: 0 }))
  }

  /** What a copy of it holds that is made now. Nobody writes there. */
  copied(): Disk {
    const copy = new Disk(this.#world, this.number)
    const copies = new Map([...this.files, ...this.#lost].map((file) => [file, { ...file }]))
    copy.files = this.files.map((file) => copies.get(file) ?? file)
    copy.#lost.push(...this.#lost.map((file) => copies.get(file) ?? file))
    copy.#logs.splice(
      0,
      copy.#logs.length,
      ...this.#logs.map((live) => ({ ...live, lines: [...live.lines] })),
    )
    return copy
  }

  get wasBootedSinceLook(): boolean {
    return this.bootedAt > this.lastLookAt
  }

  /** Since when somebody may have started what writes, by booting the machine after the last look: no flush could have seen that. */
  get unseenSince(): number | undefined {
    return this.wasBootedSinceLook && this.lastLookAt > 0 ? this.lastLookAt : undefined
  }

  append(log: number, at: number): void {
    const line = this.lines++
    this.writtenAt.push(at)
    const live = this.#logs[log % this.#logs.length] as LiveLog
    live.lines.push(line)
    live.modifiedAt = at
  }

  /** The live logs that hold anything. */
  live(): { readonly path: string; readonly size: number }[] {
    return this.#logs.flatMap(({ lines }, log) =>
      lines.length > 0 ? [{ path: pathOf(log), size: this.#textOf(lines).length }] : [],
    )
  }

  /** Each live log that holds anything becomes a file of its own, named for the moment; `fails` says which stay as they are. */
  rotate({ isHeld, isOutside, fails }: Rotation): void {
    const seconds = Math.floor(this.#world.time.now / 1000)
    this.#logs.forEach((live, log) => {
      if (live.lines.length === 0 || fails()) return
      const folder = isOutside(log) ? '/var/log/own-rotated/' : '/var/log/rotated/'
      const dated = `${pathOf(log).replace('/var/log/', folder)}-${seconds}`
      const isTaken = this.files.some((file) => file.path === dated)
      const path = isTaken ? `${dated}.${this.files.length}` : dated
      const content = new Content(this.#textOf(live.lines))
      const file = { path, content, modifiedAt: live.modifiedAt, isOutside: isOutside(log) }
      this.files = [...this.files, { ...file, isHeld: isHeld(), ...fresh }]
      this.#logs[log] = { lines: [], modifiedAt: 0 }
    })
  }

  /** Somebody deletes a file. */
  delete(file: LogFile): void {
    file.isDeleted = true
    if (!file.isHeld) this.#forget(file)
  }

  /** What a flush wrote down and is no longer there. */
  get remembered(): readonly LogFile[] {
    return this.#lost.filter(({ isRemembered }) => isRemembered)
  }

  /** Somebody deletes what flushes held and wrote down. */
  letGo(): void {
    for (const file of [...this.files, ...this.#lost]) {
      file.isHeld = false
      file.isRemembered = false
      if (file.isDeleted && this.files.includes(file)) this.#forget(file)
    }
    for (const file of this.#lost) if (!file.isNamed) this.#isUntraceable(file)
  }

  #forget(file: LogFile): void {
    this.files = this.files.filter((one) => one !== file)
    this.#lost.push(file)
    for (const { line } of file.content.lines()) this.lostAt.set(line, this.#world.time.now)
    if (!file.isNamed && !file.isRemembered) this.#isUntraceable(file)
  }

  #isUntraceable({ content }: LogFile): void {
    for (const { line } of content.lines()) this.untraceable.add(line)
  }

  #textOf(lines: readonly number[]): string {
    let text = ''
    for (const line of lines) text += writeLine(this.number, line)
    return text
  }
}

export interface Rotation {
  /** Whether whoever rotates holds a link to what it makes. */
  isHeld(): boolean
  isOutside(log: number): boolean
  fails(): boolean
}

export function pathOf(log: number): string {
  return `/var/log/${LOG_NAMES[log]}`
}
