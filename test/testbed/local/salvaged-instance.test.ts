/** The salvage over the wire: two local instances, the disk of one, and the document of the salvage on the other. No root, no loop device. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { prove } from '../../../src/archive/archives.ts'
import type { AwsApi } from '../../../src/aws/api.ts'
import { connect } from '../../../src/aws/sdk.ts'
import { listInvocations, salvageComment } from '../../../src/flush/commands.ts'
import { startFlush, withReport } from '../../../src/flush/flushes.ts'
import { salvageDocumentOf } from '../../../src/flush/salvage-document.ts'
import { type Policy, readPolicy } from '../../../src/policy.ts'
import { createDisks, type Disks } from '../../../testbed/local/aws/disks.ts'
import { createMachines, type Machines } from '../../../testbed/local/aws/ec2-machines.ts'
import { hookName } from '../../../testbed/local/installed-guard.ts'
import { PATHS } from '../../../testbed/local/instance/disk.ts'
import type { Instance } from '../../../testbed/local/instance.ts'
import type { Machine } from '../../../testbed/local/machine.ts'
import { BUCKET, guardedAws } from '../../cli/guarded-aws.ts'
import { eventually } from './local-aws.ts'

const VOLUME = 'vol-0123456789abcdef0'
const SNAPSHOT = 'snap-0123456789abcdef0'
const DEVICE = '/dev/sdf'
const clock = { now: () => Date.now() }
const environmentBefore = { ...process.env }

let aws: Awaited<ReturnType<typeof guardedAws>>
let api: AwsApi
let policy: Policy
let disks: Disks
let machines: Machines
let problems: unknown[]
let dead: Instance
let healthy: Instance
let writing: Promise<unknown>
let groups = 0

beforeAll(async () => {
  aws = await guardedAws({})
  Object.assign(process.env, aws.aws.environment('GUARD'))
  api = connect(aws.aws.region)
  policy = readPolicy({ AWS_REGION: aws.aws.region, ...aws.guard.variables })
}, 120_000)

afterAll(async () => {
  process.env = environmentBefore
  await aws.stop()
})

/** One writes and writes, and its agent is dead. */
beforeEach(async () => {
  const its = await aws.createGroup({ name: `web-${groups++}`, instances: 2, retains: true })
  ;[dead, healthy] = its as [Instance, Instance]
  problems = []
  disks = createDisks(join(aws.aws.directory, `disks-of-${dead.instanceId}`))
  const launched = async ({ instanceId }: { instanceId: string }) => aws.aws.machine(instanceId) as Machine
  machines = createMachines(launched, disks, (problem) => problems.push(problem))
  for (const { instanceId } of its) await machines.start({ instanceId, groupName: 'web' })
  writeFileSync(healthy.disk + PATHS.console, 'of the healthy machine\n')
  writeFileSync(dead.disk + PATHS.console, 'of the hour before\n')
  await run(
    dead,
    `logrotate -f -s "$TERMINATION_GUARD_ROOT/tmp/state" "$TERMINATION_GUARD_ROOT${PATHS.rotation}"`,
  )
  writing = run(
    dead,
    `for ((n = 0; ; n++)); do echo "line $n" >>"$TERMINATION_GUARD_ROOT${PATHS.console}"; sleep 0.001; done`,
  )
  await eventually(() => linesOf(dead.disk).includes('line 100'))
  dead.inject('agent-dead')
})

afterEach(async () => {
  for (const { instanceId } of [dead, healthy]) machines.destroy(instanceId)
  await machines.stop()
  await writing
  expect(problems).toEqual([])
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

async function attachCopy() {
  machines.snapshot(SNAPSHOT, 'vol-0a0a0a0a0a0a0a0a0', dead.instanceId)
  machines.makeVolume(VOLUME, SNAPSHOT)
  machines.attachVolume(VOLUME, healthy.instanceId, DEVICE)
  await machines.idle()
}

const prefix = () => `resources/environments/logs/publish/e-cli/${dead.instanceId}/`

async function begin() {
  const { instanceId } = dead
  const documentName = salvageDocumentOf(hookName)
  const started = await startFlush(api, policy, {
    ...{ instanceId, comment: salvageComment(instanceId, VOLUME), purpose: 'salvage', prefix: prefix() },
    ...{
      upload: undefined,
      salvage: { documentName, on: healthy.instanceId, volumeId: VOLUME, device: DEVICE },
    },
  })
  expect(started).toMatchObject({ is: 'started' })
}

/** As the guard does it: what was reported, and what S3 has of that. */
async function end() {
  const [invocation] = await eventually(async () => {
    const all = await listInvocations(api, salvageDocumentOf(hookName), healthy.instanceId, clock.now())
    return all[0] && all[0].flush.status !== 'running' && ([all[0]] as const)
  })
  const { report, said, status } = await withReport(
    api,
    policy,
    invocation,
    dead.instanceId,
    healthy.instanceId,
  )
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
  await attachCopy()
  const copied = linesOf(disks.find(SNAPSHOT))
  const onCopy = new Set(copied)
  expect(before.filter((line) => !onCopy.has(line))).toEqual([])
  await begin()
  const { status, manifest, proof } = await end()
  expect(status).toBe('succeeded')
  expect(manifest).toMatchObject({
    instanceId: dead.instanceId,
    purpose: 'salvage',
    census: 3,
    live: [],
    unaccounted: [],
  })
  expect(proof).toMatchObject({ gaps: [] })
  expect((await archived()).sort()).toEqual(copied.sort())
  expect(readdirSync(join(healthy.disk, 'run/termination-guard-salvage'))).toEqual(['lock'])
})

describe('a disk that is gone while it is salvaged proves nothing:', () => {
  const ways = {
    detached: () => machines.detachVolume(VOLUME, healthy.instanceId, DEVICE),
    deleted: () => machines.deleteVolume(VOLUME),
  }
  const gone = async (way: keyof typeof ways, program: string) => {
    await attachCopy()
    const stopped = stopBefore(program)
    await begin()
    await stopped.reached()
    ways[way]()
    await machines.idle()
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
    const named = manifest?.unaccounted.map(({ path }) => path)
    expect(named).toContain(PATHS.console)
    expect(proof).toMatchObject({ files: 0 })
  })

  it.each(['detached', 'deleted'] as const)('%s before the upload, it is not in S3', async (way) => {
    const { manifest, proof } = await gone(way, 'aws')
    expect(proof?.gaps.map(({ is }) => is)).toEqual(manifest?.files.map(() => 'missing'))
    expect([proof?.gaps.length, await archived()]).toEqual([2, []])
  })
})
