/** What stands in front of AWS and sees every call on its way: what counts calls, limits their time, or remembers answers. */
import type { AwsApi } from './api.ts'

type Operation = keyof AwsApi

/** What becomes of one call: `ask` makes it. */
export type OnItsWay = (operation: Operation, ask: () => Promise<unknown>, input: unknown) => Promise<unknown>

/** The same AWS, with each call as `onItsWay` lets it through. */
export function inFrontOf(aws: AwsApi, onItsWay: OnItsWay): AwsApi {
  const answer = answerOf(aws)
  return answeredBy((operation, input) => onItsWay(operation, () => answer(operation, input), input))
}

/** An AWS of whose calls each is answered by one function. */
export function answeredBy(answer: Answer): AwsApi {
  return new Answering(answer) as unknown as AwsApi
}

type Answer = (operation: Operation, input: unknown) => Promise<unknown>

/** Every pass puts a few of these in front of each other, so its methods are made once. */
class Answering {
  readonly answer: Answer

  constructor(answer: Answer) {
    this.answer = answer
  }
}

/** What is in front of another of these looks no method up on it. */
function answerOf(aws: object): Answer {
  if (aws instanceof Answering) return aws.answer
  const api = aws as AwsApi
  return (operation, input) => api[operation](input as never)
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
  Object.defineProperty(Answering.prototype, operation, {
    value(this: Answering, input: unknown) {
      return this.answer(operation, input)
    },
  })
