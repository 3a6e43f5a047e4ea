/** A compressed form takes a file's place only where it is checked to hold the same bytes. */
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
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
    disk.program('ln', '#!/bin/sh\n[ "$1" = -T ] && exit 1\nexec /bin/ln "$@"\n')
    disk.program('cp', '#!/bin/sh\n[ "$1 $2" = "-n -p" ] || exec /bin/cp "$@"\nhead -c 12 "$4" >"$5"\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map(String)).toContain('one\ntwo\n')
  })
})

describeWhere('a log is archived compressed where', () => {
  it('no hard link is possible, and the copy of its form is whole', async () => {
    const disk = instance()
    disk.program('ln', '#!/bin/sh\n[ "$1" = -T ] && exit 1\nexec /bin/ln "$@"\n')
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(bodies(disk).map((body) => gunzipSync(body).toString())).toEqual(['one\ntwo\n'])
  })
})
