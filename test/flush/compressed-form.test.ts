/** A compressed form takes a file's place only where it is checked to hold the same bytes. */
import { chmodSync, existsSync, statSync, utimesSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'

const describeWhere = hasLogrotate() ? describe : describe.skip

afterAll(removeDisks)

function instance(...directives: readonly string[]): Disk {
  const disk = makeDisk()
  disk.write('/var/log/my/app.log', 'one\ntwo\n')
  const block = [`${disk.root}/var/log/my/*.log {`, 'compress', ...directives, '}', '']
  disk.write('/etc/logrotate.d/elasticbeanstalk.conf', block.join('\n').replaceAll('ROOT', disk.root))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
  return disk
}

const bodies = (disk: Disk): Buffer[] => disk.keys().map((key) => disk.object(key) ?? Buffer.alloc(0))

/** Neither of one file nor of many. */
const noHardLinks = (disk: Disk, copy = 'exec /bin/cp "$@"'): void => {
  disk.program('ln', '#!/bin/sh\n[ "$1" = -T ] && exit 1\nexec /bin/ln "$@"\n')
  disk.program('cp', `#!/bin/sh\n[ "$1" = -ln ] && exit 1\n${copy}\n`)
}

describeWhere('a log is archived as it is where', () => {
  it('its compressor writes half of it and says that all is well', async () => {
    const disk = instance('compresscmd ROOT/opt/xz', 'compressext .xz')
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.xz\n')
    disk.script('/opt/xz', '#!/bin/sh\nhead -c 4\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map(String)).toContain('one\ntwo\n')
  })

  it('no hard link is possible and the copy of its form is cut short', async () => {
    const disk = instance()
    noHardLinks(disk, '[ "$1 $2" = "-n -p" ] || exec /bin/cp "$@"\nhead -c 12 "$4" >"$5"')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map(String)).toContain('one\ntwo\n')
  })
})

describeWhere('a log is archived compressed where', () => {
  it('no hard link is possible, and the copy of its form is whole', async () => {
    const disk = instance()
    noHardLinks(disk)
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map((body) => gunzipSync(body).toString())).toEqual(['one\ntwo\n'])
  })

  it('gzip, of many at once, gives one the bytes of another', async () => {
    const disk = instance()
    disk.write('/var/log/my/else.log', 'three\n')
    const wrong = 'shift 2\nfor file; do printf "three\\n" | /bin/gzip >"$file.gz" && rm "$file"; done'
    disk.program('gzip', `#!/bin/sh\n[ "$1" = -nf ] || exec /bin/gzip "$@"\n${wrong}\n`)
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['one\ntwo\n', 'three\n'])
  })

  it('gzip compresses some of many, and leaves the others', async () => {
    const disk = instance()
    disk.write('/var/log/my/else.log', 'three\n')
    disk.program('gzip', '#!/bin/sh\n[ "$1" = -nf ] || exec /bin/gzip "$@"\nexec /bin/gzip -nf "$3"\n')
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(disk.keys()).toEqual([expect.stringMatching(/\.gz$/), expect.stringMatching(/\.gz$/)])
    expect(archivedTexts(disk)).toEqual(['one\ntwo\n', 'three\n'])
  })

  it('one program writes it for all: with the mode and the time of its log', async () => {
    const disk = instance()
    const log = `${disk.root}/var/log/my/app.log`
    chmodSync(log, 0o640)
    utimesSync(log, 1_700_000_000, 1_700_000_000)
    await flush(disk)
    const [form = ''] = disk.list('/var/log/my')
    expect(form).toMatch(/^app\.log.+\.gz$/)
    const { mode, mtimeMs } = statSync(`${disk.root}/var/log/my/${form}`)
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_700_000_000_000])
  })
})

const FORM = '/var/log/my/app.log.1.gz'

describeWhere('a log is archived although its compressed form', () => {
  it.each([
    ['emptied', `: >ROOT${FORM}`],
    ['removed', `rm ROOT${FORM}`],
    ['written over', `echo other | gzip >ROOT${FORM}`],
  ])('is %s before it is hashed', async (_how, commands) => {
    const disk = instance()
    disk.write('/var/log/my/app.log.7.gz', 'so that several are hashed at once')
    const once = `[ -e ROOT/done ] || { : >ROOT/done; ${commands}; }; exec /usr/bin/md5sum "$@"`
    disk.program('md5sum', `#!/bin/sh\n${once.replaceAll('ROOT', disk.root)}\n`)
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map(String)).toContain('one\ntwo\n')
  })

  // As where that is removed, and another file gets its inode.
  it('is another file in the next flush, where the first was killed before it held that', async () => {
    const disk = instance()
    disk.program('md5sum', `#!/bin/sh\n: >${disk.root}/reached\nexec sleep 60\n`)
    const reached = async () => {
      while (!existsSync(`${disk.root}/reached`)) await sleep(20)
    }
    await flush(disk, { killed: reached })
    disk.program('md5sum', '#!/bin/sh\nexec /usr/bin/md5sum "$@"\n')
    disk.write(FORM, 'other')
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map(String)).toEqual(expect.arrayContaining(['one\ntwo\n', 'other']))
  })
})
