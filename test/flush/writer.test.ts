import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { type Disk, makeDisk, removeDisks } from './disk.ts'
import { ACCESS_LOG, layTomcat } from './elastic-beanstalk.ts'
import { flush, quick } from './flush.ts'

/**
 * Like Tomcat: it has its log open, and ten events in memory that reach it when it is asked to stop, or after a while.
 */
const TOMCAT = `
log=$1 hold=$2 pid=$3
exec 5>>"$log"
echo $$ >"$pid"
write() { for i in 1 2 3 4 5 6 7 8 9 10; do echo "event $i" >&5; done; held=; }
trap '[ -z "$held" ] || write; rm -f "$pid"; exit' TERM
held=yes
[ "$hold" = for-ever ] || { sleep "$hold" & wait $!; write; }
while :; do sleep 0.05; done
`

/** /sbin/service, as far as Tomcat 8 goes; it writes down what it was asked. */
const SERVICE = `#!/bin/bash
pid=$TERMINATION_GUARD_ROOT/var/run/tomcat8.pid
echo "$*" >>"$FAKE_S3/asked"
[ "$1" = tomcat8 ] || exit 1
case $2 in
  status) [ -e "$pid" ] || exit 3 ;;
  stop) STOP ;;
esac
`
const ORDERLY = 'kill -TERM "$(cat "$pid")"; while [ -e "$pid" ]; do sleep 0.05; done'

const writers: ChildProcess[] = []
afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL')
})
afterAll(removeDisks)

/** An instance whose Tomcat holds events back, and is stopped in this way. */
const withTomcat = async (stop: string, hold = 'for-ever'): Promise<Disk> => {
  const disk = makeDisk()
  layTomcat(disk)
  disk.standIn('publishLogs.py')
  disk.write(ACCESS_LOG, 'event 0\n')
  disk.write('/var/run/.keep', '')
  disk.script('/sbin/service', SERVICE.replace('STOP', stop))
  const pid = `${disk.root}/var/run/tomcat8.pid`
  writers.push(
    spawn('/bin/bash', ['-c', TOMCAT, 'tomcat', disk.root + ACCESS_LOG, hold, pid], { stdio: 'ignore' }),
  )
  while (!existsSync(pid)) await sleep(10)
  return disk
}

const archived = (disk: Disk): string[] =>
  disk
    .keys()
    .flatMap((key) =>
      gunzipSync(disk.object(key) ?? Buffer.alloc(0))
        .toString()
        .split('\n'),
    )
    .filter((line) => line !== '')

const EVENTS = Array.from({ length: 11 }, (_, i) => `event ${i}`)

describe('in a termination the writer', () => {
  it('is stopped first, and what it held in memory is in the archive', async () => {
    const disk = await withTomcat(ORDERLY)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ writers: [], live: [], notes: [] })
    expect(archived(disk)).toEqual(EVENTS)
  })

  it('is not stopped while cron rotates: what it writes then would be cut off', async () => {
    const disk = await withTomcat(ORDERLY)
    disk.program(
      'pgrep',
      '#!/bin/bash\n[ ! -e "$FAKE_S3/over" ] && : >"$FAKE_S3/over" && echo rotating >>"$FAKE_S3/asked"\n',
    )
    await flush(disk)
    expect(disk.readS3('asked')).toMatch(/^rotating\ntomcat8 status\ntomcat8 stop/)
  })

  it('is stopped before the rotation, so that there is one rotated file and no wait', async () => {
    const disk = await withTomcat(ORDERLY)
    const started = Date.now()
    const { paths } = await flush(disk, { profile: quick('beanstalk', { bufferSeconds: 11 }) })
    expect(paths).toHaveLength(1)
    expect(Date.now() - started).toBeLessThan(10_000)
  })

  it('that was stopped by an earlier flush counts as stopped', async () => {
    const disk = await withTomcat(ORDERLY)
    await flush(disk)
    const again = await flush(disk)
    expect(again.manifest).toMatchObject({ writers: [], live: [], notes: [] })
  })

  it('that refuses to stop is noted, and its buffer is waited for', async () => {
    const disk = await withTomcat('echo no; exit 4', '0.7')
    const profile = quick('beanstalk', { bufferSeconds: 1, stopSeconds: 1 })
    const { manifest } = await flush(disk, { profile })
    expect(manifest.notes).toEqual(['stopping tomcat8 ended with exit 4: no ', 'tomcat8 is still running'])
    expect(archived(disk).sort()).toEqual([...EVENTS].sort())
  })

  it('that only claims to have stopped does not count as stopped', async () => {
    const disk = await withTomcat('exit 0')
    const { manifest } = await flush(disk, { profile: quick('beanstalk', { stopSeconds: 1 }) })
    expect(manifest.notes).toEqual(['tomcat8 is still running'])
  })

  it('that ends later than it may has stopped by itself: what was written meanwhile may be by another', async () => {
    const asked = 'echo x >>"$FAKE_S3/status"; [ "$(wc -l <"$FAKE_S3/status")" -lt 4 ] || exit 3'
    const disk = makeDisk()
    layTomcat(disk)
    disk.write(ACCESS_LOG, 'event 0\n')
    const stop = `echo more >>${disk.root}${ACCESS_LOG}`
    disk.script(
      '/sbin/service',
      `#!/bin/bash\ncase $* in "tomcat8 status") ${asked} ;; "tomcat8 stop") ${stop} ;; *) exit 3 ;; esac\n`,
    )
    const { manifest } = await flush(disk, { profile: quick('beanstalk', { stopSeconds: 1 }) })
    expect(manifest.notes).toEqual(['tomcat8 is still running'])
    expect(manifest.writers).toMatchObject([{ name: 'unknown' }])
  })

  it('that takes its time to stop is waited for', async () => {
    const disk = await withTomcat('(sleep 0.5; kill -TERM "$(cat "$pid")") >/dev/null 2>&1 &')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ writers: [], notes: [] })
    expect(archived(disk)).toEqual(EVENTS)
  })

  it('that hangs when it is stopped holds nothing up for longer than the profile says', async () => {
    const disk = await withTomcat('sleep 20')
    const { manifest } = await flush(disk, { profile: quick('beanstalk', { stopSeconds: 1 }) })
    expect(manifest.notes[0]).toContain('stopping tomcat8 ended with exit 124')
  })

  it('that was never found leaves nothing to say', async () => {
    const disk = makeDisk()
    layTomcat(disk)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ writers: [], notes: [] })
  })
})

describe('in an audit the writer', () => {
  it('is never stopped nor even asked about, and its log not cut off', async () => {
    const disk = await withTomcat(ORDERLY, '0.7')
    const { manifest } = await flush(disk, {
      profile: quick('beanstalk', { bufferSeconds: 1 }),
      parameters: { Purpose: 'audit' },
    })
    expect(manifest).toMatchObject({ purpose: 'audit', writers: [], live: [] })
    expect(manifest.notes.join()).toContain('logs left alone: 1')
    expect(existsSync(`${disk.s3}/asked`)).toBe(false)
    expect(existsSync(`${disk.root}/var/run/tomcat8.pid`)).toBe(true)
    expect(disk.read(ACCESS_LOG)).toMatch(/^event 0\n/)
  })
})
