/** The other volumes of a dead machine: each must have a place that its disk names, or its logs may be on one that nobody names. */
import { writeFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { CLEAN, describeWithDisks, layDisk, layNumbered, salvaged, writerAt } from './dead-disk.ts'
import * as volume from './volume.ts'

const told = (volumes: number, named: number) => [
  {
    ...{ path: '/', size: 0 },
    why: `other volumes of the machine, or parts of this one: ${volumes}, of which this disk tells where they were mounted: ${named}`,
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

  it.each(['/var/log/my', '/var/log/my\\040app', '/var/log/my\\x20app'])(
    'nor is anything in its place that lies on this disk: %s',
    async (folder) => {
      const place = folder.replace(/\\.../, ' ')
      const lay = (at: string) => {
        writerAt(at)('/etc/logrotate.d/elasticbeanstalk.conf', `"${place}/*.log" {\n compress\n}\n`)
        writerAt(at)(`${place}/app.log`, 'of before it was mounted\n')
      }
      const { unaccounted } = await withTable('1', [`UUID=2 ${folder} xfs`], lay)
      expect(unaccounted).toContainEqual({ path: place, size: 0, why: 'was on another disk, or in memory' })
    },
  )

  it('one that a unit of systemd mounts because another requires it has its place', async () => {
    const lay = (at: string) =>
      writerAt(at)(
        '/etc/systemd/system/app.service.requires/data.mount',
        '[Mount]\nWhere=/data\nWhat=UUID=2\n',
      )
    expect(await withTable('1', [], lay)).toMatchObject(CLEAN)
  })
})

describeWithDisks('of a disk with other parts', () => {
  /** The dead machine's system is on the second part. */
  const withPart = async (make: (part: string) => void, line: (part: string) => string = () => '') => {
    const image = volume.blank(96)
    volume.root('/bin/sh', '-c', `printf 'label: gpt\\n,32M\\n,\\n' | sfdisk -q ${image}`)
    const device = volume.attach(image)
    make(`${device}p1`)
    volume.root('mkfs.ext4', '-q', '-F', '-J', 'size=4', `${device}p2`)
    const at = volume.mountAt(`${device}p2`)
    layNumbered(at)
    writerAt(at)('/etc/fstab', `UUID=1 / ext4\n${line(`${device}p1`)}\n`)
    volume.unmount(at)
    volume.detach(device)
    return (await salvaged(image)).flushed.manifest
  }
  const ext4 = (part: string): void => {
    volume.root('mkfs.ext4', '-q', '-F', '-J', 'size=4', '-L', 'more', part)
  }

  it.each<readonly [string, (part: string) => void]>([
    ['a file system', ext4],
    ['a label of LUKS', (part: string) => writeFileSync(part, Buffer.from('LUKS\xba\xbe\0\x01', 'latin1'))],
  ])('one with %s, of which it does not tell where it was mounted, is told', async (_what, make) => {
    const { unaccounted, files } = await withPart(make)
    expect({ unaccounted, files: files.length }).toEqual({ unaccounted: told(1, 0), files: 2 })
  })

  it.each<readonly [string, (part: string) => void, (part: string) => string]>([
    ['nothing', () => undefined, () => ''],
    ['swap', (part: string) => void volume.root('mkswap', part), () => ''],
    ['what is mounted by its label', ext4, () => 'LABEL=more /more ext4'],
    [
      'what is mounted by the id of the part',
      ext4,
      (part: string) =>
        `PARTUUID=${volume.root('blkid', '-p', '-o', 'value', '-s', 'PART_ENTRY_UUID', part).trim()} /more ext4`,
    ],
    ['what is mounted by a name of then', ext4, () => '/dev/xvda1 /more ext4'],
    ['what makes a volume that is mounted', ext4, () => '/dev/mapper/more-more /more ext4'],
  ])('nothing is told of one with %s', async (_what, make, line) => {
    expect(await withPart(make, line)).toMatchObject(CLEAN)
  })
})
