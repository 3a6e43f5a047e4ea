/** One machine about to be flushed, as data: what is on its disk, who writes, who publishes, and what other hands do meanwhile. */

export interface Situation {
  readonly seed: number
  /** `ordinary`: well-behaved, so one flush must archive it. `audit`: stays in service, so nothing may be lost. */
  readonly kind: 'crooked' | 'ordinary' | 'audit'
  /** Written as on the instance; `@ROOT@` stands for the directory that is its root, where a real program reads the path. */
  readonly texts: readonly { readonly path: string; readonly text: string; readonly mode?: number }[]
  readonly files: readonly LogFile[]
  readonly writers: readonly Writer[]
  readonly publisher: Publisher
  readonly hands: readonly Hand[]
  /** What the AWS CLI does. */
  readonly cli: 'works' | 'denied' | 'missing'
  readonly logrotate: 'works' | 'does nothing' | 'missing'
  readonly stat: 'works' | 'fails on one' | 'missing'
  /** After so many flushes nobody looks again. */
  readonly flushes: number
  /** Whether anybody but the script takes bytes away. */
  readonly destroys: boolean
  readonly commandSeconds: number
}

export type Form = 'plain' | 'gz' | 'bz2' | 'xz' | 'zst'

/** A file that holds so many lines of its own, or another name for one. */
export interface LogFile {
  readonly path: string
  readonly id: string
  readonly lines: number
  readonly form: Form
  readonly is:
    | 'file'
    | 'symlink'
    | 'hard link'
    | 'sparse'
    | 'endless line'
    | 'folder that cannot be read'
    /** Named like a log, and none. */
    | 'fifo'
    | 'folder'
  /** The path that a link leads to. */
  readonly to?: string | undefined
  readonly mode?: number
  readonly daysOld?: number
  /** Only to be appended to, or not even that: it has no second link and no other name, not even for root. */
  readonly attribute?: 'append-only' | 'immutable' | undefined
  /** Not a log that anybody configured or publishes: nobody promises anything of it. */
  readonly isForeign?: boolean
}

export interface Writer {
  readonly id: string
  readonly log: string
  /** The service that a profile can stop; `undefined`: known to nobody. */
  readonly service?: string | undefined
  /** Lines that it holds in memory until it is asked to end. */
  readonly buffered: number
  /** Lines that it writes at once, again and again while it lives. */
  readonly torrent: number
  /** Written so long after it was started, in milliseconds. */
  readonly speaks: readonly number[]
  /** What it does when asked to end: at once, after so many milliseconds, or never. */
  readonly ends: number | 'never'
  /** It ends by itself after so many milliseconds. */
  readonly livesFor?: number
  /** SIGHUP makes it open its log by name again. */
  readonly reopens: boolean
  /** Its log was removed while it was open. */
  readonly deleted: boolean
  /** Somebody starts it again when it has ended. */
  readonly supervised: boolean
  /** Removes its log when it ends, as `docker run --rm` does. */
  readonly tidies: boolean
  /** Opens its log by name for each line, five times a second, and closes it: no look at a process finds it open. */
  readonly byName: boolean
  /** Opened without O_APPEND: after a truncation it goes on where it was. */
  readonly appends: boolean
}

export interface Publisher {
  readonly by: 'command' | 'cron' | 'nobody'
  /** What it does the first time, the second, … and from then on. */
  readonly runs: readonly PublisherRun[]
}

export type PublisherRun =
  | 'all'
  | 'half'
  | 'nothing'
  | 'cut short'
  | 'and removes'
  | 'removes only'
  | 'fails'
  | 'hangs'
  | 'truncates'
  | 'twice'

/** Something that happens to a path (a glob) when the script comes to a point. */
export interface Hand {
  readonly when: Moment
  readonly does:
    | 'append'
    | 'remove'
    | 'truncate'
    | 'rotate'
    | 'compress'
    | 'move'
    | 'overwrite'
    | 'lock away'
    | 'replace' /** By a copy of itself. */
    | 'supersede' /** By a file with lines of its own. */
  readonly path: string
  readonly id: string
}

export type Moment =
  | 'asked'
  | 'compressing'
  | 'hashing'
  | 'stopped'
  | 'publishing'
  | 'published'
  | 'rotating'
  | 'rotated'
  | 'uploading'
  | 'between'
