import type { Disk } from './disk.ts'

/** Amazon Linux 1 had three, one after the other; 2 and 2023 kept the last. */
export const GENERATIONS = {
  'Tomcat 7, 2012–14': {
    config: '/etc/logrotate.conf.elasticbeanstalk',
    directives: ['size 1M', 'rotate 5', 'dateext', 'dateformat -%s'],
    oldDir: undefined,
    published: '/var/log/tomcat8/*.gz',
  },
  'around 2014': {
    config: '/etc/logrotate.d/logrotate.elasticbeanstalk.tomcat8.conf',
    directives: ['size 10M', 'rotate 10', 'dateext', 'dateformat %s'],
    oldDir: '/var/log/tomcat8/rotated',
    published: '/var/log/tomcat8/rotated/*',
  },
  'from 2015': {
    config: '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.tomcat8.conf',
    directives: ['size 10M', 'rotate 5', 'dateext', 'dateformat %s'],
    oldDir: '/var/log/tomcat8/rotated',
    published: '/var/log/tomcat8/rotated/*',
  },
} as const

export type Generation = keyof typeof GENERATIONS

export const ACCESS_LOG = '/var/log/tomcat8/localhost_access_log.txt'
export const CONSOLE = '/var/log/tomcat8/catalina.out'
export const ROTATED = '/var/log/tomcat8/rotated'

/** Lays out the rotation of a platform's Tomcat. The paths in the configuration are this machine's, since the real logrotate reads them. */
export function layTomcat(disk: Disk, generation: Generation = 'from 2015'): void {
  const { config, directives, oldDir, published } = GENERATIONS[generation]
  const lines = [
    `${disk.root}${CONSOLE} ${disk.root}${ACCESS_LOG} {`,
    ...directives,
    ...['missingok', 'compress', 'notifempty', 'copytruncate'],
    ...(oldDir ? [`olddir ${disk.root}${oldDir}`] : []),
    '}',
  ]
  disk.write(config, `${lines.join('\n')}\n`)
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/tomcat8.conf', `${published}\n`)
  if (oldDir) disk.write(`${oldDir}/.keep`, '')
  disk.write(CONSOLE, '')
}

/** The web server's logs of the first generation, which it renames and leaves uncompressed for a while. */
export function layHttpd(disk: Disk): void {
  const lines = [
    `${disk.root}/var/log/httpd/*log {`,
    ...[
      'size 100M',
      'rotate 9',
      'missingok',
      'compress',
      'delaycompress',
      'notifempty',
      'create',
      'sharedscripts',
    ],
    ...['dateext', 'dateformat -%s'],
    ...['postrotate', '  if true; then { :; }', '  fi', 'endscript', '}'],
  ]
  disk.write('/etc/logrotate.conf.elasticbeanstalk.httpd', `${lines.join('\n')}\n`)
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/httpd.conf', '/var/log/httpd/*.gz\n')
}
