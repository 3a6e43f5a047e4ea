import { spawn } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { type Disk, has, LOGROTATE, makeDisk, removeDisks } from './disk.ts'
import {
  ACCESS_LOG,
  GENERATIONS,
  type Generation,
  layHttpd,
  layTomcat,
  ROTATED,
} from './elastic-beanstalk.ts'
import { flush, PREFIX, quick } from './flush.ts'
import { itWhere } from './it-where.ts'

afterAll(removeDisks)

const collector = (generation?: Generation): Disk => {
  const disk = makeDisk()
  layTomcat(disk, generation)
  disk.standIn('publishLogs.py')
  return disk
}

/** What S3 holds of the access log, whatever its rotated files are called. */
const archivedLines = (disk: Disk): string =>
  disk
    .keys()
    .filter((key) => key.includes('localhost_access_log'))
    .map((key) => gunzipSync(disk.object(key) ?? Buffer.alloc(0)).toString())
    .join('')

describe(`rotation, with ${LOGROTATE}`, () => {
  for (const generation of Object.keys(GENERATIONS) as Generation[]) {
    it(`finds the configuration of ${generation}, and rotates a log far below its size threshold`, async () => {
      const disk = collector(generation)
      disk.write(ACCESS_LOG, 'one event\n')
      const flushed = await flush(disk)
      expect(flushed.exitCode).toBe(0)
      expect(flushed.live).toEqual([])
      expect(flushed.paths).toHaveLength(1)
      expect(flushed.paths[0]).toMatch(/localhost_access_log\.txt-?\d{10}\.gz$/)
      expect(disk.read(ACCESS_LOG)).toBe('')
      expect(archivedLines(disk)).toBe('one event\n')
    })
  }

  it('of logs that are all empty leaves nothing to archive', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, '')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ files: [], live: [], notes: [] })
  })

  it('deletes nothing, although the configuration keeps five files and none of them was published', async () => {
    const disk = collector()
    for (let i = 1; i <= 5; i++) disk.write(`${ROTATED}/localhost_access_log.txt146611446${i}.gz`, `old ${i}`)
    disk.write(ACCESS_LOG, 'new\n')
    const flushed = await flush(disk, { env: { PUBLISHER_FAULT: 'nothing' } })
    expect(flushed.paths).toHaveLength(6)
    expect(disk.list(ROTATED).filter((name) => name !== '.keep')).toHaveLength(6)
  })

  it('that exits 0 and rotates nothing leaves the log live', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.program('logrotate', '#!/bin/sh\nexit 0\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ files: [], live: [{ path: ACCESS_LOG, size: 10 }] })
  })

  it('that never works leaves the log live and is noted', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.program('logrotate', '#!/bin/sh\necho "insecure permissions" >&2\nexit 2\n')
    const { manifest } = await flush(disk)
    expect(manifest.live).toEqual([{ path: ACCESS_LOG, size: 10 }])
    expect(manifest.notes[0]).toContain('ended with exit 2: insecure permissions')
  })

  it('that collides with another one in the same second (exit 1) is done again a second later', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    const second = Math.floor(Date.now() / 1000)
    for (const taken of [second, second + 1])
      disk.write(`${ROTATED}/localhost_access_log.txt${taken}.gz`, 'taken')
    const flushed = await flush(disk)
    expect(flushed.live).toEqual([])
    expect(flushed.paths).toHaveLength(3)
  })

  itWhere(has('flock') && has('logrotate'), 'needs flock and logrotate')(
    'that finds its state locked (exit 3) is done again a second later',
    async () => {
      const disk = collector()
      disk.write(ACCESS_LOG, 'one event\n')
      disk.write('/run/termination-guard/logrotate.state', 'logrotate state -- version 2\n', 0o600)
      const state = `${disk.root}/run/termination-guard/logrotate.state`
      const holder = spawn('flock', [state, 'sleep', '1.2'], { stdio: 'ignore' })
      const flushed = await flush(disk)
      await new Promise((resolve) => (holder.exitCode === null ? holder.on('close', resolve) : resolve(0)))
      expect(flushed.live).toEqual([])
      expect(flushed.paths).toHaveLength(1)
    },
  )

  it('compresses what delaycompress leaves behind, so that the platform publishes it', async () => {
    const disk = collector()
    layHttpd(disk)
    disk.write('/var/log/httpd/elasticbeanstalk-access_log-1426089661', 'earlier\n')
    disk.write('/var/log/httpd/elasticbeanstalk-access_log', 'a hit\n')
    disk.write('/var/log/httpd/notes-2015', 'not a rotated log')
    const flushed = await flush(disk)
    expect(flushed.live).toEqual([])
    expect(flushed.paths).toEqual([
      '/var/log/httpd/elasticbeanstalk-access_log-1426089661.gz',
      expect.stringMatching(/^\/var\/log\/httpd\/elasticbeanstalk-access_log-\d{10}\.gz$/),
    ])
    expect(disk.keys()).toHaveLength(2)
    expect(disk.list('/var/log/httpd')).toContain('notes-2015')
  })

  it('leaves that alone in an audit, since the web server may still write to it', async () => {
    const disk = collector()
    layHttpd(disk)
    disk.write('/var/log/httpd/elasticbeanstalk-access_log-1426089661', 'earlier\n')
    disk.write('/var/log/httpd/elasticbeanstalk-access_log', '')
    const { manifest } = await flush(disk, { parameters: { Purpose: 'audit' } })
    expect(manifest).toMatchObject({ purpose: 'audit', files: [], live: [] })
    expect(disk.list('/var/log/httpd')).toContain('elasticbeanstalk-access_log-1426089661')
  })

  it('reports as live what delaycompress left behind and gzip cannot compress', async () => {
    const disk = collector()
    layHttpd(disk)
    disk.write('/var/log/httpd/error_log-1426089661', 'earlier\n')
    disk.write('/var/log/httpd/error_log', '')
    disk.program('gzip', '#!/bin/sh\n[ "$1" = -f ] && exit 1\nexec /bin/gzip "$@"\n')
    const flushed = await flush(disk)
    expect(flushed.live).toEqual(['/var/log/httpd/error_log-1426089661'])
    expect(flushed.manifest.notes[0]).toContain('cannot compress')
  })

  it('understands logs with spaces in their names', async () => {
    const disk = collector()
    disk.write('/var/log/my app/the log.txt', 'x\n')
    const directives = ['rotate 0', 'dateext', 'dateformat %s', 'compress', 'copytruncate', 'notifempty']
    disk.write(
      '/etc/logrotate.d/my.elasticbeanstalk.conf',
      ['weekly', `"${disk.root}/var/log/my app/*.txt"`, '{', ...directives, '}', ''].join('\n'),
    )
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my app/*.gz')
    const flushed = await flush(disk)
    expect(flushed.paths).toEqual([expect.stringMatching(/^\/var\/log\/my app\/the log\.txt\d{10}\.gz$/)])
    expect(flushed.live).toEqual([])
  })

  it('keeps keys as Elastic Beanstalk names them', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    const flushed = await flush(disk, { profile: quick('beanstalk') })
    expect(disk.keys()).toEqual(flushed.paths.map((path) => PREFIX + path.replaceAll('/', '_')))
  })
})
