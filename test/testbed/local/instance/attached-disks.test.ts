/** The disks of local instances: copies of what one has, attached to another. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { PATHS } from '../../../../testbed/local/instance/disk.ts'
import { type MachineRoom, openMachineRoom } from '../../../../testbed/local/instance/machine-room.ts'
import type { Instance } from '../../../../testbed/local/instance.ts'
import { processesOf, until } from './processes.ts'

const VOLUME = 'vol-0123456789abcdef0'
const NEVER_MS = 1_000_000

let directory: string
let room: MachineRoom
let instance: Instance

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'guard-disks-'))
  room = openMachineRoom({ directory, environment: {}, bufferMs: NEVER_MS, publishEveryMs: undefined })
  await room.launch({ instanceId: 'i-0123456789abcdef0', groupName: 'web' })
  instance = room.instances()[0] as Instance
})

afterEach(async () => {
  await room.stop()
  expect(processesOf(directory)).toEqual([])
  rmSync(directory, { recursive: true })
})

const copy = () => join(directory, 'copy')
const run = (script: string) => instance.run(`#!/bin/bash\n${script}`, 120_000)

describe('a copy of a disk', () => {
  it('is of one moment, whatever is written meanwhile', async () => {
    // Each line is in the first log before it is in the second, and the first is copied first: of several moments, it would have less.
    const logs = ['a', 'z'].map((name) => `var/log/${name}`)
    const fill = 'for ((n = 0; n < 40; n++)); do head -c 4000000 /dev/zero >var/log/m$n; done'
    const write = `for ((n = 1; ; n++)); do echo $n >>${logs[0]}; echo $n >>${logs[1]}; done`
    await run(fill)
    const writing = run(write)
    await until(() => logs.every((log) => existsSync(join(instance.disk, log))))
    await instance.copyDisk(copy())
    const [first = 0, second = 0] = logs.map(
      (log) => readFileSync(join(copy(), log), 'utf8').split('\n').length,
    )
    expect([0, 1]).toContain(first - second)
    const later = readFileSync(join(instance.disk, 'var/log/z'), 'utf8').split('\n').length
    await until(() => readFileSync(join(instance.disk, 'var/log/z'), 'utf8').split('\n').length > later)
    await instance.powerOff()
    await writing
  })

  it('has the links that hold a file, and no more than is on a disk', async () => {
    await run('ln var/log/tomcat8/catalina.out held; mkdir -p run sys proc dev; touch {run,sys,proc,dev}/x')
    await instance.copyDisk(copy())
    writeFileSync(join(copy(), 'held'), 'the same file\n')
    expect(readFileSync(copy() + PATHS.console, 'utf8')).toBe('the same file\n')
    for (const name of ['run', 'sys', 'proc', 'dev']) expect(existsSync(join(copy(), name))).toBe(false)
  })

  it('names paths as the machine has them', async () => {
    await instance.copyDisk(copy())
    expect(readFileSync(instance.disk + PATHS.rotation, 'utf8')).toContain(
      `${instance.disk}${PATHS.accessLog} {`,
    )
    expect(readFileSync(copy() + PATHS.rotation, 'utf8')).toContain(` ${PATHS.accessLog} {`)
    expect(readFileSync(copy() + PATHS.rotation, 'utf8')).not.toContain(directory)
  })

  it('is not made where it cannot be', async () => {
    writeFileSync(copy(), '')
    await expect(instance.copyDisk(copy())).rejects.toThrow('File exists')
    expect((await run('echo goes on')).stdout).toBe('goes on\n')
  })

  it('does not keep the machine from being switched off', async () => {
    const writing = run('for ((;;)); do echo >>var/log/a; done')
    await until(() => existsSync(join(instance.disk, 'var/log/a')))
    const copied = instance.copyDisk(copy())
    await instance.powerOff()
    await Promise.all([writing, copied])
  })
})

describe('a disk that is attached', () => {
  const attach = (volumeId = VOLUME, device = '/dev/sdf') => {
    const folder = join(directory, volumeId)
    mkdirSync(folder)
    writeFileSync(join(folder, 'log'), `of ${volumeId}\n`)
    instance.attach({ volumeId, folder, device })
    return folder
  }
  const mounted = (script: string) =>
    run(`unshare -m -p -f bash -c 'mkdir -p run/at && mount -t ext4 -o rw /dev/nvme1n1 "$PWD/run/at" || exit
      ${script}'`)

  it('is known by its serial, has a number, and a file system', async () => {
    attach()
    const { stdout } = await run(`cat sys/block/*/device/serial sys/class/block/nvme1n1/{dev,size}
      readlink dev/sdf; blkid -p -o value -s TYPE /dev/nvme1n1; blkid /dev/nvme2n1 || echo $?`)
    expect(stdout).toBe('vol0123456789abcdef0\n259:1\n16777216\nnvme1n1\next4\n2\n')
  })

  it('is read and written where it is mounted, and nowhere when it is unmounted', async () => {
    const folder = attach()
    const { stdout, exitCode } = await mounted(`
      cat run/at/log; echo new >run/at/new; cut -d " " -f 3-5,9- proc/*/mountinfo
      umount "$PWD/run/at" && stat -c %F run/at; umount "$PWD/run/at" 2>/dev/null || echo $?`)
    expect([stdout, exitCode]).toEqual([`of ${VOLUME}\n259:1 / /run/at /dev/nvme1n1 rw\ndirectory\n32\n`, 0])
    expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('new\n')
  })

  it('is unmounted when whoever mounted it for itself has ended', async () => {
    attach()
    expect((await mounted('kill -KILL $$')).exitCode).not.toBe(0)
    expect((await run('ls -A run/at; ls proc')).stdout).toBe('')
  })

  it('stays mounted for who mounts it for the machine, until it boots again', async () => {
    attach()
    expect((await run('mkdir -p run/at; mount /dev/sdf "$PWD/run/at"')).exitCode).toBe(0)
    expect((await run('cat run/at/log')).stdout).toBe(`of ${VOLUME}\n`)
    await instance.reboot()
    expect((await run('ls -A run/at')).stdout).toBe('')
  })

  it('does not answer when it was detached, which is not as if its files were deleted', async () => {
    const folder = attach()
    const reading = mounted('touch at; while [ ! -e gone ]; do sleep 0.01; done; cat run/at/log')
    await until(() => existsSync(join(instance.disk, 'at')))
    instance.detach(VOLUME)
    writeFileSync(join(instance.disk, 'gone'), '')
    expect(await reading).toMatchObject({ stdout: '', stderr: expect.stringContaining('Too many levels') })
    expect((await run('ls sys/block sys/class/block; ls dev')).stdout).toBe(
      'sys/block:\n\nsys/class/block:\nnvme1n1\n',
    )
    expect(existsSync(join(folder, 'log'))).toBe(true)
  })

  it('has a name that no other one had', async () => {
    attach()
    instance.detach(VOLUME)
    attach('vol-0fedcba9876543210')
    expect((await run('cat sys/block/nvme2n1/device/serial; cat dev/sdf/log')).stdout).toBe(
      'vol0fedcba9876543210\nof vol-0fedcba9876543210\n',
    )
    expect((await mounted('true')).stderr).toContain('special device /dev/nvme1n1 does not exist')
  })

  it('that is not there cannot be detached, and changes nothing', async () => {
    attach()
    instance.detach('vol-0fedcba9876543210')
    expect((await run('cat dev/sdf/log')).stdout).toBe(`of ${VOLUME}\n`)
  })
})
