/** Machines as the platform makes them, with programs that do as they are told: one flush must archive these. */
import type { Chance } from '../../../testbed/simulator/chance.ts'
import type { LogFile, Situation, Writer } from './situation.ts'

type Text = Situation['texts'][number]

/** The three generations of Amazon Linux 1, and 2 and 2023. */
const GENERATIONS = [
  {
    config: '/etc/logrotate.conf.elasticbeanstalk',
    rotated: '',
    list: '*.gz',
    directives: ['size 1M', 'rotate 5', 'dateext', 'dateformat -%s'],
  },
  {
    config: '/etc/logrotate.d/logrotate.elasticbeanstalk.tomcat8.conf',
    rotated: '/rotated',
    list: '*',
    directives: ['size 10M', 'rotate 10', 'dateext', 'dateformat %s'],
  },
  {
    config: '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.tomcat8.conf',
    rotated: '/rotated',
    list: '*',
    directives: ['size 10M', 'rotate 5', 'dateext', 'dateformat %s'],
  },
  {
    config: '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.web-stdout.conf',
    rotated: '/rotated',
    list: '*',
    directives: ['su root root', 'size 10M', 'rotate 4'],
  },
] as const

export function ordinary(seed: number, chance: Chance): Situation {
  const generation = chance.pick(GENERATIONS)
  const folder = '/var/log/tomcat8'
  const names = chance.of(0.5) ? ['catalina.out', 'localhost_access_log.txt'] : ['localhost_access_log.txt']
  const block = [
    names.map((name) => `@ROOT@${folder}/${name}`).join(' '),
    '{',
    ...generation.directives,
    'missingok',
    'compress',
    'notifempty',
    'copytruncate',
    ...(generation.rotated ? [`olddir @ROOT@${folder}${generation.rotated}`] : []),
    '}',
    '',
  ].join('\n')
  const logs = names.map((name, index) => log(chance, `${folder}/${name}`, `l${index}`))
  const old = Array.from({ length: chance.whole(0, 5) }, (_, age) =>
    rotated(chance, `${folder}${generation.rotated}/${names[0]}`, age),
  )
  const httpd = chance.of(0.4) ? webServer(chance) : { texts: [], files: [], writers: [] }
  const health = chance.of(0.4) ? healthReports() : { texts: [], files: [] }
  return {
    seed,
    kind: 'ordinary',
    texts: [
      { path: generation.config, text: block },
      {
        path: `/etc/cron.hourly/cron.logrotate.elasticbeanstalk.tomcat8.conf`,
        text: `#!/bin/sh\ntest -x /usr/sbin/logrotate || exit 0\n/usr/sbin/logrotate ${generation.config}\n`,
        mode: 0o755,
      },
      {
        path: '/opt/elasticbeanstalk/tasks/publishlogs.d/tomcat8.conf',
        text: `${folder}${generation.rotated}/${generation.list}\n`,
      },
      ...(generation.rotated ? [{ path: `${folder}${generation.rotated}/.keep`, text: '' }] : []),
      ...httpd.texts,
      ...health.texts,
    ],
    files: [...logs, ...old, ...httpd.files, ...health.files],
    writers: [
      ...(chance.of(0.7) ? [writer(chance, `${folder}/localhost_access_log.txt`, 'tomcat8', false)] : []),
      ...httpd.writers,
    ],
    publisher: { by: chance.pick(['command', 'cron', 'nobody']), runs: ['all'] },
    hands: [],
    cli: 'works',
    logrotate: 'works',
    stat: 'works',
    flushes: 1,
    destroys: false,
    commandSeconds: 60,
  }
}

/** The web server before Tomcat: renamed, compressed a rotation later, told to open its log again. */
function webServer(chance: Chance): { texts: Text[]; files: LogFile[]; writers: Writer[] } {
  const service = chance.pick(['httpd', 'nginx'])
  const folder = `/var/log/${service}`
  const directives = [
    'size 100M',
    'rotate 9',
    'missingok',
    'compress',
    'delaycompress',
    'notifempty',
    'create',
    'sharedscripts',
    'dateext',
    'dateformat -%s',
  ]
  const reload = [
    'postrotate',
    '  for pid in "$WORLD"/services/*/*.pid; do kill -HUP "$(cat "$pid")" 2>/dev/null; done; true',
    'endscript',
  ]
  return {
    texts: [
      {
        path: `/etc/logrotate.conf.elasticbeanstalk.${service}`,
        text: [`@ROOT@${folder}/*log {`, ...directives, ...reload, '}', ''].join('\n'),
      },
      { path: `/opt/elasticbeanstalk/tasks/publishlogs.d/${service}.conf`, text: `${folder}/*.gz\n` },
    ],
    files: [
      log(chance, `${folder}/access_log`, 'l8'),
      log(chance, `${folder}/error_log`, 'l9'),
      rotated(chance, `${folder}/access_log`, 7, '-'),
    ],
    writers: chance.of(0.6) ? [writer(chance, `${folder}/access_log`, service, true)] : [],
  }
}

/** What the platform writes for itself, rotates, and by design never publishes. */
function healthReports(): { texts: Text[]; files: LogFile[] } {
  const folder = '/var/log/nginx/healthd'
  const report = (name: string, id: string): LogFile => ({
    path: `${folder}/${name}`,
    id,
    lines: 3,
    form: 'plain',
    is: 'file',
    isForeign: true,
  })
  const config = '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.healthd.conf'
  const directives = [
    'su root root',
    'size 10M',
    'rotate 9',
    'missingok',
    'compress',
    'notifempty',
    'copytruncate',
  ]
  return {
    texts: [
      { path: config, text: [`@ROOT@${folder}/application.log.* {`, ...directives, '}', ''].join('\n') },
    ],
    files: [report('application.log.2026-11-24-09', 'e0'), report('application.log.2026-11-24-10', 'e1')],
  }
}

function log(chance: Chance, path: string, id: string): LogFile {
  return { path, id, lines: chance.pick([0, 1, 5, 50]), form: 'plain', is: 'file' }
}

function rotated(chance: Chance, base: string, age: number, separator = chance.pick(['', '-'])): LogFile {
  return {
    path: `${base}${separator}${1466110000 + age}.gz`,
    id: `r${age}`,
    lines: chance.whole(1, 9),
    form: 'gz',
    is: 'file',
    daysOld: age,
  }
}

function writer(chance: Chance, path: string, service: string, reopens: boolean): Writer {
  return {
    id: service === 'tomcat8' ? 'w0' : 'w1',
    log: path,
    service,
    buffered: chance.pick([0, 3, 30]),
    torrent: 0,
    speaks: chance.of(0.5) ? [0, 100] : [],
    ends: chance.pick([0, 50]),
    reopens,
    deleted: false,
    supervised: false,
    tidies: false,
    appends: true,
    byName: false,
  }
}
