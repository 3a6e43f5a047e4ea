/** Those who act on a machine besides the script: writers, the publisher, and other hands. */
import type { Chance } from '../../../testbed/simulator/chance.ts'
import type { Hand, LogFile, Publisher, PublisherRun, Situation, Writer } from './situation.ts'

const SERVICES = ['tomcat8', 'nginx', 'httpd', 'tomcat8'] as const

export function drawWriter(chance: Chance, log: LogFile, id: string, kind: Situation['kind']): Writer {
  const isTorrent = chance.of(kind === 'audit' ? 0.4 : 0.15)
  const isTidy = kind === 'crooked' && chance.of(0.06)
  const isDeleted = kind === 'crooked' && chance.of(0.1)
  const writer: Writer = {
    id,
    log: log.path,
    ...(chance.of(0.5) ? { service: chance.pick(SERVICES) } : {}),
    buffered: chance.of(0.7) ? chance.pick([1, 5, 20]) : 0,
    torrent: isTorrent ? chance.pick([1, 20]) : 0,
    speaks: chance.of(0.4)
      ? Array.from({ length: chance.pick([1, 2, 4]) }, () => chance.whole(0, 2500)).sort((a, b) => a - b)
      : [],
    ends: chance.pick([0, 0, 0, 150, 400, 'never']),
    // One that is gone before the flush has begun took nothing from it.
    ...(!isTidy && !isDeleted && chance.of(0.15) ? { livesFor: chance.whole(100, 2000) } : {}),
    reopens: chance.of(0.4),
    deleted: isDeleted,
    supervised: kind === 'crooked' && chance.of(0.12),
    tidies: isTidy,
    appends: chance.of(0.9),
    byName: false,
  }
  return chance.of(0.08) ? { ...writer, ...BY_NAME } : writer
}

/** A script that says `echo >>log` now and then: known to nobody, seen by nobody, and never at its end. */
const BY_NAME = {
  service: undefined,
  byName: true,
  buffered: 0,
  torrent: 1,
  speaks: [],
  ends: 'never',
  livesFor: 0,
  reopens: false,
  deleted: false,
  supervised: false,
  tidies: false,
  appends: true,
} as const

const HONEST: readonly PublisherRun[] = ['all', 'all', 'half', 'nothing', 'twice', 'fails']
const CROOKED: readonly PublisherRun[] = [
  ...HONEST,
  'all',
  'all',
  'cut short',
  'and removes',
  'and removes',
  'removes only',
  'truncates',
  'hangs',
]

export function drawPublisher(chance: Chance, kind: Situation['kind']): Publisher {
  const draw = () => chance.pick(kind === 'audit' ? HONEST : CROOKED)
  return {
    by: chance.pick(['command', 'command', 'cron', 'nobody']),
    runs: chance.of(0.5) ? ['all'] : Array.from({ length: chance.pick([1, 2, 3]) }, draw),
  }
}

const MOMENTS = [
  'asked',
  'compressing',
  'hashing',
  'hashing',
  'stopped',
  'publishing',
  'published',
  'rotating',
  'rotated',
  'uploading',
  'between',
] as const
/** What was overwritten or superseded before anybody has read it, nobody can know of. */
const AFTER_HASHING = ['publishing', 'published', 'uploading'] as const
const DEEDS = [
  'append',
  'append',
  'append',
  'remove',
  'remove',
  'truncate',
  'rotate',
  'compress',
  'move',
  'overwrite',
  'replace',
  'supersede',
] as const
/** What a person or a cron may do to a machine in service without being to blame for a loss. */
const GENTLE = ['append', 'compress', 'move'] as const

export function drawHands(chance: Chance, kind: Situation['kind'], files: readonly LogFile[]): Hand[] {
  if (chance.of(0.6)) return []
  return Array.from({ length: chance.pick([1, 1, 2, 3]) }, (_, index): Hand => {
    const does = chance.pick(kind === 'audit' ? GENTLE : DEEDS)
    // A line after the end of a compressed file is no line.
    const writes = does === 'append' || does === 'supersede'
    // What takes the place of a file that only a hard link made a log is none.
    const isLinked = (path: string) => files.some(({ is, to }) => is === 'hard link' && to === path)
    const victims = writes
      ? files.filter(({ form, path }) => form === 'plain' && !(does === 'supersede' && isLinked(path)))
      : files
    const victim = chance.pick(victims).path
    const folder = victim.slice(0, victim.lastIndexOf('/'))
    const path = !writes && chance.of(0.5) ? `${folder}/${chance.pick(['*.gz', '*', '*[0-9]*'])}` : victim
    const destroys = does === 'overwrite' || does === 'supersede'
    return { when: chance.pick(destroys ? AFTER_HASHING : MOMENTS), does, path, id: `h${index}` }
  })
}
