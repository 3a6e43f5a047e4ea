/** Which disk a salvage takes, and which it refuses; and that it leaves the machine as it was, also when it is killed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import {
  CLEAN,
  describeWithDisks,
  expectNothingLeft,
  layDisk,
  layNumbered,
  layTomcat,
  salvage,
  VOLUME,
  writerAt,
} from './dead-disk.ts'
import { archivedTexts, makeDisk } from './disk.ts'
import { ACCESS_LOG } from './elastic-beanstalk.ts'
import type { FlushOptions } from './flush.ts'
import * as volume from './volume.ts'

/** The label of a physical volume of LVM, with its checksum. */
function lvmLabel(): Buffer {
  const sector = Buffer.alloc(512)
  sector.write('LABELONE', 0)
  sector.writeBigUInt64LE(1n, 8)
  sector.writeUInt32LE(32, 20)
  sector.write('LVM2 001', 24)
  sector.write('0123456789abcdefghijklmnopqrstuv', 32)
  let crc = 0xf597a6cf
  for (const byte of sector.subarray(20)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  sector.writeUInt32LE(crc >>> 0, 16)
  return sector
}

/** The superblock of a RAID of version 1.2. */
function raidSuperblock(): Buffer {
  const block = Buffer.alloc(256)
  block.writeUInt32LE(0xa92b4efc, 0)
  block.writeUInt32LE(1, 4)
  block.writeBigUInt64LE(8n, 144)
  return block
}

describeWithDisks('a disk that cannot be salvaged is told, and not mounted:', () => {
  const refusal = async (image: string, options?: FlushOptions) => {
    const healthy = makeDisk()
    const device = volume.attach(image)
    const { exitCode, stdout, stderr } = await salvage(healthy, device, options)
    expect({ exitCode, stdout, keys: healthy.keys() }).toEqual({ exitCode: 1, stdout: '', keys: [] })
    expectNothingLeft(healthy, device)
    return stderr
  }
  const blankWith = (offset: number, bytes: Buffer) => {
    const image = volume.blank(16)
    const whole = readFileSync(image)
    bytes.copy(whole, offset)
    writeFileSync(image, whole)
    return image
  }

  it.each([
    ['LVM2_member', 512, lvmLabel()],
    ['linux_raid_member', 4096, raidSuperblock()],
    ['crypto_LUKS', 0, Buffer.from('LUKS\xba\xbe\0\x01', 'latin1')],
    ['no file system', 0, Buffer.from('nothing that is known')],
  ])('%s', async (told, offset, bytes) => {
    expect(await refusal(blankWith(offset, bytes))).toMatch(new RegExp(`cannot be salvaged: \\w+: ${told} `))
  })

  it('swap', async () => {
    const image = volume.blank(16)
    volume.root('mkswap', image)
    expect(await refusal(image)).toContain(': swap (not mounted')
  })

  it('a file system without a system', async () => {
    const image = layDisk((at) => writerAt(at)('/data/log', 'data\n'))
    expect(await refusal(image)).toContain('neither /etc nor /var/log')
  })

  it('the disk of another machine', async () => {
    const image = layDisk((at) => {
      layNumbered(at)
      writerAt(at)('/var/lib/cloud/data/instance-id', 'i-0fedcba9876543210\n')
    })
    expect(await refusal(image)).toContain(`${VOLUME}/dev/loop`)
    expect(await refusal(image)).toContain('is the disk of i-0fedcba9876543210')
  })

  it('a volume that is not attached', async () => {
    const { stderr } = await salvage(makeDisk(), '/dev/sdzz')
    expect(stderr).toContain(`${VOLUME}/dev/sdzz is not attached`)
  })

  it.each(['here', 'in another namespace'])('one that is mounted %s', async (place) => {
    const healthy = makeDisk()
    const image = volume.layVolume({ fileSystem: 'ext4', isPartitioned: true }, layNumbered)
    const device = volume.attach(image)
    const at = place === 'here' ? volume.mountAt(`${device}p2`) : undefined
    const other = at ? undefined : volume.mountElsewhere(`${device}p2`)
    const { exitCode, stderr } = await salvage(healthy, device)
    other?.()
    expect({ exitCode, keys: healthy.keys() }).toEqual({ exitCode: 1, keys: [] })
    expect(stderr).toContain('is in use on this machine: attach a copy of the volume')
  })
})

describeWithDisks('a salvage', () => {
  it('knows a disk of Nitro by its serial, whatever the attachment was called', async () => {
    const healthy = makeDisk()
    const device = volume.attach(layDisk((at) => layNumbered(at)))
    const name = device.slice('/dev/'.length)
    healthy.write(`/nitro/${name}/device/serial`, 'vol0123456789abcdef0 \n')
    healthy.write('/nitro/another/device/serial', 'vol0fedcba98765432ff\n')
    const within = `exec unshare -m sh -c 'mount --bind ${healthy.root}/nitro /sys/block && exec "$@"' sh`
    const { manifest } = await salvage(healthy, '/dev/sdzz', { within })
    expect(manifest).toMatchObject(CLEAN)
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
  })

  it('knows a disk of Nitro by its serial, although another bears the name of the attachment', async () => {
    const healthy = makeDisk()
    const device = volume.attach(layDisk((at) => layNumbered(at)))
    const another = volume.attach(layDisk((at) => layTomcat(at)))
    healthy.write(`/nitro/${device.slice('/dev/'.length)}/device/serial`, 'vol0123456789abcdef0\n')
    const within = `exec unshare -m sh -c 'mount --bind ${healthy.root}/nitro /sys/block && exec "$@"' sh`
    await salvage(healthy, another, { within })
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
  })

  it('knows a disk of Xen by the name that its kernel gives to the attachment', async () => {
    const healthy = makeDisk()
    const device = volume.attach(layDisk((at) => layNumbered(at)))
    const within = `exec sh -c 'ln -s ${device} ${healthy.root}/dev/xvdz && exec "$@"' sh`
    const { manifest } = await salvage(healthy, '/dev/sdz', { within })
    expect(manifest).toMatchObject(CLEAN)
  })

  it('refuses a disk of which something is made, such as a volume group', async () => {
    const healthy = makeDisk()
    const device = volume.attach(layDisk((at) => layNumbered(at)))
    healthy.write('/holders/dm-0', '')
    const holders = `/sys/class/block/${device.slice('/dev/'.length)}/holders`
    const within = `exec unshare -m sh -c 'mount --bind ${healthy.root}/holders ${holders} && exec "$@"' sh`
    const { exitCode, stderr } = await salvage(healthy, device, { within })
    expect({ exitCode, keys: healthy.keys() }).toEqual({ exitCode: 1, keys: [] })
    expect(stderr).toContain('is in use on this machine: attach a copy of the volume')
  })

  it('that is killed half way leaves nothing mounted, and another one archives all', async () => {
    const healthy = makeDisk()
    healthy.linkAws('real-aws')
    healthy.program(
      'aws',
      '#!/bin/sh\n: >"$FAKE_S3/begun"\n[ -e "$FAKE_S3/again" ] || sleep 1000\nexec real-aws "$@"\n',
    )
    const image = await volume.volumeOfTheDead({ fileSystem: 'ext4' }, layTomcat, ACCESS_LOG)
    const device = volume.attach(image)
    const first = salvage(healthy, device, {
      killed: async () => {
        while (!existsSync(`${healthy.s3}/begun`)) await sleep(20)
        expect(volume.mountsOf(device)).not.toEqual([])
      },
    })
    expect((await first).exitCode).not.toBe(0)
    while (volume.mountsOf(device).length > 0) await sleep(20)
    writeFileSync(`${healthy.s3}/again`, '')
    const { manifest } = await salvage(healthy, device)
    expect(manifest).toMatchObject(CLEAN)
    expect(archivedTexts(healthy)).toHaveLength(3)
    expectNothingLeft(healthy, device)
  })
})
