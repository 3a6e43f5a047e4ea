/** What stands in front of AWS and sees every call on its way: what counts calls, limits their time, or remembers answers. */
import type { AwsApi } from './api.ts'

type Operation = keyof AwsApi

/** What becomes of one call: `ask` makes it. */
export type OnItsWay = (operation: Operation, ask: () => Promise<unknown>, input: unknown) => Promise<unknown>

/** The same AWS, with each call as `onItsWay` lets it through. */
export function inFrontOf(aws: AwsApi, onItsWay: OnItsWay): AwsApi {
  return new Front(aws, onItsWay) as unknown as AwsApi
}

/** Every pass puts a few of these in front of each other, so its methods are made once. */
class Front {
  readonly aws: AwsApi
  readonly onItsWay: OnItsWay

  constructor(aws: AwsApi, onItsWay: OnItsWay) {
    this.aws = aws
    this.onItsWay = onItsWay
  }
}

const operations: Readonly<Record<Operation, true>> = {
  recordLifecycleActionHeartbeat: true,
  completeLifecycleAction: true,
  describeAutoScalingInstances: true,
  describeAutoScalingGroups: true,
  describeLifecycleHooks: true,
  describeScalingActivities: true,
  terminateInstanceInAutoScalingGroup: true,
  putLifecycleHook: true,
  deleteLifecycleHook: true,
  updateAutoScalingGroup: true,
  createOrUpdateTags: true,
  deleteTags: true,
  sendCommand: true,
  listCommandInvocations: true,
  getCommandInvocation: true,
  describeInstanceInformation: true,
  listObjectsV2: true,
  headObject: true,
  putObject: true,
  getObject: true,
  changeMessageVisibility: true,
  sendMessage: true,
  getQueueAttributes: true,
  getConsoleOutput: true,
  createTags: true,
  rebootInstances: true,
  describeInstances: true,
  describeSnapshots: true,
  createSnapshot: true,
  deleteSnapshot: true,
  describeVolumes: true,
  modifyVolume: true,
  describeVolumesModifications: true,
  createVolume: true,
  deleteVolume: true,
  attachVolume: true,
  detachVolume: true,
  listVolumesInRecycleBin: true,
  restoreVolumeFromRecycleBin: true,
}

for (const operation of Object.keys(operations) as Operation[])
  Object.defineProperty(Front.prototype, operation, {
    value(this: Front, input: never) {
      return this.onItsWay(operation, () => this.aws[operation](input), input)
    },
  })
