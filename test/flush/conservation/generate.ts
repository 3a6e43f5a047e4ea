/** The situation of a seed: a machine on which much is unusual, though nothing that a user, a platform or a program could not do. */
import { Chance } from '../../../testbed/simulator/chance.ts'
import { drawHands, drawPublisher, drawWriter } from './actors.ts'
import { type Configuration, drawConfiguration } from './logrotate-configuration.ts'
import { ordinary } from './ordinary.ts'
import type { LogFile, Situation, Writer } from './situation.ts'

type Text = Situation['texts'][number]

const FOLDERS = [
  '/var/log/app',
  '/var/log/app',
  '/var/log/nginx',
  '/var/app/current/logs',
  '/var/log/my app',
  '/var/log/-dash',
  '/var/log/über',
  '/var/log/a_b',
]
const PLAIN_NAMES = ['app.log', 'access.log', 'error.log', 'web.stdout.log', 'catalina.log', 'x.log']
const ODD_NAMES = [
  'the app.log',
  '-v.log',
  'häh.log',
  'st*r.log',
  'qu?.log',
  '[a].log',
  'new\nline.log',
  "it's.log",
  'tab\tbed.log',
  'trailing .log',
  'back\\slash.log',
]
const PLACES = [
  '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.NAME.conf',
  '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.NAME.conf',
  '/etc/logrotate.d/logrotate.elasticbeanstalk.NAME.conf',
  '/etc/logrotate.conf.elasticbeanstalk.NAME',
  '/etc/logrotate.d/NAME',
] as const

export function generate(seed: number): Situation {
  const chance = new Chance(seed)
  const kind = chance.pick(['crooked', 'crooked', 'crooked', 'ordinary', 'audit'] as const)
  return kind === 'ordinary' ? ordinary(seed, chance) : crooked(seed, chance, kind)
}

/** Two names that a format makes alike are one file. */
function distinct(files: readonly LogFile[]): LogFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

/** One kind of log with its own configuration. */
interface App {
  readonly texts: readonly Text[]
  readonly files: readonly LogFile[]
  readonly writers: readonly Writer[]
  readonly configuration: Configuration
}

function crooked(seed: number, chance: Chance, kind: 'crooked' | 'audit'): Situation {
  const apps = Array.from({ length: chance.pick([1, 1, 1, 2]) }, (_, index) => drawApp(chance, index, kind))
  const publisher = drawPublisher(chance, kind)
  const hands = drawHands(
    chance,
    kind,
    apps.flatMap(({ files }) => files),
  )
  const writers = apps.flatMap((app) => app.writers)
  // gzip deletes what it has read, and with that what was written meanwhile, and so does who puts a copy in its place: also where it
  // is any file of a log's folder.
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'))
  const isWrittenTo = (path: string) =>
    writers.some(({ log }) => log === path || (path.includes('*') && folderOf(log) === folderOf(path)))
  // Who does not append writes on where it was, over what others have appended.
  const isWrittenOver = (path: string) => writers.some(({ log, appends }) => log === path && !appends)
  return {
    seed,
    kind,
    texts: apps.flatMap(({ texts }) => texts),
    files: distinct(apps.flatMap(({ files }) => files)),
    writers,
    publisher,
    hands,
    destroys:
      apps.some(
        ({ configuration, writers }) =>
          configuration.destroys || writers.some(({ deleted, tidies }) => deleted || tidies),
      ) ||
      publisher.runs.some((run) => ['and removes', 'removes only', 'truncates'].includes(run)) ||
      hands.some(({ does }) => !['append', 'compress', 'move', 'replace'].includes(does)) ||
      hands.some(
        ({ does, path }) =>
          ((does === 'compress' || does === 'replace') && isWrittenTo(path)) ||
          (does === 'append' && isWrittenOver(path)),
      ),
    cli: chance.of(0.05) ? chance.pick(['denied', 'missing']) : 'works',
    logrotate: chance.of(0.05) ? chance.pick(['does nothing', 'missing']) : 'works',
    stat: chance.of(0.04) ? chance.pick(['fails on one', 'missing']) : 'works',
    flushes: kind === 'audit' ? 1 : chance.pick([1, 2, 2, 3]),
    commandSeconds: publisher.runs.includes('hangs') ? 2 : 20,
  }
}

function drawApp(chance: Chance, index: number, kind: Situation['kind']): App {
  const folder = `${chance.pick(FOLDERS)}${index || ''}`
  const names = drawNames(chance)
  const pattern = chance.of(0.5) || names.some((name) => ODD_NAMES.includes(name))
  const patterns = pattern
    ? [`${folder}/${chance.pick(['*.log', '*log', '*log*'])}`]
    : names.map((name) => `${folder}/${name}`)
  const configuration = drawConfiguration(chance, folder, patterns)
  const logs = names.map((name, which) => drawLog(chance, `${folder}/${name}`, `l${index}${which}`))
  const files = logs.flatMap((log, which) => [
    ...targetOf(log),
    log,
    ...drawRotated(chance, log, configuration, `r${index}${which}`),
    ...(chance.of(0.06) ? [drawDecoy(chance, folder, `d${index}${which}`)] : []),
  ])
  const writers = logs.flatMap((log, which) =>
    log.is === 'file' && chance.of(0.4)
      ? [
          {
            ...drawWriter(chance, log, `w${index}${which}`, kind),
            ...(log.attribute ? { deleted: false } : {}),
          },
        ]
      : [],
  )
  return {
    texts: [
      ...placed(chance, configuration, index),
      ...publishLists(chance, folder, names, configuration, index),
    ],
    files,
    writers,
    configuration,
  }
}

function drawNames(chance: Chance): string[] {
  const names = Array.from({ length: chance.pick([1, 1, 2, 3]) }, () =>
    chance.pick(chance.of(0.2) ? ODD_NAMES : PLAIN_NAMES),
  )
  return [...new Set(names)]
}

function drawLog(chance: Chance, path: string, id: string): LogFile {
  const is = chance.of(0.15)
    ? chance.pick(['sparse', 'endless line', 'symlink', 'hard link'] as const)
    : 'file'
  const lines = is === 'sparse' ? 4 : chance.pick([0, 1, 3, 10, 40])
  const log: LogFile = {
    ...{ path, id, lines, form: 'plain', is },
    ...(chance.of(0.06) ? { daysOld: chance.pick([-400, -1, 400]) } : {}),
    ...(is === 'file' && chance.of(0.06)
      ? { attribute: chance.pick(['append-only', 'immutable'] as const) }
      : {}),
  }
  if (is === 'endless line') return { ...log, lines: Math.max(lines, 1) }
  return is === 'symlink' || is === 'hard link' ? { ...log, to: `${path.slice(0, -4)}.target` } : log
}

/** What a glob of logs matches, and is none. */
function drawDecoy(chance: Chance, folder: string, id: string): LogFile {
  const name = chance.pick(['pipe.log', 'app.log.1', 'app.log.2.gz', 'app.log-20261125'])
  return {
    path: `${folder}/decoy-${id}-${name}`,
    id,
    lines: 0,
    form: 'plain',
    is: chance.pick(['fifo', 'folder']),
  }
}

function targetOf(log: LogFile): LogFile[] {
  return log.to ? [{ ...log, path: log.to, is: 'file', to: undefined }] : []
}

/** What earlier rotations left, in the configuration's own naming, and now and then in another. */
function drawRotated(chance: Chance, log: LogFile, configuration: Configuration, id: string): LogFile[] {
  const count = chance.pick([0, 0, 1, 2, 4])
  const rotated: LogFile[] = Array.from({ length: count }, (_, age) => {
    const isPlain = configuration.form === 'plain' || (configuration.delays && age === 0) || chance.of(0.1)
    return {
      path: `${configuration.rotated}/${rotatedName(log.path.split('/').pop() ?? '', configuration, age)}${isPlain ? '' : configuration.suffix}`,
      id: `${id}${age}`,
      lines: chance.pick([1, 2, 5]),
      form: isPlain ? 'plain' : configuration.form,
      is: 'file',
      daysOld: age + chance.pick([0, 1, 3]),
    }
  })
  return rotated
}

function rotatedName(name: string, { dateFormat, extension, start }: Configuration, age: number): string {
  const stamp = dateFormat ? stamped(dateFormat, new Date(Date.now() - age * 86_400_000)) : `.${start + age}`
  return extension && name.endsWith(extension)
    ? `${name.slice(0, -extension.length)}${stamp}${extension}`
    : `${name}${stamp}`
}

function stamped(format: string, at: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const values: Record<string, string> = {
    Y: String(at.getUTCFullYear()),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    H: two(at.getUTCHours()),
    M: two(at.getUTCMinutes()),
    S: two(at.getUTCSeconds()),
    V: '47',
    s: String(Math.floor(at.getTime() / 1000)),
  }
  return format.replaceAll(/%([YmdHMSVs])/g, (_, letter: string) => values[letter] ?? '')
}

/** The configuration where somebody runs it: in the platform's folders, included, or named by a script of cron. */
function placed(chance: Chance, { text }: Configuration, index: number): Text[] {
  const place = chance.pick(PLACES).replace('NAME', `app${index}`)
  const isOwn = place === `/etc/logrotate.d/app${index}`
  const cron: Text[] =
    isOwn || chance.of(0.3)
      ? [
          {
            path: `/etc/cron.hourly/cron.logrotate.app${index}`,
            text: `#!/bin/sh\ntest -x /usr/sbin/logrotate || exit 0\n${chance.pick(['/usr/sbin/logrotate', 'exec nice logrotate'])} ${chance.pick(['-f ', '', '-s /var/lib/app.state '])}${chance.of(0.5) ? '@ROOT@' : ''}${place}\n`,
            mode: 0o755,
          },
        ]
      : []
  if (!chance.of(0.15)) return [{ path: place, text }, ...cron]
  const folder = `/etc/logrotate.more${index}`
  return [
    {
      path: place,
      text: `${chance.pick(['weekly\n', '', 'rotate 2\ncompress\n'])}include @ROOT@${folder}\n`,
    },
    { path: `${folder}/one`, text },
    ...(chance.of(0.3) ? [{ path: `${folder}/two.rpmsave`, text: '/nonexistent/*.log { rotate 1 }\n' }] : []),
    ...cron,
  ]
}

/** Publish lists as people write them: right, for other files than those that are there, or not at all. */
function publishLists(
  chance: Chance,
  folder: string,
  names: readonly string[],
  { rotated, suffix }: Configuration,
  index: number,
): Text[] {
  const lists = [
    `${rotated}/*`,
    `${rotated}/*`,
    `${rotated}/*.gz`,
    `${rotated}/*${suffix || '.gz'}`,
    `${rotated}/*log*gz`,
    `${rotated}/*-[0-9]*.gz`,
    `${rotated}/${names[0]}-[0-9][0-9]*`,
    `${folder}/*.log`,
    `${folder}/*`,
    `${folder}/rotated/*`,
    `${folder}/rotated/*.xz`,
    '/var/log/elsewhere/*.gz',
  ]
  if (chance.of(0.08) && index > 0) return []
  const lines = Array.from({ length: chance.pick([1, 1, 2]) }, () => chance.pick(lists).replaceAll('\n', '?'))
  const end = chance.pick(['\n', '', '\r\n'])
  return [
    {
      path: `/opt/elasticbeanstalk/${chance.pick(['tasks/publishlogs.d', 'config/private/logtasks/publish'])}/app${index}.conf`,
      text: lines.join('\n') + end,
    },
  ]
}
