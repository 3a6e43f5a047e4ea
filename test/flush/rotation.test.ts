import { rmSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { encodeUpload } from '../../src/flush/upload.ts'
import { archivedTexts, type Disk, hasLogrotate, LOGROTATE, makeDisk, removeDisks } from './disk.ts'
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

const CONFIG = GENERATIONS['from 2015'].config

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

/** /sbin/service of a Tomcat 8 that writes its only line when it is stopped. */
const ENDS_WITH_A_LINE = `#!/bin/bash
[ "$1" = tomcat8 ] || exit 1
case $2 in
  status) [ ! -e "$TERMINATION_GUARD_ROOT/stopped" ] ;;
  stop) echo stopped | tee "$TERMINATION_GUARD_ROOT/stopped" >"\${TERMINATION_GUARD_ROOT}LOG" ;;
esac
`

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
      expect(disk.list('/var/log/tomcat8')).not.toContain('localhost_access_log.txt')
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

  it('whose logrotate exits 0 and says nothing is unaccounted for by name', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.program('logrotate', '#!/bin/sh\nexit 0\n')
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted).toEqual([
      { path: CONFIG, size: 0, why: 'logrotate does not say which logs it is about: it said nothing' },
    ])
  })

  it('whose logrotate never works is unaccounted for, until it does', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.program('logrotate', '#!/bin/sh\necho "insecure permissions" >&2\nexit 2\n')
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted).toHaveLength(1)
    rmSync(`${dirname(disk.root)}/bin/logrotate`)
    expect((await flush(disk)).manifest).toMatchObject({ unaccounted: [], accounted: [CONFIG] })
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

  // The stand-in gives no numbered names.
  itWhere(hasLogrotate(), 'needs the real logrotate')(
    'of a block with shared scripts gives each log the name that logrotate would',
    async () => {
      const disk = collector()
      disk.write('/var/log/my/a.log', 'a\n')
      disk.write('/var/log/my/b.log', 'b\n')
      disk.write(
        '/etc/logrotate.d/my.elasticbeanstalk.conf',
        `${disk.root}/var/log/my/*.log {\nrotate 3\nsharedscripts\npostrotate\ntrue\nendscript\n}\n`,
      )
      const { paths } = await flush(disk)
      expect(paths).toEqual(['/var/log/my/a.log.1', '/var/log/my/b.log.1'])
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
    expect(manifest).toMatchObject({ purpose: 'audit', live: [] })
    expect(disk.list('/var/log/httpd')).toContain('elasticbeanstalk-access_log-1426089661')
  })

  it('uploads as it is what delaycompress left behind and gzip cannot compress', async () => {
    const disk = collector()
    layHttpd(disk)
    disk.write('/var/log/httpd/error_log-1426089661', 'earlier\n')
    disk.write('/var/log/httpd/error_log', '')
    disk.program('gzip', '#!/bin/sh\ncase $1 in "" | -nf) exit 1 ;; esac\nexec /bin/gzip "$@"\n')
    const flushed = await flush(disk)
    expect(flushed).toMatchObject({ live: [], paths: ['/var/log/httpd/error_log-1426089661'] })
    expect(disk.keys()).toHaveLength(1)
    expect(flushed.manifest.notes[0]).toContain('cannot compress')
  })

  it.each([
    ['was empty', '/var/log/my', ''],
    ['was not there', '/var/log/my', undefined],
    ['was not there, in a folder of a name that ends in a space', '/var/log/my ', undefined],
  ])(
    'gives its rotated name to a log that %s before its service wrote, as it ends',
    async (_what, folder, before) => {
      const disk = makeDisk()
      const log = `${folder}/app.log`
      disk.write(`${folder}/.keep`, '')
      if (before !== undefined) disk.write(log, before)
      const lines = [
        `"${disk.root}${log}" {`,
        'missingok',
        'notifempty',
        'dateext',
        'dateformat .at-%s',
        '}',
        '',
      ]
      const plain = lines.join('\n')
      disk.write(
        '/etc/logrotate.d/elasticbeanstalk.my.conf',
        folder.endsWith(' ') ? plain : plain.replaceAll('"', ''),
      )
      disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', `${folder}/*.at-*\n`)
      disk.script('/sbin/service', ENDS_WITH_A_LINE.replace('LOG', log))
      const { manifest, paths } = await flush(disk)
      expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
      expect(paths).toEqual([expect.stringMatching(/^\/var\/log\/my ?\/app\.log\.at-\d{10}$/)])
    },
  )

  it('leaves a log that is a link as it is, and what it leads to', async () => {
    const disk = collector()
    disk.write('/data/access.txt', 'one event\n')
    symlinkSync('../../../data/access.txt', disk.root + ACCESS_LOG)
    const flushed = await flush(disk)
    expect(flushed.manifest).toMatchObject({ live: [], unaccounted: [] })
    expect(flushed.paths).toEqual([ACCESS_LOG])
    expect(disk.read(ACCESS_LOG)).toBe('one event\n')
    expect(disk.list('/data')).toEqual(['access.txt'])
    expect(archivedTexts(disk)).toEqual(['one event\n'])
  })

  it.each([
    ['by number', ['rotate 5'], /log\.1$/],
    ['by date, and compresses it', ['rotate 5', 'dateext', 'compress'], /log-\d{8}\.gz$/],
  ])('of a glob that names rotated files as well names each once %s', async (_how, directives, name) => {
    const disk = collector()
    disk.write('/var/log/my/app.log', 'one event\n')
    disk.write(
      '/etc/logrotate.d/my.elasticbeanstalk.conf',
      [`${disk.root}/var/log/my/*`, '{', ...directives, '}', ''].join('\n'),
    )
    const first = await flush(disk)
    expect(first.paths).toEqual([expect.stringMatching(name)])
    const second = await flush(disk, { parameters: { Upload: encodeUpload(first.paths) } })
    expect(second.paths).toEqual(first.paths)
    expect(second.manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
  })

  it('of such a glob goes on with what a flush compressed that was killed before it was told', async () => {
    const disk = collector()
    disk.write('/var/log/my/app.log', 'one event\n')
    disk.write(
      '/etc/logrotate.d/my.elasticbeanstalk.conf',
      `${disk.root}/var/log/my/* {\n dateext\n compress\n}\n`,
    )
    disk.program('md5sum', '#!/bin/sh\nkill -9 0\n')
    expect((await flush(disk)).stdout).toBe('')
    disk.program('md5sum', '#!/bin/sh\nexec /usr/bin/md5sum "$@"\n')
    const { manifest, paths } = await flush(disk)
    expect(paths).toEqual([expect.stringMatching(/^\/var\/log\/my\/app\.log-\d{8}\.gz$/)])
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
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
    expect(flushed.paths).toEqual([expect.stringMatching(/^\/var\/log\/my app\/the log\.txt-?\d{10}\.gz$/)])
    expect(flushed.live).toEqual([])
  })

  it('keeps keys as Elastic Beanstalk names them', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    const flushed = await flush(disk, { profile: quick('beanstalk') })
    expect(disk.keys()).toEqual(flushed.paths.map((path) => PREFIX + path.replaceAll('/', '_')))
  })
})
