/** The other volumes of a dead machine: each must have a place that its disk names, or its logs may be on one that nobody names. */
import { expect, it } from '@jest/globals'
import { CLEAN, describeWithDisks, layDisk, layNumbered, salvaged, writerAt } from './dead-disk.ts'
import * as volume from './volume.ts'

const told = (volumes: number, named: number) => [
  {
    ...{ path: '/', size: 0 },
    why: `other volumes of the machine: ${volumes}, of which this disk tells where they were mounted: ${named}`,
  },
]

describeWithDisks('of a machine with other volumes', () => {
  const withTable = async (
    OtherVolumes: string,
    lines: readonly string[],
    lay: (at: string) => void = () => undefined,
  ) => {
    const image = layDisk((at) => {
      layNumbered(at)
      writerAt(at)('/etc/fstab', ['UUID=1 / ext4 defaults 0 1', '#/dev/sdz /x xfs', ...lines].join('\n'))
      lay(at)
    })
    return (await salvaged(image, { parameters: { OtherVolumes } })).flushed.manifest
  }

  it('one that a script mounted is told, though all that is on the disk is archived', async () => {
    const { unaccounted, files } = await withTable('1', [])
    expect({ unaccounted, files: files.length }).toEqual({ unaccounted: told(1, 0), files: 2 })
  })

  it('one that a script mounted is told beside one that the disk names', async () => {
    const { unaccounted } = await withTable('2', ['UUID=2 /data xfs defaults,nofail 0 2'])
    expect(unaccounted).toEqual(told(2, 1))
  })

  it.each([
    ['0', []],
    ['', []],
    ['1', ['/dev/sdf /data xfs']],
    ['2', ['UUID="2" /data xfs', 'LABEL=more /more ext4']],
  ])('nothing is told where the disk names as many, or nobody knows how many: "%s"', async (count, lines) => {
    expect(await withTable(count, lines)).toMatchObject(CLEAN)
  })

  it('one that a unit of systemd mounts has its place', async () => {
    const unit = '[Mount]\nWhere=/data\nWhat=UUID=2\n'
    const lay = (at: string) => {
      writerAt(at)('/etc/systemd/system/data.mount', unit)
      writerAt(at)('/etc/systemd/system/multi-user.target.wants/data.mount', unit)
    }
    expect(await withTable('1', [], lay)).toMatchObject(CLEAN)
    expect((await withTable('2', ['UUID=2 /data xfs'], lay)).unaccounted).toEqual(told(2, 1))
  })

  it.each([
    'UUID=2 /boot ext4',
    'LABEL=UEFI /boot/efi vfat umask=0077 0 1',
    '/dev/sdf none swap sw 0 0',
    'tmpfs /data tmpfs size=1G',
    'proc /proc proc defaults',
    'fs-1.efs.eu-west-1.amazonaws.com:/a=b /data nfs4 _netdev',
    '//server/share /data cifs',
    '/srv/data /data none bind',
    '/dev/sr0 /media udf,iso9660 user,noauto',
    '/dev/cdrom /media iso9660 noauto',
    '/dev/fd0 /media/floppy auto noauto',
    '/dev/loop0 /data squashfs',
    '/dev/zram0 /data ext4',
  ])('what is on none of them takes the place of none: %s', async (line) => {
    expect((await withTable('1', [line])).unaccounted).toEqual(told(1, 0))
  })

  it.each(['UUID=$', 'UUID="$"', '/dev/disk/by-uuid/$'])(
    'nor does another part of the same disk: %s',
    async (device) => {
      const lay = (at: string) => {
        const part = volume.root('findmnt', '-n', '-o', 'SOURCE', at).trim()
        const uuid = volume.root('blkid', '-p', '-o', 'value', '-s', 'UUID', part).trim()
        expect(uuid).toMatch(/^[0-9a-f-]{36}$/)
        writerAt(at)('/etc/fstab', `${device.replace('$', uuid)} /home ext4\n`)
      }
      expect((await withTable('1', [], lay)).unaccounted).toEqual(told(1, 0))
    },
  )
})
