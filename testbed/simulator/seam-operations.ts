/** Which service answers an operation of the seam, and how. */
import type { AwsApi, ObjectBody } from '../../src/aws/api.ts'
import type { OperationName } from '../auto-scaling/auto-scaling.ts'
import { AwsError, validationError } from '../aws-error.ts'
import { describeInstanceInformation } from './agents-heard.ts'
import type { Bucket } from './bucket.ts'
import { consoleOf } from './consoles.ts'
import type { Queue } from './queue.ts'
import type { DeadLetter } from './queue-message.ts'
import type { Region } from './region.ts'
import type { Run } from './run.ts'
import type { RunCommand } from './run-command.ts'
import type { Setting } from './setting.ts'
import type { StaleViews } from './stale-views.ts'
import type { Surroundings } from './surroundings.ts'
import { inWholeSeconds } from './whole-seconds.ts'

/** The services of this world. */
export interface ServiceSurroundings {
  readonly setting: Setting
  readonly region: Region
  readonly views: StaleViews
  readonly ssm: RunCommand
  readonly time: Surroundings['time']
  readonly bucket: Bucket
  readonly queue: Queue
  readonly deadLetters: DeadLetter[]
  /** A body, which may stop flowing. */
  mayStall(body: ObjectBody): ObjectBody
  /** A pass of the guard looked at an action, whatever came of it. */
  saw(input: { readonly LifecycleActionToken?: string; readonly InstanceId?: string }): void
}

export type Operation = keyof AwsApi
export type Service = 'autoscaling' | 'ec2' | 'ssm' | 's3' | 'sqs'

export const serviceOf: Readonly<Record<Operation, Service>> = {
  recordLifecycleActionHeartbeat: 'autoscaling',
  completeLifecycleAction: 'autoscaling',
  describeAutoScalingInstances: 'autoscaling',
  describeAutoScalingGroups: 'autoscaling',
  describeLifecycleHooks: 'autoscaling',
  describeScalingActivities: 'autoscaling',
  terminateInstanceInAutoScalingGroup: 'autoscaling',
  putLifecycleHook: 'autoscaling',
  deleteLifecycleHook: 'autoscaling',
  updateAutoScalingGroup: 'autoscaling',
  createOrUpdateTags: 'autoscaling',
  deleteTags: 'autoscaling',
  describeInstances: 'ec2',
  describeSnapshots: 'ec2',
  createSnapshot: 'ec2',
  deleteSnapshot: 'ec2',
  describeVolumes: 'ec2',
  modifyVolume: 'ec2',
  describeVolumesModifications: 'ec2',
  createVolume: 'ec2',
  deleteVolume: 'ec2',
  attachVolume: 'ec2',
  detachVolume: 'ec2',
  listVolumesInRecycleBin: 'ec2',
  restoreVolumeFromRecycleBin: 'ec2',
  getConsoleOutput: 'ec2',
  createTags: 'ec2',
  rebootInstances: 'ec2',
  sendCommand: 'ssm',
  describeInstanceInformation: 'ssm',
  listCommandInvocations: 'ssm',
  getCommandInvocation: 'ssm',
  listObjectsV2: 's3',
  headObject: 's3',
  getObject: 's3',
  putObject: 's3',
  changeMessageVisibility: 'sqs',
  sendMessage: 'sqs',
  getQueueAttributes: 'sqs',
}

/** How a service says that it was asked too often. */
export function throttlingOf(service: Service): AwsError {
  if (service === 's3') return new AwsError('SlowDown', 'Please reduce your request rate.', 503)
  return new AwsError(service === 'ssm' ? 'ThrottlingException' : 'Throttling', 'Rate exceeded')
}

/** The effect of a call, and its answer. Throws as an SDK client does. */
export function perform(world: ServiceSurroundings, run: Run, operation: Operation, input: object): unknown {
  switch (serviceOf[operation]) {
    case 'autoscaling':
    case 'ec2':
      return callRegion(world, run, operation, input)
    case 'ssm':
      return callRunCommand(world, run, operation, input)
    case 's3':
      return callBucket(world, operation, input)
    case 'sqs':
      return callQueue(world, run, operation, input)
  }
}

function callRegion(world: ServiceSurroundings, run: Run, operation: Operation, input: object): unknown {
  const { region, setting } = world
  const result =
    operation === 'completeLifecycleAction'
      ? (input as Input<'completeLifecycleAction'>).LifecycleActionResult
      : undefined
  if (operation === 'recordLifecycleActionHeartbeat') {
    world.saw(input)
    if (isUnknownYet(world, input)) throw validationError('No active Lifecycle Action found with token')
  }
  // AWS may answer fewer records than were asked for.
  const paged =
    'MaxRecords' in input && !(Number(input.MaxRecords) <= setting.pageSize)
      ? { ...input, MaxRecords: Math.min(Number(input.MaxRecords), setting.pageSize) }
      : input
  const answer = region.call({ by: 'guard', run, result }, modelNames[operation], paged)
  if (operation === 'getConsoleOutput') return consoleOf(world, input as Input<'getConsoleOutput'>)
  return world.views.seen(operation, paged, answer)
}

function isUnknownYet(
  { region, time }: ServiceSurroundings,
  {
    LifecycleActionToken: token,
    InstanceId: instanceId = '',
  }: Partial<Input<'recordLifecycleActionHeartbeat'>>,
): boolean {
  const action = token === undefined ? region.actionOf(instanceId) : region.actions.get(token)
  return action !== undefined && action.knownFrom > time.now
}

function callRunCommand(world: ServiceSurroundings, run: Run, operation: Operation, input: object): unknown {
  const { ssm, views, region, time } = world
  if (operation === 'sendCommand') return ssm.sendCommand(run, input as Input<'sendCommand'>)
  if (operation === 'describeInstanceInformation') {
    const asked = input as Input<'describeInstanceInformation'>
    return views.seen(operation, asked, describeInstanceInformation(time.now, region.machines, asked))
  }
  if (operation !== 'listCommandInvocations')
    return ssm.getCommandInvocation(run, input as Input<'getCommandInvocation'>)
  const { InstanceId: instanceId, NextToken, ...request } = input as Input<'listCommandInvocations'>
  const answer = ssm.listCommandInvocations({ ...request, InstanceId: instanceId, NextToken })
  const seen = views.seen(operation, { InstanceIds: [instanceId ?? ''], NextToken }, answer) as typeof answer
  // A listing that starts anew shows what is visible now. One of no machine is of salvages.
  const asked = instanceId === undefined ? ssm.everySalvage() : ssm.commandsOf(instanceId)
  if (NextToken === undefined) for (const { id } of asked) run.seen.delete(id)
  for (const one of seen.CommandInvocations ?? []) run.sawCommand(one, time.now)
  return seen
}

function callBucket(world: ServiceSurroundings, operation: Operation, input: object): unknown {
  const { bucket } = world
  if (operation === 'listObjectsV2')
    return inWholeSeconds(bucket.listObjectsV2(input as Input<'listObjectsV2'>))
  if (operation === 'headObject') return bucket.headObject(input as Input<'headObject'>)
  if (operation === 'putObject') return bucket.putObject(world.time.now, input as Input<'putObject'>)
  return { Body: world.mayStall(bucket.getObject(input as Input<'getObject'>).Body) }
}

function callQueue(world: ServiceSurroundings, run: Run, operation: Operation, input: object): unknown {
  if (operation === 'changeMessageVisibility') {
    const { ReceiptHandle, VisibilityTimeout } = input as Input<'changeMessageVisibility'>
    return world.queue.changeVisibility(ReceiptHandle ?? '', VisibilityTimeout ?? 0)
  }
  if (operation === 'sendMessage') {
    const { MessageBody: body = '' } = input as Input<'sendMessage'>
    const truth = run.messages.find((one) => one.body === body)?.truth
    world.deadLetters.push({ body, truth: truth ?? { is: 'no action', what: 'a letter of nobody' } })
    return {}
  }
  return { Attributes: { ApproximateNumberOfMessages: String(world.deadLetters.length) } }
}

type Input<Name extends Operation> = Parameters<AwsApi[Name]>[0]

/** The model has its operations under AWS's own names. */
const modelNames = Object.fromEntries(
  Object.keys(serviceOf).map((name) => [name, `${name[0]?.toUpperCase()}${name.slice(1)}`]),
) as Record<Operation, OperationName>
