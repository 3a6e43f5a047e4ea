// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** A writer is gone when the kernel says so: not when it was stopped, and not when it comes back. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush, INSTANCE, quick } from './flush.ts'
import { endWriting, running } from './writing.ts'

const LOG = '/var/log/my/app.log'
const PID = '/var/run/tomcat8.pid'
const describeWhere = hasLogrotate() ? describe : describe.skip

afterEach(endWriting)
afterAll(removeDisks)

/** Holds an event back until it is asked to end. $1: its log, $2: its pid, $3: made when it is there. */
const APPLICATION = `#!/bin/bash
exec 5>>"$1"
trap 'echo the last >&5; rm -f "$2"; exit' TERM
echo $$ >"$2"; : >"$3"
while :; do sleep 0.05; done
`

/** /sbin/service, as far as Tomcat 8 goes. */
const SERVICE = `#!/bin/bash
root=$TERMINATION_GUARD_ROOT pid=$TERMINATION_GUARD_ROOT${PID}
[ "$1" = tomcat8 ] || exit 3
start() { # what then brings it back: a supervisor for ever, somebody only once
  again='echo $$ >"$FAKE_S3/supervisor"; while "$@"; do :; done'
  [ "$1" = supervised ] || again='"$@"'
  setsid bash -c "$again" app "$root/opt/app" "$root${LOG}" "$pid" "$FAKE_S3/back" </dev/null >/dev/null 2>&1 3>&- 9>&- &
  while [ ! -e "$FAKE_S3/back" ]; do sleep 0.05; done
}
case $2 in
  status) [ -e "$pid" ] || exit 3 ;;
  start) start supervised ;;
  stop) kill -TERM "$(cat "$pid")"; while [ -e "$pid" ]; do sleep 0.05; done; AFTERWARDS ;;
esac
`

/** An instance that flushes the log of a Tomcat, and what happens after that was stopped. */
async function withTomcat(afterwards: string, ...directives: readonly string[]): Promise<Disk> {
  const disk = makeDisk()
  disk.write(LOG, 'one\n')
  const block = [`${disk.root}/var/log/my/*.log {`, 'compress', ...directives, '}', '']
  disk.write('/etc/logrotate.d/elasticbeanstalk.conf', block.join('\n'))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
  disk.write('/var/run/.keep', '')
  disk.script('/opt/app', APPLICATION)
  disk.script('/sbin/service', SERVICE.replace('AFTERWARDS', afterwards))
  await running(disk, APPLICATION, disk.root + LOG, disk.root + PID)
  return disk
}

async function manifestOf(disk: Disk) {
  const { manifest } = await flush(disk, { profile: quick('beanstalk', { stopSeconds: 2 }) })
  if (existsSync(`${disk.s3}/supervisor`)) process.kill(-Number(disk.readS3('supervisor')), 'SIGKILL')
  return manifest
}

const archived = (disk: Disk): string =>
  disk
    .keys()
    .map((key) => gunzipSync(disk.object(key) ?? Buffer.alloc(0)).toString())
    .join('')

const somebody = {
  path: expect.stringContaining(LOG),
  name: expect.stringMatching(/^(app|bash|sleep|one that ended), pid \d+$|^tomcat8/),
}
const stillThere = [{ ...somebody, path: LOG }]

describeWhere('a known service', () => {
  it.each([
    ['at once', 'start supervised', ''],
    [
      'once we went on',
      '(sleep 0.3; start supervised) &',
      'until [ -e "$FAKE_S3/back" ]; do sleep 0.05; done',
    ],
    ['while the publisher runs', ':', 'service tomcat8 start'],
  ])('that a supervisor starts again %s is a writer', async (_when, afterwards, publisher) => {
    const disk = await withTomcat(afterwards)
    const service = `${disk.root}/sbin/service`
    disk.program('publishLogs.py', `#!/bin/bash\n${publisher.replace('service', service)}\n`)
    // On a busy machine it comes back late, and then for more than one path.
    expect((await manifestOf(disk)).writers).toEqual(expect.arrayContaining([somebody]))
  })

  it('that is started again once ends again, and its last line is in the archive', async () => {
    const disk = await withTomcat('start once')
    expect(await manifestOf(disk)).toMatchObject({ writers: [], live: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\nthe last\nthe last\n')
  })

  it('that a script of the rotation would start again stays stopped', async () => {
    const disk = await withTomcat(
      ':',
      'postrotate',
      '$TERMINATION_GUARD_ROOT/sbin/service tomcat8 start',
      'endscript',
    )
    expect(await manifestOf(disk)).toMatchObject({ writers: [], live: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\nthe last\n')
    expect(existsSync(`${disk.s3}/back`)).toBe(false)
  })
})

describeWhere('a program that nobody knows', () => {
  const supervised = async (again: string): Promise<Disk> => {
    const disk = await withTomcat(':')
    const supervisor = `: >"$4"; while :; do "$1" "$2" "$3" /dev/null; ${again}; done`
    await running(disk, supervisor, `${disk.root}/opt/app`, disk.root + LOG, `${disk.root}/var/run/app.pid`)
    while (!existsSync(`${disk.root}/var/run/app.pid`)) await new Promise((done) => setTimeout(done, 10))
    return disk
  }

  it.each([
    ['at once', ':'],
    ['after a while', 'sleep 0.3'],
  ])('whose supervisor starts it again %s is a writer', async (_when, again) => {
    const disk = await supervised(again)
    // However quick the flush is, and however late the program, it is back before the last look.
    disk.program(
      'publishLogs.py',
      '#!/bin/bash\nuntil [ -e "$TERMINATION_GUARD_ROOT/var/run/app.pid" ]; do sleep 0.05; done\n',
    )
    expect((await manifestOf(disk)).writers).toEqual(stillThere)
  })

  it.each([
    [
      'is one until the machine is booted again',
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      [LOG],
    ],
    ['is none any more since the machine was booted again', 'another boot', []],
  ])('that was seen by what it did %s', async (_what, boot, writers) => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.write('/etc/logrotate.d/elasticbeanstalk.conf', `${disk.root}${LOG} {\n compress\n}\n`)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
    disk.write(`/var/lib/termination-guard/${INSTANCE}/unseen`, `${boot}\t${LOG}\0`)
    expect((await manifestOf(disk)).writers.map(({ path }) => path)).toEqual(writers)
  })

  it('that the publisher leaves behind is a writer, however silent', async () => {
    const disk = await withTomcat(':')
    const pid = `${disk.root}/var/run/app.pid`
    disk.program(
      'publishLogs.py',
      `#!/bin/bash
       setsid ${disk.root}/opt/app ${disk.root}${LOG} ${pid} "$FAKE_S3/back" </dev/null >/dev/null 2>&1 3>&- 9>&- &
       while [ ! -e "$FAKE_S3/back" ]; do sleep 0.05; done\n`,
    )
    const { writers } = await manifestOf(disk)
    process.kill(-Number(disk.read('/var/run/app.pid')), 'SIGKILL')
    expect(writers).toEqual(stillThere)
  })

  it('whose supervisor gives up is none, and its last line is in the archive', async () => {
    const disk = await supervised('break')
    expect(await manifestOf(disk)).toMatchObject({ writers: [], live: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\nthe last\nthe last\n')
  })
})

describeWhere('a machine that serves again', () => {
  it('rotates its logs when nothing is held any more, and is flushed once more', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    const config = '/etc/logrotate.d/elasticbeanstalk.conf'
    disk.write(config, `${disk.root}${LOG} {\n compress\n daily\n}\n`)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.log\n')
    const flushed = () => flush(disk, { parameters: { Upload: '*' } })
    const object = () => disk.object(disk.keys()[0] ?? '')?.toString()
    await flushed()
    expect(object()).toBe('one\n')
    rmSync(`${disk.root}/var/lib/termination-guard`, { recursive: true })
    const rotate = ['-f', '-s', `${disk.root}/state`, disk.root + config]
    execFileSync('logrotate', rotate, { env: { PATH: disk.path } })
    expect(disk.list('/var/log/my')).toEqual([])
    disk.write(LOG, 'two\n')
    expect((await flushed()).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(object()).toBe('two\n')
  })
})
