import { afterAll, describe, expect, it } from '@jest/globals'
import { keyOf } from '../../src/archive/keys.ts'
import { encodeUpload } from '../../src/flush/upload.ts'
import { type Disk, makeDisk, removeDisks } from './disk.ts'
import { ACCESS_LOG, layTomcat, ROTATED } from './elastic-beanstalk.ts'
import { FILES, flush, PREFIX, quick } from './flush.ts'

afterAll(removeDisks)

const OLD = [1, 2, 3].map((i) => `${ROTATED}/localhost_access_log.txt146611446${i}.gz`)

/** An instance with three rotated files that nobody has published yet, and nothing new. */
const instance = (publisher: 'publishLogs.py' | 'none' = 'publishLogs.py'): Disk => {
  const disk = makeDisk()
  layTomcat(disk)
  disk.write(ACCESS_LOG, '')
  for (const path of OLD) disk.write(path, `rotated earlier: ${path}`)
  if (publisher !== 'none') disk.standIn(publisher)
  return disk
}

const keys = (paths: readonly string[]) => paths.map((path) => keyOf(path, PREFIX, 'underscores'))
const calls = (disk: Disk) => disk.readS3('calls').trim().split('\n')

describe('the first attempt', () => {
  it('uses publishLogs.py on Amazon Linux 1', async () => {
    const disk = instance()
    const flushed = await flush(disk)
    expect(flushed.paths).toEqual(OLD)
    expect(disk.keys()).toEqual(keys(OLD))
    expect(calls(disk)).toHaveLength(3)
  })

  it('uses the command found in cron on Amazon Linux 2 and 2023', async () => {
    const disk = instance('none')
    const publish = (name: string) => `cp "$TERMINATION_GUARD_ROOT"${ROTATED}/${name}*.gz "$FAKE_S3"/`
    const lines = ['# comment', 'PATH=/usr/bin:/bin', 'MAILTO = root', '']
    lines.push(`*/30  *\t* * *  root   ${publish('localhost')} && date "+\\%s" > "$FAKE_S3/second"`)
    lines.push('@hourly root touch "$FAKE_S3/hourly"')
    disk.write('/etc/cron.d/publishlogs', lines.join('\n'))
    const { manifest } = await flush(disk)
    expect(manifest.notes).toEqual([])
    expect(disk.readS3('second')).toMatch(/^\d{10}$/m)
    expect(disk.readS3('hourly')).toBe('')
    expect(disk.readS3('localhost_access_log.txt1466114461.gz')).toContain('rotated earlier')
  })

  it('uploads directly where the platform has no publisher', async () => {
    const disk = instance('none')
    await flush(disk)
    expect(disk.keys()).toEqual(keys(OLD))
  })

  for (const fault of ['half', 'nothing', 'truncate'] as const) {
    it(`reports every file although the publisher uploads ${fault === 'truncate' ? 'truncated bodies' : fault} and exits 0`, async () => {
      const disk = instance()
      const flushed = await flush(disk, { env: { PUBLISHER_FAULT: fault } })
      expect(flushed.paths).toEqual(OLD)
      expect(flushed.manifest.notes).toEqual([])
      expect(disk.keys().length).toBeLessThanOrEqual(3)
    })
  }

  it('only notes that the publisher failed', async () => {
    const flushed = await flush(instance(), { env: { PUBLISHER_FAULT: 'fail' } })
    expect(flushed.exitCode).toBe(0)
    expect(flushed.paths).toEqual(OLD)
    expect(flushed.manifest.notes[0]).toContain('publishLogs.py ended with exit 1')
  })

  it('reports before SSM stops it, however long the profile lets a publisher run', async () => {
    const disk = instance('none')
    disk.program('publishLogs.py', '#!/bin/sh\nexec sleep 100\n')
    const { exitCode, manifest } = await flush(disk, {
      profile: quick('beanstalk', { commandSeconds: 600 }),
      parameters: { ExecutionTimeout: '12' },
      killAfterMs: 60_000,
    })
    expect(exitCode).toBe(0)
    expect(manifest.notes).toContain('publishLogs.py ended with exit 124: ')
  })

  it('notes so little of publishers that talk much that the report stays short', async () => {
    const disk = instance('none')
    const line = '@hourly root seq 2000; exit 3\n'
    disk.write('/etc/cron.d/publishlogs', line.repeat(30))
    const { notes } = (await flush(disk)).manifest
    expect(notes).toHaveLength(20)
    for (const note of notes) expect(note.length).toBeLessThanOrEqual(300)
    expect(notes[0]).toMatch(/ended with exit 3: .* 2000 $/)
  })

  it('does not wait for a publisher that hangs', async () => {
    const disk = instance('none')
    disk.program('publishLogs.py', '#!/bin/sh\nsleep 20\n')
    const flushed = await flush(disk, { profile: quick('beanstalk', { commandSeconds: 1 }) })
    expect(flushed.paths).toEqual(OLD)
    expect(flushed.manifest.notes[0]).toContain('ended with exit 124')
  })
})

describe('a list of globs is read all the same', () => {
  it.each([
    ['that Windows wrote, and begins with blanks', '# ours\r\n\t/var/log/own/*.txt \r\n'],
    ['that begins with a mark', '\ufeff/var/log/own/*.txt\n'],
    ['that has a comment in its line', '/var/log/own/*.txt\t# ours'],
    ['that is in quotes', '"/var/log/own/*.txt"\n'],
  ])('%s', async (_what, text) => {
    const disk = makeDisk()
    layTomcat(disk)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/own.conf', text)
    disk.write('/var/log/own/a.txt', 'own\n')
    const { manifest, paths } = await flush(disk)
    expect(paths).toContain('/var/log/own/a.txt')
    expect(manifest.notes).toEqual([])
  })

  it('whose names have what begins a comment, or ends in a quote', async () => {
    const disk = makeDisk()
    layTomcat(disk)
    const names = ['/var/log/own/a #1.txt', "/var/log/own/Ann'"]
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/own.conf', names.join('\n'))
    for (const name of names) disk.write(name, 'own\n')
    expect((await flush(disk)).paths).toEqual(expect.arrayContaining(names))
  })

  it('but what is no path from the root is told', async () => {
    const disk = makeDisk()
    layTomcat(disk)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/own.conf', '# ours\n\nown/*.txt\n')
    const { notes } = (await flush(disk)).manifest
    expect(notes).toEqual(['a list publishes own/*.txt: from which folder?'])
  })
})

describe('a later attempt', () => {
  it('uploads exactly the files that were missing', async () => {
    const disk = instance()
    const missing = OLD.slice(1)
    const flushed = await flush(disk, { parameters: { Upload: encodeUpload(missing) } })
    expect(flushed.paths).toEqual(OLD)
    expect(disk.keys()).toEqual(keys(missing))
  })

  it('uploads everything when the list would be too long', async () => {
    const disk = instance()
    await flush(disk, { parameters: { Upload: '*' } })
    expect(disk.keys()).toEqual(keys(OLD))
  })

  it('uploads nothing that is no log, whatever the list says', async () => {
    const disk = instance()
    disk.write('/etc/shadow', 'secret')
    const upload = encodeUpload(['/etc/shadow', '/var/log/../../etc/shadow', OLD[0] ?? ''])
    await flush(disk, { parameters: { Upload: upload } })
    expect(disk.keys()).toEqual(keys(OLD.slice(0, 1)))
  })

  it('notes a list that cannot be read, and still reports', async () => {
    const flushed = await flush(instance(), { parameters: { Upload: 'AAAA' } })
    expect(flushed.paths).toEqual(OLD)
    expect(flushed.manifest.notes).toContain('the list of files to upload cannot be read')
  })

  it('lets S3 check the bytes by their MD5 and SHA-256', async () => {
    const disk = instance()
    const { manifest } = await flush(disk, { parameters: { Upload: '*' } })
    const put = calls(disk).find((call) => call.includes('--body') && call.includes(OLD[0] ?? ''))
    const [file] = manifest.files
    expect(put).toContain(`--content-md5 ${Buffer.from(file?.md5 ?? '', 'hex').toString('base64')}`)
    expect(put).toContain(`--checksum-sha256 ${Buffer.from(file?.sha256 ?? '', 'hex').toString('base64')}`)
  })

  it('does without the SHA-256 where the AWS CLI is of 2017', async () => {
    const disk = instance()
    const { manifest } = await flush(disk, { parameters: { Upload: '*' }, env: { FAKE_AWS_KNOWS: '' } })
    expect(manifest.notes).toEqual([])
    expect(disk.keys()).toEqual(keys(OLD))
  })

  it('notes what S3 said when uploads fail, and reports the files all the same', async () => {
    const flushed = await flush(instance(), { parameters: { Upload: '*' }, env: { FAKE_AWS_FAILS: 'yes' } })
    expect(flushed.exitCode).toBe(0)
    expect(flushed.paths).toEqual(OLD)
    expect(flushed.manifest.notes[0]).toMatch(/^2 uploads failed: An error occurred \(AccessDenied\)/)
  })

  it('keeps folders where the profile says so', async () => {
    const disk = makeDisk()
    disk.write('/var/log/app/a.log', 'a')
    await flush(disk, { profile: FILES })
    expect(disk.keys()).toEqual([keyOf('/var/log/app/a.log', PREFIX, 'path')])
  })
})
