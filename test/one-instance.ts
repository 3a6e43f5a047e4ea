/**
 * AWS around one terminating instance, small enough to see through: the test sets its state, runs production code and looks at the
 * calls. (The simulator has the whole world; this is for facts about single passes.)
 */
import { gzipSync } from 'node:zlib'
import type { Activity, AutoScalingGroup, TagDescription } from '@aws-sdk/client-auto-scaling'
import type { Snapshot, Tag, Volume } from '@aws-sdk/client-ec2'
import type { CommandInvocation, InstanceInformation, SendCommandCommandInput } from '@aws-sdk/client-ssm'
import type { AwsApi } from '../src/aws/api.ts'
import type { Guard } from '../src/guard.ts'
import type { JournalEvent } from '../src/journal/journal.ts'
import type { FlushPurpose, ManifestFile } from '../src/model.ts'
import { action, file, policy, START } from './termination/observations.ts'

export const TOKEN = 'bbbbbbbb-0000-0000-0000-000000000002'
export const PREFIX = `resources/environments/logs/publish/e-abcdefghij/${action.instanceId}/`
export const KEY = `${PREFIX}${file.path.replaceAll('/', '_')}`

export function awsError(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } })
}

/** A pass never changes hooks, groups or tags. */
async function unexpected(): Promise<never> {
  throw new Error('no pass makes this call')
}

export const ROOT_VOLUME = 'vol-0123456789abcdef0'

/** What a flush of the instance prints when it found these files, on a machine that has long been up. */
export function manifestLine(
  files: readonly ManifestFile[],
  live: readonly string[] = [],
  uptimeSeconds = 86_400,
  purpose: FlushPurpose = 'termination',
  instanceId = action.instanceId,
  unaccounted: readonly string[] = [],
): string {
  const records = [
    `manifest\t2\t${instanceId}\t${purpose}\t${files.length + live.length}\t${uptimeSeconds}`,
    ...files.map(
      ({ path, size, md5, sha256 }) => `file\t${size}\t${md5}\t${sha256}\t${START / 1000}\t-\t-\t${path}`,
    ),
    ...live.map((path) => `live\t1\t${path}`),
    ...unaccounted.map((path) => `unaccounted\t7\tdeleted\t${path}`),
  ]
  const payload = [...records, `end\t${records.length}`].map((record) => `${record}\0`).join('')
  return `termination-guard manifest 2 ${gzipSync(payload).toString('base64')} end`
}

/** The scaling activity of the instance's termination, under way. */
export const terminating: Activity = {
  ActivityId: 'a-1',
  AutoScalingGroupName: action.groupName,
  Cause: '',
  Description: `Terminating EC2 instance: ${action.instanceId}`,
  StartTime: new Date(START),
  StatusCode: 'MidLifecycleAction',
}

interface Addressed {
  readonly AutoScalingGroupName: string | undefined
  readonly LifecycleActionToken?: string | undefined
  readonly InstanceId?: string | undefined
}

export class OneInstance {
  now = START + 1000
  groupName = action.groupName
  lifecycleState: string | undefined = 'Terminating:Wait'
  activeToken: string | undefined = TOKEN
  /** The token of another instance of the group, which waits at our hook too. */
  foreignToken: string | undefined
  othersCompleted: string[] = []
  isGroupGone = false
  tags: TagDescription[] = []
  health = 'HEALTHY'
  machine = 'running'
  /** `undefined`: EC2 tells only its state. */
  instanceType: string | undefined
  agent: 'online' | 'dead' = 'online'
  retains = true
  heartbeatTimeout = 3600
  defaultResult: 'ABANDON' | 'CONTINUE' = 'ABANDON'
  targetGroups: string[] | undefined
  /** What SSM tells of the agent; `undefined`: nothing. */
  information: InstanceInformation | undefined
  console = ''
  machineTags: Tag[] = []
  reboots = 0
  released: (boolean | undefined)[] = []
  snapshots: Snapshot[] = []
  volumes: Volume[] = []
  hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:termination-guard'
  invocations: CommandInvocation[] = []
  /** What was sent, as it was asked for. */
  readonly commands: SendCommandCommandInput[] = []
  wholeOutput = ''
  objects = new Map<string, { size: number; etag: string }>()
  /** What the guard itself has put. */
  readonly receipts = new Map<string, string>()
  activities: Activity[] = []
  deadLetters: string[] = []
  completed: string[] = []
  visibility: number[] = []
  /** Operations that fail once, with this error. */
  failing = new Map<keyof AwsApi, Error>()
  readonly calls: string[] = []
  readonly journal: JournalEvent[] = []

  guard: Guard = {
    aws: this.#recorded(),
    clock: { now: () => this.now },
    random: () => 0.5,
    policy,
    journal: (event) => void this.journal.push(event),
  }

  #group(): AutoScalingGroup {
    return {
      AutoScalingGroupName: this.groupName,
      Tags: this.tags,
      Instances: [
        {
          InstanceId: action.instanceId,
          AvailabilityZone: 'eu-west-1a',
          LifecycleState: (this.lifecycleState ?? 'Terminated') as 'Terminated',
          HealthStatus: this.health,
          ProtectedFromScaleIn: false,
        },
      ],
      InstanceLifecyclePolicy: {
        RetentionTriggers: { TerminateHookAbandon: this.retains ? 'retain' : 'terminate' },
      },
      TargetGroupARNs: this.targetGroups,
      MinSize: 0,
      MaxSize: 1,
      DesiredCapacity: 0,
      DefaultCooldown: 0,
      AvailabilityZones: [],
      HealthCheckType: 'EC2',
      CreatedTime: new Date(0),
    }
  }

  /** The newest command ends, having printed this. */
  flushEnds(output: string, status: CommandInvocation['Status'] = 'Success'): void {
    const newest = this.invocations[0]
    if (!newest) throw new Error('there is no command to end')
    newest.Status = status
    newest.StatusDetails = status
    newest.CommandPlugins = [{ Output: output, ResponseFinishDateTime: new Date(this.now) }]
  }

  callsBesidesHeartbeats(): string[] {
    return this.calls.filter((call) => call !== 'recordLifecycleActionHeartbeat')
  }

  /** By token, the action may be another instance's (`foreignToken`); by instance, it is the one that waits here. */
  #active({
    AutoScalingGroupName: group,
    LifecycleActionToken: token,
    InstanceId: instance,
  }: Addressed): void {
    if (this.isGroupGone) throw awsError('ValidationError', 'AutoScalingGroup name not found - null')
    const waits = this.activeToken !== undefined && this.lifecycleState?.endsWith(':Wait') === true
    const isActive =
      token === undefined
        ? waits && instance === action.instanceId
        : token === this.activeToken || token === this.foreignToken
    if (!isActive || group !== this.groupName)
      throw awsError('ValidationError', `No active Lifecycle Action found with token ${token ?? ''}`)
  }

  #recorded(): AwsApi {
    const api = this.#api()
    return new Proxy(api, {
      get: (target, operation: keyof AwsApi) => async (input: never) => {
        this.calls.push(operation)
        const failure = this.failing.get(operation)
        this.failing.delete(operation)
        if (failure) throw failure
        return await target[operation](input)
      },
    })
  }

  #receiptObjects() {
    return [...this.receipts].map(([key, text]) => [key, { size: text.length, etag: 'receipt' }] as const)
  }

  #api(): AwsApi {
    return {
      recordLifecycleActionHeartbeat: async (input) => this.#active(input),
      completeLifecycleAction: async (input) => {
        const { LifecycleActionResult, LifecycleActionToken: token } = input
        this.#active(input)
        if (token !== undefined && token === this.foreignToken) {
          this.othersCompleted.push(token)
          return
        }
        this.completed.push(LifecycleActionResult ?? '')
        this.activeToken = undefined
        this.lifecycleState =
          LifecycleActionResult === 'CONTINUE' ? 'Terminating:Proceed' : 'Terminating:Retained'
      },
      describeAutoScalingInstances: async () => ({
        AutoScalingInstances:
          this.lifecycleState && !this.isGroupGone
            ? [
                {
                  InstanceId: action.instanceId,
                  AutoScalingGroupName: this.groupName,
                  LifecycleState: this.lifecycleState,
                  AvailabilityZone: 'eu-west-1a',
                  HealthStatus: this.health,
                  ProtectedFromScaleIn: false,
                },
              ]
            : [],
      }),
      // A page of what is filtered may be empty and say that there are more.
      describeAutoScalingGroups: async ({ Filters, NextToken }) =>
        Filters && NextToken === undefined
          ? { AutoScalingGroups: [], NextToken: 'more' }
          : { AutoScalingGroups: [this.#group()] },
      describeLifecycleHooks: async () => ({
        LifecycleHooks: [
          {
            LifecycleHookName: action.hookName,
            LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
            HeartbeatTimeout: this.heartbeatTimeout,
            NotificationTargetARN: this.hookTarget,
            DefaultResult: this.defaultResult,
          },
        ],
      }),
      describeScalingActivities: async () => ({ Activities: this.activities }),
      sendCommand: async (input) => {
        const { Comment } = input
        if (this.agent === 'dead') throw awsError('InvalidInstanceId')
        this.commands.push(input)
        const CommandId = `c-${this.invocations.length + 1}`
        const invocation: CommandInvocation = {
          CommandId,
          InstanceId: action.instanceId,
          Comment: Comment ?? '',
          Status: 'InProgress',
          StatusDetails: 'InProgress',
          RequestedDateTime: new Date(this.now),
        }
        this.invocations.unshift(invocation)
        return { Command: { CommandId } }
      },
      listCommandInvocations: async () => ({ CommandInvocations: [...this.invocations] }),
      getCommandInvocation: async () => ({ StandardOutputContent: this.wholeOutput }),
      listObjectsV2: async ({ Prefix }) => ({
        Contents: [...this.objects, ...this.#receiptObjects()]
          .filter(([key]) => key.startsWith(Prefix ?? ''))
          .map(([Key, { size, etag }]) => ({
            Key,
            Size: size,
            ETag: `"${etag}"`,
            LastModified: new Date(this.now),
          })),
      }),
      headObject: async () => ({}),
      putObject: async ({ Key = '', Body, IfNoneMatch }) => {
        if (this.receipts.has(Key) && IfNoneMatch === '*')
          throw Object.assign(awsError('PreconditionFailed'), { $metadata: { httpStatusCode: 412 } })
        this.receipts.set(Key, String(Body))
      },
      getObject: async ({ Key = '' }) => {
        const text = this.receipts.get(Key) ?? ''
        return {
          Body: (async function* () {
            if (text !== '') yield Buffer.from(text)
          })(),
        }
      },
      changeMessageVisibility: async ({ VisibilityTimeout }) =>
        void this.visibility.push(VisibilityTimeout ?? -1),
      sendMessage: async ({ MessageBody }) => void this.deadLetters.push(MessageBody ?? ''),
      getQueueAttributes: async ({ AttributeNames = [] }) => {
        const inSight = { ApproximateNumberOfMessages: String(this.deadLetters.length) }
        return {
          Attributes: { ...Object.fromEntries(AttributeNames.map((name) => [name, '0'])), ...inSight },
        }
      },
      describeInstanceInformation: async () => ({
        InstanceInformationList: this.information ? [this.information] : [],
      }),
      terminateInstanceInAutoScalingGroup: async ({ ShouldDecrementDesiredCapacity }) => {
        this.released.push(ShouldDecrementDesiredCapacity)
        this.lifecycleState = 'Terminating:Wait'
      },
      putLifecycleHook: unexpected,
      deleteLifecycleHook: unexpected,
      updateAutoScalingGroup: unexpected,
      createOrUpdateTags: unexpected,
      deleteTags: unexpected,
      describeSnapshots: async () => ({ Snapshots: this.snapshots }),
      createSnapshot: unexpected,
      deleteSnapshot: unexpected,
      describeVolumes: async () => ({ Volumes: this.volumes }),
      modifyVolume: unexpected,
      describeVolumesModifications: unexpected,
      createVolume: unexpected,
      deleteVolume: unexpected,
      attachVolume: unexpected,
      detachVolume: unexpected,
      listVolumesInRecycleBin: unexpected,
      restoreVolumeFromRecycleBin: unexpected,
      getConsoleOutput: async ({ Latest }) => ({
        Output: Buffer.from(Latest ? '' : this.console).toString('base64'),
      }),
      createTags: async ({ Tags = [] }) => void this.machineTags.push(...Tags),
      rebootInstances: async () => void this.reboots++,
      describeInstances: async () => ({
        Reservations: [
          {
            Instances: [
              {
                InstanceId: action.instanceId,
                State: { Name: this.machine as 'running' },
                RootDeviceName: '/dev/xvda',
                BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: ROOT_VOLUME } }],
                Tags: this.machineTags,
                ...(this.instanceType && {
                  InstanceType: this.instanceType as 't3.medium',
                }),
              },
            ],
          },
        ],
      }),
    }
  }
}
