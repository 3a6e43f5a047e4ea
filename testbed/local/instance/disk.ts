import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where things are on an instance, absolute as on a real one: an Elastic Beanstalk Tomcat 8 platform, Amazon Linux 1. */
export const PATHS = {
  logs: '/var/log/tomcat8',
  rotated: '/var/log/tomcat8/rotated',
  accessLog: '/var/log/tomcat8/localhost_access_log.txt',
  console: '/var/log/tomcat8/catalina.out',
  rotation: '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.tomcat8.conf',
  publication: '/opt/elasticbeanstalk/tasks/publishlogs.d/tomcat8.conf',
  cron: '/etc/cron.d/publishlogs',
  initScript: '/etc/init.d/tomcat8',
  pidFile: '/var/run/tomcat8.pid',
  agent: '/var/lib/amazon/ssm',
  instanceId: '/var/lib/cloud/data/instance-id',
} as const

/** Under it, `<environment id>/<instance id>/`, the platform publishes rotated logs. */
export const PUBLISH_PREFIX = 'resources/environments/logs/publish/'

/** Programs of the instance's own: path on the instance → file on this machine. */
export type Programs = Readonly<Record<string, string>>

/** Where they may be: the beginning of the instance's PATH. */
export const PROGRAM_DIRECTORIES = ['/usr/bin', '/usr/sbin', '/bin', '/sbin']

/** Makes a directory look like the disk of a new instance, down to what logrotate demands of permissions. */
export function layDisk(root: string, instanceId: string, programs: Programs): void {
  for (const directory of [
    PATHS.rotated,
    '/var/run',
    '/var/lib/logrotate',
    PATHS.agent,
    ...PROGRAM_DIRECTORIES,
    '/tmp',
  ]) {
    makeDirectory(root, directory)
  }
  write(root, PATHS.accessLog, '')
  write(root, PATHS.console, '')
  write(root, PATHS.rotation, rotation(root))
  write(root, PATHS.publication, `${PATHS.rotated}/*\n`)
  write(root, PATHS.cron, cron())
  write(root, PATHS.initScript, INIT_SCRIPT, 0o755)
  write(root, PATHS.instanceId, `${instanceId}\n`)
  for (const [path, file] of Object.entries(programs)) symlinkSync(file, join(root, path))
}

/** The settings of the platform's later versions; only the paths are this machine's, since the real logrotate reads them. */
function rotation(root: string): string {
  return `${root}${PATHS.console} ${root}${PATHS.accessLog} {
size 10M
rotate 5
missingok
compress
notifempty
copytruncate
dateext
dateformat %s
olddir ${root}${PATHS.rotated}
}
`
}

function cron(): string {
  const publish = [
    '/usr/bin/publishLogs.py --de-dupe',
    "--conf-path '/opt/elasticbeanstalk/tasks/publishlogs.d/*'",
    `--location-prefix ${PUBLISH_PREFIX} --num-concurrent 2`,
  ]
  return `*/10 * * * * root ${publish.join(' ')} > /dev/null 2>&1\n`
}

/** Stops the collector as Tomcat is stopped: asks, waits until it has written its buffer and gone, and only then insists. */
const INIT_SCRIPT = `#!/bin/bash
pid_file="$TERMINATION_GUARD_ROOT${PATHS.pidFile}"
pid=$(cat "$pid_file" 2>/dev/null)

running() { [ -n "$pid" ] && [ -e "$pid_file" ] && kill -0 "$pid" 2>/dev/null; }

case $1 in
  stop)
    running || exit 0
    kill -TERM "$pid"
    for _ in $(seq 300); do
      running || exit 0
      sleep 0.1
    done
    kill -KILL "$pid"
    ;;
  status) running && echo "tomcat8 (pid $pid) is running..." || exit 3 ;;
  *)
    echo "Usage: $0 {stop|status}" >&2
    exit 2
    ;;
esac
`

function write(root: string, path: string, content: string, mode = 0o644): void {
  makeDirectory(root, dirname(path))
  writeFileSync(root + path, content)
  // Not left to the umask: logrotate refuses what others could write.
  chmodSync(root + path, mode)
}

function makeDirectory(root: string, path: string): void {
  for (const part of path
    .split('/')
    .slice(1)
    .map((_, depth, parts) => parts.slice(0, depth + 1).join('/'))) {
    mkdirSync(join(root, part), { recursive: true })
    chmodSync(join(root, part), 0o755)
  }
}
