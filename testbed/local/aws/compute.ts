/** Auto Scaling and EC2 in real time: the model, and its effects carried out. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling'
import {
  type AutoScaling,
  autoScalingOperations,
  createAutoScaling,
  type Effect,
  type EventBridgeEvent,
  ec2Operations,
  type IdKind,
  type InputOf,
  type OperationName,
  type OutputOf,
  recycleBinOperations,
  type Timings,
} from '../../auto-scaling/auto-scaling.ts'
import { AwsError } from '../../aws-error.ts'
import type { Operation } from '../wire/operation.ts'
import type { Machines } from './ec2-machines.ts'
import { ec2Answer, ec2Input } from './ec2-shapes.ts'

export interface ComputeOptions {
  readonly region: string
  readonly accountId: string
  readonly now: () => number
  readonly timings: Timings
  readonly machines: Machines
  /** Whether a queue with this ARN exists. */
  readonly canNotify: (targetArn: string) => Promise<boolean>
  readonly notify: (targetArn: string, body: string) => Promise<void>
  readonly publish: (event: EventBridgeEvent) => void
  readonly onEffect: (effect: Effect) => void
  readonly failed: (error: unknown) => void
}

export interface Compute {
  readonly model: AutoScaling
  readonly autoscaling: Readonly<Record<string, Operation>>
  readonly ec2: Readonly<Record<string, Operation>>
  readonly rbin: Readonly<Record<string, Operation>>
  /** Applies what became due, and starts whatever that leads to. */
  settle(): void
  /** Waits until what was started is done. */
  idle(): Promise<void>
}

export function createCompute(options: ComputeOptions, changed: () => void): Compute {
  const { now, machines, failed } = options
  const unreachable = new Set<string>()
  const underWay = new Set<Promise<void>>()
  const model = createAutoScaling({
    region: options.region,
    accountId: options.accountId,
    newId,
    timings: options.timings,
    canNotify: (targetArn) => !unreachable.has(targetArn),
  })
  const track = (work: Promise<void>) => {
    const done = work.catch(failed).finally(() => underWay.delete(done))
    underWay.add(done)
  }
  const launch = async (instance: { readonly instanceId: string; readonly groupName: string }) => {
    try {
      await machines.start(instance)
      model.machineStarted(now(), instance.instanceId)
    } catch (error) {
      failed(error)
      model.machineFailed(now(), instance.instanceId, String(error))
    }
    settle()
  }
  const perform = (effect: Effect) => {
    options.onEffect(effect)
    switch (effect.do) {
      case 'notify':
        return track(options.notify(effect.targetArn, effect.body))
      case 'publish':
        return options.publish(effect.event)
      case 'launch':
        return track(launch(effect))
      case 'power-off':
        return machines.shutDown(effect.instanceId)
      case 'power-on':
        return machines.powerOn(effect.instanceId)
      case 'reboot':
        return machines.reboot(effect.instanceId)
      case 'destroy':
        return machines.destroy(effect.instanceId)
      case 'replace-root-volume':
        return machines.replaceRootVolume(effect.instanceId)
      case 'snapshot':
        return machines.snapshot(effect.snapshotId, effect.volumeId, effect.instanceId)
      case 'make-volume':
        return machines.makeVolume(effect.volumeId, effect.snapshotId)
      case 'attach-volume':
        return machines.attachVolume(effect.volumeId, effect.instanceId, effect.device)
      case 'detach-volume':
        return machines.detachVolume(effect.volumeId, effect.instanceId, effect.device)
      case 'keep-volume':
        return machines.keepVolume(effect.volumeId, effect.instanceId)
      case 'delete-volume':
        return machines.deleteVolume(effect.volumeId)
      case 'delete-snapshot':
        return machines.deleteSnapshot(effect.snapshotId)
      case 'register':
      case 'deregister':
        return
    }
  }
  const settle = () => {
    for (const effect of model.advance(now())) perform(effect)
    changed()
  }
  const call = <Name extends OperationName>(name: Name, input: InputOf<Name>): OutputOf<Name> => {
    try {
      return model.call(now(), name, input)
    } finally {
      settle()
    }
  }
  // The model cannot wait for a queue to answer, so it is asked beforehand.
  const askTargets = async (hooks: readonly Pick<LifecycleHook, 'NotificationTargetARN'>[]) => {
    for (const { NotificationTargetARN: target } of hooks) {
      if (target && !(await options.canNotify(target))) unreachable.add(target)
      else if (target) unreachable.delete(target)
    }
  }
  const simple = (names: readonly OperationName[]) =>
    Object.fromEntries(names.map((name) => [name, (input: never) => call(name, input)]))
  const ec2 = (name: string, inModel: OperationName) => (input: Record<string, unknown>) => {
    const { DryRun: isDry, ...given } = input
    // Everybody may do everything here.
    if (isDry === 'true')
      throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
    return ec2Answer(name, call(inModel, ec2Input(given) as never))
  }
  return {
    model,
    settle,
    autoscaling: {
      ...simple(Object.keys(autoScalingOperations) as OperationName[]),
      async PutLifecycleHook(input: InputOf<'PutLifecycleHook'>) {
        await askTargets([input])
        return call('PutLifecycleHook', input)
      },
      async CreateAutoScalingGroup(input: InputOf<'CreateAutoScalingGroup'>) {
        await askTargets(input.LifecycleHookSpecificationList ?? [])
        return call('CreateAutoScalingGroup', input)
      },
    },
    ec2: {
      ...Object.fromEntries(ec2Names.map((name) => [name, ec2(name, name)])),
      // Auto Scaling has an operation of that name, too.
      DeleteTags: ec2('DeleteTags', 'DeleteEc2Tags'),
    },
    rbin: simple(Object.keys(recycleBinOperations) as OperationName[]),
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
      await machines.idle()
    },
  }
}

const ec2Names = Object.keys(ec2Operations) as OperationName[]

const prefixes: Partial<Record<IdKind, string>> = { instance: 'i', volume: 'vol', snapshot: 'snap' }

function newId(kind: IdKind): string {
  const chance = randomBytes(8).toString('hex')
  // The Recycle Bin's identifiers have eleven characters.
  if (kind === 'rule') return chance.slice(0, 11)
  return kind in prefixes ? `${prefixes[kind]}-0${chance}` : randomUUID()
}
