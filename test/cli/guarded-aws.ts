/** The AWS on this machine with the packaged guard in it, and whoever works with it. */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  PutLifecycleHookCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  type GuardOptions,
  hookName,
  installGuard,
  notifierRoleArn,
} from '../../testbed/local/installed-guard.ts'
import { type MachineRoom, openMachineRoom } from '../../testbed/local/instance/machine-room.ts'
import { type LocalAwsOptions, startLocalAws } from '../../testbed/local/local-aws.ts'
import { eventually } from '../testbed/local/local-aws.ts'

export const BUCKET = 'elasticbeanstalk-eu-west-1-000000000000'
const ENVIRONMENT_ID = 'e-cli'

export interface GroupOptions {
  readonly name: string
  readonly instances: number
  readonly retains: boolean
  /** Whom its hook notifies, where that is somebody else's queue. */
  readonly notifies?: string
}

/** Whoever asks for it stops it. */
export async function guardedAws(
  options: Omit<GuardOptions, 'bucket' | 'onLine'> & Pick<LocalAwsOptions, 'timings' | 'clockBehindMsOf'>,
) {
  let room: MachineRoom | undefined
  const aws = await startLocalAws({
    launch: (instance) => {
      if (room === undefined) throw new Error('the machine room is not open yet')
      return room.launch(instance)
    },
    onProblem: () => undefined,
    ...(options.timings && { timings: options.timings }),
    ...(options.clockBehindMsOf && { clockBehindMsOf: options.clockBehindMsOf }),
  })
  await aws.createBucket(BUCKET)
  const machines = openMachineRoom({
    directory: aws.directory,
    environment: { ...aws.environment('INSTANCE'), EB_BUCKET: BUCKET, EB_ENVIRONMENT_ID: ENVIRONMENT_ID },
    bufferMs: 1000,
    publishEveryMs: undefined,
  })
  room = machines
  const journal = join(aws.directory, 'journal.jsonl')
  writeFileSync(journal, '')
  const onLine = (line: string) => appendFileSync(journal, `${line}\n`)
  const guard = await installGuard(aws, { ...options, bucket: BUCKET, onLine })
  const credentials = aws.credentials('PERSON')
  const autoScaling = new AutoScalingClient({
    ...{ endpoint: aws.endpoints.autoscaling, region: aws.region, credentials },
  })
  const state = async (instanceId: string) =>
    (await autoScaling.send(new DescribeAutoScalingInstancesCommand({}))).AutoScalingInstances?.find(
      (one) => one.InstanceId === instanceId,
    )?.LifecycleState
  return {
    ...{ aws, guard, autoScaling, credentials, state },
    /** What a shell needs for the guard's commands. */
    environment: { ...aws.environment('PERSON'), ...guard.variables, GUARD_JOURNAL: journal },
    /** A group with the guard's hook. Answers its machines, in service. */
    async createGroup({ name, instances, retains, notifies = guard.queue.arn }: GroupOptions) {
      const AutoScalingGroupName = name
      await autoScaling.send(
        new CreateAutoScalingGroupCommand({
          ...{ AutoScalingGroupName, LaunchTemplate: { LaunchTemplateName: 'web' } },
          ...{ MinSize: 0, MaxSize: instances, DesiredCapacity: instances },
          ...(retains && {
            InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
          }),
          Tags: [{ Key: 'elasticbeanstalk:environment-id', Value: ENVIRONMENT_ID }],
        }),
      )
      await autoScaling.send(
        new PutLifecycleHookCommand({
          ...{ AutoScalingGroupName, LifecycleHookName: hookName },
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
          ...{ HeartbeatTimeout: 60, DefaultResult: 'ABANDON' },
          ...{ NotificationTargetARN: notifies, RoleARN: notifierRoleArn },
        }),
      )
      return await eventually(async () => {
        const its = machines.instances().filter(({ groupName }) => groupName === name)
        const states = await Promise.all(its.map(({ instanceId }) => state(instanceId)))
        return states.filter((one) => one === 'InService').length === instances && its
      })
    },
    async terminate(InstanceId: string) {
      await autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
      )
    },
    async stop() {
      autoScaling.destroy()
      await aws.stop()
      await machines.stop()
    },
  }
}
