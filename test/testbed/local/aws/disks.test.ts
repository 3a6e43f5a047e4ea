/** What becomes of disks on the local EC2: of machines that are tiny, since only their directories count. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createDisks, type Disks } from '../../../../testbed/local/aws/disks.ts'
import { createMachines, type Machines } from '../../../../testbed/local/aws/ec2-machines.ts'
import { type TinyMachine, tinyMachines } from '../tiny-machine.ts'

const VOLUME = 'vol-0a'
const COPY = 'vol-0b'
const SNAPSHOT = 'snap-1'

let directory: string
let disks: Disks
let machines: Machines
let all: Map<string, TinyMachine>
let problems: unknown[]

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'disks-')), 'disks')
  disks = createDisks(directory)
  problems = []
  const tiny = tinyMachines()
  all = tiny.all
  machines = createMachines(tiny.launch, disks, (problem) => problems.push(problem))
  for (const instanceId of ['i-1', 'i-2']) await machines.start({ instanceId, groupName: 'web' })
  writeFileSync(logOf('i-1'), 'before\n')
})

afterEach(async () => {
  await machines.stop()
  rmSync(join(directory, '..'), { recursive: true })
})

const logOf = (instanceId: string) => join(all.get(instanceId)?.disk ?? '', 'log')
const copied = (id: string) => readFileSync(join(disks.find(id), 'log'), 'utf8')

it('a volume of a snapshot has what the machine had written when the snapshot was asked for', async () => {
  machines.snapshot(SNAPSHOT, VOLUME, 'i-1')
  machines.makeVolume(COPY, SNAPSHOT)
  await machines.idle()
  writeFileSync(logOf('i-1'), 'after\n')
  expect(copied(COPY)).toBe('before\n')
  writeFileSync(join(disks.find(COPY), 'log'), 'changed\n')
  expect([copied(SNAPSHOT), problems]).toEqual(['before\n', []])
})

it('a snapshot of a volume that was made has what is on that', async () => {
  machines.snapshot(SNAPSHOT, VOLUME, 'i-1')
  machines.makeVolume(COPY, SNAPSHOT)
  await machines.idle()
  writeFileSync(join(disks.find(COPY), 'log'), 'changed\n')
  machines.snapshot('snap-2', COPY, 'i-2')
  await machines.idle()
  expect(copied('snap-2')).toBe('changed\n')
})

it('a volume is attached under its name until it is detached', async () => {
  machines.snapshot(SNAPSHOT, VOLUME, 'i-1')
  machines.makeVolume(COPY, SNAPSHOT)
  machines.attachVolume(COPY, 'i-2', '/dev/sdf')
  await machines.idle()
  const attached = { volumeId: COPY, folder: disks.find(COPY), device: '/dev/sdf' }
  expect([...(all.get('i-2')?.attached.values() ?? [])]).toEqual([attached])
  machines.detachVolume(COPY, 'i-2', '/dev/sdf')
  await machines.idle()
  expect([all.get('i-2')?.attached.size, copied(COPY)]).toEqual([0, 'before\n'])
})

it('what is deleted is gone, from where it was attached as well', async () => {
  machines.snapshot(SNAPSHOT, VOLUME, 'i-1')
  machines.makeVolume(COPY, SNAPSHOT)
  machines.attachVolume(COPY, 'i-2', '/dev/sdf')
  machines.deleteSnapshot(SNAPSHOT)
  machines.deleteVolume(COPY)
  await machines.idle()
  expect(readdirSync(directory)).toEqual([])
  expect([all.get('i-2')?.attached.size, problems]).toEqual([0, []])
})

it('a volume that is kept has what the machine had at its end, and can be copied and attached', async () => {
  machines.keepVolume(VOLUME, 'i-1')
  machines.destroy('i-1')
  machines.snapshot(SNAPSHOT, VOLUME, 'i-1')
  machines.attachVolume(VOLUME, 'i-2', '/dev/sdf')
  await machines.idle()
  expect(all.get('i-1')).toMatchObject({ powered: false, destroyed: true })
  expect([copied(VOLUME), copied(SNAPSHOT), problems]).toEqual(['before\n', 'before\n', []])
  expect(all.get('i-2')?.attached.get(VOLUME)?.folder).toBe(disks.find(VOLUME))
})

it.each<[string, () => void]>([
  ['there is no machine of i-9', () => machines.snapshot(SNAPSHOT, VOLUME, 'i-9')],
  ['there is no machine of i-9', () => machines.keepVolume(VOLUME, 'i-9')],
  ['there is no disk of snap-9', () => machines.makeVolume(COPY, 'snap-9')],
  ['there is no disk of vol-9', () => machines.attachVolume('vol-9', 'i-2', '/dev/sdf')],
])('what cannot be done is told (%s), and leaves nothing half done', async (why, wish) => {
  wish()
  await machines.idle()
  expect(problems.map(String)).toEqual([`Error: ${why}`])
  expect(existsSync(directory) ? readdirSync(directory) : []).toEqual([])
})

it('nothing is left when all is stopped', async () => {
  machines.snapshot(SNAPSHOT, VOLUME, 'i-1')
  await machines.stop()
  expect(existsSync(directory)).toBe(false)
})
