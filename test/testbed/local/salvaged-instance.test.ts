/** The salvage over the wire: two local instances, a copy of the disk of one, and the real script on the other. No root, no loop device. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { prove } from '../../../src/archive/archives.ts'
import type { AwsApi } from '../../../src/aws/api.ts'
import { connect } from '../../../src/aws/sdk.ts'
import { listInvocations, salvageComment } from '../../../src/flush/commands.ts'
import { salvageDocumentOf } from '../../../src/flush/salvage-document.ts'
import { startFlush } from '../../../src/flush/start-flush.ts'
import { withReport } from '../../../src/flush/with-report.ts'
import { type Policy, readPolicy } from '../../../src/policy.ts'
import { hookName } from '../../../testbed/local/installed-guard.ts'
import { PATHS } from '../../../testbed/local/instance/disk.ts'
import type { Instance } from '../../../testbed/local/instance.ts'
import { BUCKET, guardedAws } from '../../cli/guarded-aws.ts'
import { typeGuard } from '../../cli/typing.ts'
import { eventually } from './local-aws.ts'

const Device = '/dev/sdf'
const clock = { now: () => Date.now() }
const environmentBefore = { ...process.env }

let local: Awaited<ReturnType<typeof guardedAws>>
let ec2: EC2Client
let api: AwsApi
let policy: Policy
let dead: Instance
let healthy: Instance
let writing: Promise<unknown>
let groups = 0

beforeAll(async () => {
  local = await guardedAws({ timings: { snapshotMs: 0, createVolumeMs: 0, attachMs: 0, detachMs: 0 } })
  const { aws, guard, credentials } = local
  Object.assign(process.env, aws.environment('GUARD'))
  api = connect(aws.region)
  policy = readPolicy({ AWS_REGION: aws.region, ...guard.variables })
  ec2 = new EC2Client({ endpoint: aws.endpoints.ec2, region: aws.region, credentials })
})

afterAll(async () => {
  process.env = environmentBefore
  ec2.destroy()
  await local.stop()
})

/** One writes and writes, and its agent is dead. */
beforeEach(async () => {
  const its = await local.createGroup({ name: `web-${groups++}`, instances: 2, retains: true })
  ;[dead, healthy] = its as [Instance, Instance]
  writeFileSync(healthy.disk + PATHS.console, 'of the healthy machine\n')
  writeFileSync(dead.disk + PATHS.console, 'of the hour before\n')
  const rotation = `"$TERMINATION_GUARD_ROOT${PATHS.rotation}"`
  await run(dead, `logrotate -f -s "$TERMINATION_GUARD_ROOT/tmp/state" ${rotation}`)
  for (const name of readdirSync(dead.disk + PATHS.rotated)) {
    // named by the second: the salvage's own name for what follows would be taken, and the log not be compressed
    const anHourBefore = name.replace(/\d+/, (seconds) => `${Number(seconds) - 3600}`)
    renameSync(join(dead.disk + PATHS.rotated, name), join(dead.disk + PATHS.rotated, anHourBefore))
  }
  const log = `"$TERMINATION_GUARD_ROOT${PATHS.console}"`
  writing = run(dead, `for ((n = 0; ; n++)); do echo "line $n" >>${log}; sleep 0.001; done`)
  await eventually(() => linesOf(dead.disk).includes('line 100'))
  dead.inject('agent-dead')
})

afterEach(async () => {
  await Promise.all([dead, healthy].map((instance) => instance.powerOff()))
  await writing
})

const run = (instance: Instance, script: string) => instance.run(`#!/bin/bash\n${script}`, 1_000_000)

/** Of the logs below a root, whole or compressed. */
function linesOf(root: string): string[] {
  const files = [
    PATHS.accessLog,
    PATHS.console,
    ...readdirSync(root + PATHS.rotated).map((name) => `${PATHS.rotated}/${name}`),
  ]
  return files.flatMap((file) => linesIn(readFileSync(root + file), file))
}

const linesIn = (bytes: Buffer, name: string) =>
  (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').slice(0, -1)

async function machine({ instanceId }: Instance) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }))
  return Reservations?.[0]?.Instances?.[0]
}

/** A copy of the dead machine's disk, as a person makes it. */
async function attachCopy() {
  const root = (await machine(dead))?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId
  const { SnapshotId = '' } = await ec2.send(new CreateSnapshotCommand({ VolumeId: root }))
  await eventually(async () => {
    const Filters = [{ Name: 'snapshot-id', Values: [SnapshotId] }]
    const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ Filters }))
    return Snapshots?.[0]?.State === 'completed'
  })
  const { AvailabilityZone } = (await machine(healthy))?.Placement ?? {}
  const { VolumeId = '' } = await ec2.send(new CreateVolumeCommand({ SnapshotId, AvailabilityZone }))
  const Filters = [{ Name: 'volume-id', Values: [VolumeId] }]
  const volume = async () => (await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes?.[0]
  await eventually(async () => (await volume())?.State === 'available')
  await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: healthy.instanceId, Device }))
  await eventually(async () => (await volume())?.Attachments?.[0]?.State === 'attached')
  // What EC2 tells at once (the timings above) the disks follow as fast as this machine copies.
  const copy = join(local.aws.directory, 'disks', SnapshotId)
  await eventually(() => existsSync(copy))
  return { VolumeId, onSnapshot: () => linesOf(copy) }
}

const prefix = () => `resources/environments/logs/publish/e-cli/${dead.instanceId}/`

const documentName = salvageDocumentOf(hookName)

async function begin(volumeId: string) {
  const { instanceId } = dead
  const started = await startFlush(api, policy, {
    ...{ instanceId, comment: salvageComment(instanceId, volumeId), purpose: 'salvage', prefix: prefix() },
    upload: undefined,
    salvage: { documentName, on: healthy.instanceId, volumeId, device: Device, otherVolumes: 0 },
  })
  expect(started).toMatchObject({ is: 'started' })
}

/** As the guard does it: what was reported, and what S3 has of that. */
async function end() {
  const [invocation] = await eventually(async () => {
    const [newest] = await listInvocations(api, documentName, healthy.instanceId, clock.now())
    return newest && newest.flush.status !== 'running' && ([newest] as const)
  })
  const { report, said, status } = await withReport(api, policy, invocation, dead.instanceId)
  const manifest = report?.kind === 'manifest' ? report.manifest : undefined
  const proof = manifest && (await prove({ aws: api, clock }, policy.archive, prefix(), manifest))
  return { status, said, manifest, proof }
}

async function archived(): Promise<string[]> {
  const { Contents = [] } = await api.listObjectsV2({ Bucket: BUCKET, Prefix: prefix() })
  const lines = Contents.map(async ({ Key = '' }) => {
    const { Body } = await api.getObject({ Bucket: BUCKET, Key })
    return linesIn(await buffer(Body), Key)
  })
  return (await Promise.all(lines)).flat()
}

/** The healthy machine does not run a program before it is told to. Answers when it wants to. */
function stopBefore(program: string) {
  const path = (folder: string) => join(healthy.disk, folder, program)
  const [reached, free] = [join(healthy.disk, 'reached'), join(healthy.disk, 'free')]
  if (existsSync(path('usr/bin'))) renameSync(path('usr/bin'), path('usr/sbin'))
  const wait = `: >${reached}\nwhile [ ! -e ${free} ]; do sleep 0.01; done\nPATH=\${PATH#*:} exec ${program} "$@"\n`
  writeFileSync(path('usr/bin'), `#!/bin/bash\n${wait}`, { mode: 0o755 })
  return {
    reached: () => eventually(() => existsSync(reached)),
    letGo: () => writeFileSync(free, ''),
  }
}

it('archives every line that was on the disk at the moment of the snapshot, under the name of its machine', async () => {
  await fetch(`${dead.url}/i?e=pv&eid=00000000-0000-4000-8000-000000000001`)
  await eventually(() => readFileSync(dead.disk + PATHS.accessLog, 'utf8') !== '')
  const before = linesOf(dead.disk)
  const { VolumeId, onSnapshot } = await attachCopy()
  const copied = new Set(onSnapshot())
  expect(before.filter((line) => !copied.has(line))).toEqual([])
  await begin(VolumeId)
  const { status, manifest, proof } = await end()
  expect(status).toBe('succeeded')
  const clean = { live: [], unaccounted: [], writers: [], notes: [] }
  expect(manifest).toMatchObject({ instanceId: dead.instanceId, purpose: 'salvage', census: 3, ...clean })
  expect(proof).toMatchObject({ files: 3, gaps: [] })
  expect((await archived()).sort()).toEqual(onSnapshot().sort())
  expect(readdirSync(join(healthy.disk, 'run/termination-guard-salvage'))).toEqual([])
})

it('is what a person types, who is told that the machine went on writing', async () => {
  const { VolumeId, onSnapshot } = await attachCopy()
  const typed = ['salvage', dead.instanceId, '--on', healthy.instanceId, '--volume', VolumeId]
  const { code, out } = await typeGuard(local.environment, typed).told
  expect(code).toBe(1)
  expect(out).toContain(`${dead.instanceId}  2 of 2 files proven to be in S3`)
  expect(out).toContain('the machine is running: stop it, and copy its disk again')
  expect((await archived()).sort()).toEqual(onSnapshot().sort())
})

describe('a disk that is gone while it is salvaged proves nothing:', () => {
  const ways = {
    detached: async (VolumeId: string) => void (await ec2.send(new DetachVolumeCommand({ VolumeId }))),
    async deleted(VolumeId: string) {
      await ways.detached(VolumeId)
      await eventually(() =>
        ec2.send(new DeleteVolumeCommand({ VolumeId })).then(
          () => true,
          () => false,
        ),
      )
    },
  }
  const gone = async (way: keyof typeof ways, program: string) => {
    const { VolumeId } = await attachCopy()
    const stopped = stopBefore(program)
    await begin(VolumeId)
    await stopped.reached()
    await ways[way](VolumeId)
    await local.aws.settle()
    stopped.letGo()
    return await end()
  }

  it.each([
    ['mount', 'cannot be salvaged: nvme1n1: no file system'],
    ['find', 'not all links of the disk are known'],
  ])('before %s, it is told', async (program, told) => {
    expect(await gone('detached', program)).toMatchObject({
      status: 'failed',
      said: expect.stringContaining(told),
    })
  })

  it.each(['logrotate', 'gzip', 'md5sum'])('before %s, what was on it is named', async (program) => {
    const { manifest, proof } = await gone('detached', program)
    const named = manifest?.unaccounted.map(({ path }) => path) ?? []
    expect(named.filter((path) => `${PATHS.console}/`.startsWith(`${path}/`))).not.toEqual([]) // the log or its folder
    expect(proof).toMatchObject({ files: 0 })
  })

  it.each(['detached', 'deleted'] as const)('%s before the upload, it is not in S3', async (way) => {
    const { manifest, proof } = await gone(way, 'aws')
    expect(proof?.gaps.map(({ is }) => is)).toEqual(manifest?.files.map(() => 'missing'))
    expect([proof?.gaps.length, await archived()]).toEqual([2, []])
  })
})
