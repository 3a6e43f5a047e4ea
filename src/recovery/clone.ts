/**
 * The copy of a dead machine's disk, from its snapshot to its end: a volume of it at a healthy machine of the same group, which salvages
 * it. What is proven of that is for the ordinary passes to see. The machine itself and its own volumes are only read.
 */
import { prefixOf } from '../archive/destination.ts'
import type { AwsApi } from '../aws/api.ts'
import { type Invocation, listSalvages, salvageComment } from '../flush/commands.ts'
import { salvageDocumentOf } from '../flush/salvage-document.ts'
import { startFlush } from '../flush/start-flush.ts'
import type { Guard } from '../guard.ts'
import type { Rung } from '../rungs.ts'
import { describedInstance, knownInstance, machineState } from '../termination/machine-state.ts'
import { otherVolumesOf, rootVolumeOf } from '../termination/root-volume.ts'
import type { Copy } from './copies.ts'
import { type CopyOwner, copyKey, copyValue } from './copy-mark.ts'
import { type CopyStep, decideCopy, type Salvaging } from './decide-copy.ts'
import { diskOf } from './disk-of.ts'
import { siblingsOf } from './siblings.ts'

/** Where a volume is attached: what these are called on the machine is the kernel's choice. */
const DEVICES = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`)

/** A copy of the machine's root volume as it is now. */
export async function copyDisk(
  guard: Guard,
  action: Pick<CopyOwner, 'instanceId' | 'actionBegan'>,
): Promise<void> {
  const diskId = await diskOf(guard.aws, action.instanceId)
  await copyVolume(guard, { ...action, diskId, ofGone: false })
}

export async function copyVolume({ aws, policy }: Guard, owner: CopyOwner): Promise<void> {
  await aws.createSnapshot({
    VolumeId: owner.diskId,
    Description: `Termination guard: the disk of ${owner.instanceId}`,
    TagSpecifications: [{ ResourceType: 'snapshot', Tags: [tagOf(policy.hookName, owner)] }],
  })
}

function tagOf(hookName: string, owner: CopyOwner, snapshotId?: string) {
  return { Key: copyKey(hookName), Value: copyValue(owner, snapshotId) }
}

/** What the salvages of a disk came to, of one action. */
export async function salvagesOf(
  { aws, clock, policy }: Guard,
  { instanceId, actionBegan }: CopyOwner,
): Promise<Salvaging[]> {
  const listed = await listSalvages(aws, policy.hookName, instanceId, clock.now())
  return listed.flatMap(({ belongsTo, flush, ranOn }) =>
    isOf(belongsTo, actionBegan) ? [{ ...flush, ranOn }] : [],
  )
}

function isOf(owner: Invocation['belongsTo'], actionBegan: number): boolean {
  return owner !== undefined && 'adoptedAt' in owner && owner.adoptedAt === actionBegan
}

/** Those that one sweep knows. */
export interface Copies {
  readonly copies: readonly Copy[]
  /** The machines to which one of them is attached, and those to which one is about to be. */
  readonly busy: Set<string>
}

/** One step further, told before it is taken. */
export async function advance(
  guard: Guard,
  groupName: string,
  copy: Copy,
  { copies, busy }: Copies,
  rung: Rung = 'clone',
): Promise<void> {
  const { clock, journal } = guard
  const { instanceId } = copy
  const has = (id: string) => copy.volumes.some(({ attachment }) => attachment?.instanceId === id)
  const healthy = await siblingsOf(guard, groupName)
  const siblings = healthy.filter((one) => has(one.instanceId) || !busy.has(one.instanceId))
  const step = decideCopy({ now: clock.now(), copy, siblings, salvages: await salvagesOf(guard, copy) })
  if (step.do === 'wait') return
  if (step.do === 'complain') throw new Error(step.reason)
  if (step.do === 'attach') {
    busy.add(step.on)
    // It may have been ended since Auto Scaling and its agent told of it: the next sweep sees that, or takes another one.
    const state = await machineState(guard.aws, step.on, 0)
    if (state === 'gone' || state === 'stopped') return
  }
  journal({ event: 'recovery', rung, instanceId, groupName, reason: told(step) })
  await take(guard, groupName, copy, step, { copies, rung })
}

type TakenStep = Exclude<CopyStep, { do: 'wait' | 'complain' }>

function told(step: TakenStep): string {
  switch (step.do) {
    case 'create-volume':
      return `a volume of ${step.snapshotId} is made in ${step.zone}`
    case 'attach':
      return `${step.volumeId} is attached to ${step.on}`
    case 'detach':
      return `${step.volumeId} is taken off ${step.from}, which cannot salvage it, or has in vain`
    case 'salvage':
      return `${step.on} salvages ${step.volumeId}`
  }
}

async function take(
  guard: Guard,
  groupName: string,
  owner: CopyOwner,
  step: TakenStep,
  of: SalvageOf,
): Promise<void> {
  const { aws, policy } = guard
  switch (step.do) {
    case 'create-volume': {
      const Tags = [tagOf(policy.hookName, owner, step.snapshotId)]
      await aws.createVolume({
        SnapshotId: step.snapshotId,
        AvailabilityZone: step.zone,
        VolumeType: 'gp3',
        TagSpecifications: [{ ResourceType: 'volume', Tags }],
      })
      return
    }
    case 'attach': {
      const Device = await freeDevice(aws, step.on)
      await aws.attachVolume({ VolumeId: step.volumeId, InstanceId: step.on, Device })
      return
    }
    case 'detach':
      await aws.detachVolume({ VolumeId: step.volumeId, InstanceId: step.from })
      return
    case 'salvage':
      return await salvage(guard, groupName, owner, step, of)
  }
}

async function freeDevice(aws: AwsApi, instanceId: string): Promise<string> {
  const machine = await describedInstance(aws, instanceId)
  const taken = new Set(machine?.BlockDeviceMappings?.map(({ DeviceName = '' }) => placeOf(DeviceName)))
  const free = DEVICES.find((device) => !taken.has(placeOf(device)))
  if (free === undefined) throw new Error(`${instanceId} has no free name for a volume`)
  return free
}

/** `/dev/sdf`, `xvdf` and `/dev/sdf1` are one place. */
function placeOf(device: string): string {
  return device.replace(/^(\/dev\/)?(sd|xvd)|\d+$/g, '')
}

/** However young it is: where neither EC2 nor Auto Scaling has it, it is gone. */
const stateOf = (aws: AwsApi, instanceId: string) => machineState(aws, instanceId, Number.POSITIVE_INFINITY)

/** What else a salvage must know. */
interface SalvageOf {
  readonly copies: readonly Copy[]
  readonly rung: Rung
}

async function salvage(
  { aws, policy }: Guard,
  groupName: string,
  { instanceId, actionBegan, diskId }: CopyOwner,
  { volumeId, on, device, copiedAt }: Extract<CopyStep, { do: 'salvage' }>,
  { copies, rung }: SalvageOf,
): Promise<void> {
  const machine = await knownInstance(aws, instanceId)
  const root = rootVolumeOf(machine) ?? diskId
  if (root !== diskId)
    throw new Error(`${instanceId} runs from ${root} now, and ${volumeId} is a copy of ${diskId}`)
  const notItsOwn = new Set(copies.flatMap(({ volumes }) => volumes.map((one) => one.volumeId)))
  const otherVolumes = otherVolumesOf(machine, notItsOwn)
  // Of a machine that is gone EC2 tells none any more. To a salvage, what is not told is not there: one answer must not take a volume away.
  if (otherVolumes === undefined && rung === 'clone' && (await stateOf(aws, instanceId)) !== 'gone')
    throw new Error(`EC2 does not tell which volumes ${instanceId} has`)
  const started = await startFlush(aws, policy, {
    instanceId,
    comment: salvageComment(instanceId, volumeId, { actionBegan, copiedAt }),
    purpose: 'salvage',
    prefix: await prefixOf(aws, policy.archive.prefix, { instanceId, groupName }),
    upload: undefined,
    salvage: { documentName: salvageDocumentOf(policy.hookName), on, volumeId, device, otherVolumes },
  })
  if (started.is === 'unreachable') throw new Error(`SSM cannot reach ${on}`)
  if (started.is === 'refused') throw new Error(`SSM refuses the salvage: ${started.why}`)
}
