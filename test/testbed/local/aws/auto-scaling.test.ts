import {
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
  DescribeTagsCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  DescribeInstancesCommand,
  ModifyInstanceAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it } from '@jest/globals'
import { localAwsByHand, refusalOf } from '../local-aws.ts'

const AutoScalingGroupName = 'web'
const LifecycleHookName = 'flush'

/** Two instances behind a hook whose target is a queue. */
async function guarded() {
  const local = await localAwsByHand()
  const { autoScaling, sqs, aws } = local
  const queue = await aws.createQueue('guard')
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 0,
      MaxSize: 5,
      DesiredCapacity: 2,
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
      Tags: [{ Key: 'env', Value: 'prod', PropagateAtLaunch: true }],
    }),
  )
  await autoScaling.send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName,
      LifecycleHookName,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      NotificationTargetARN: queue.arn,
      RoleARN: 'arn:aws:iam::000000000000:role/notifier',
      HeartbeatTimeout: 60,
    }),
  )
  await aws.settle()
  const messages = async () => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10 }),
    )
    return (Messages ?? []).map(({ Body }) => JSON.parse(Body ?? ''))
  }
  const states = async () => {
    const answer = await autoScaling.send(new DescribeAutoScalingInstancesCommand({}))
    return Object.fromEntries(
      (answer.AutoScalingInstances ?? []).map(({ InstanceId, LifecycleState }) => [
        InstanceId,
        LifecycleState,
      ]),
    )
  }
  const [id = ''] = Object.keys(await states())
  const terminate = () =>
    autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: id,
        ShouldDecrementDesiredCapacity: true,
      }),
    )
  return { ...local, id, messages, states, terminate, queue }
}

describe('Auto Scaling on the wire', () => {
  it('terminates an instance through the hook: queue, heartbeat, completion, and the machine is gone', async () => {
    const { autoScaling, aws, id, messages, states, terminate, machines, pass } = await guarded()
    expect(await messages()).toMatchObject([{ Event: 'autoscaling:TEST_NOTIFICATION' }])
    const { Activity } = await terminate()
    expect(Activity?.Description).toBe(`Terminating EC2 instance: ${id}`)
    await aws.settle()
    expect((await states())[id]).toBe('Terminating:Wait')
    const [{ LifecycleActionToken }] = await messages()
    const action = { AutoScalingGroupName, LifecycleHookName, LifecycleActionToken }
    await pass(50)
    await autoScaling.send(new RecordLifecycleActionHeartbeatCommand(action))
    await pass(50)
    expect((await states())[id]).toBe('Terminating:Wait')
    await autoScaling.send(
      new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' }),
    )
    await pass(10)
    expect((await states())[id]).toBeUndefined()
    expect(machines.get(id)).toMatchObject({ powered: false, destroyed: true })
    const answer = autoScaling.send(
      new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' }),
    )
    expect(await refusalOf(answer)).toBe(
      `ValidationError: No active Lifecycle Action found with token ${LifecycleActionToken}`,
    )
  })

  it('retains what was abandoned, with its disk', async () => {
    const { autoScaling, aws, id, states, terminate, machines, pass } = await guarded()
    await terminate()
    await aws.settle()
    await autoScaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName,
        LifecycleHookName,
        InstanceId: id,
        LifecycleActionResult: 'ABANDON',
      }),
    )
    await pass(3600)
    expect((await states())[id]).toBe('Terminating:Retained')
    expect(machines.get(id)).toMatchObject({ powered: true, destroyed: false })
    const { Activities } = await autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 1 }),
    )
    expect(Activities).toMatchObject([
      { StatusCode: 'Cancelled', StatusMessage: expect.stringContaining('flush') },
    ])
  })

  it('tells of a group all that it was told, and finds it by its tags', async () => {
    const { autoScaling } = await guarded()
    const Filters = [{ Name: 'tag:env', Values: ['prod', 'test'] }]
    const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ Filters }))
    expect(AutoScalingGroups).toMatchObject([
      {
        AutoScalingGroupName,
        DesiredCapacity: 2,
        CreatedTime: new Date('2026-01-02T03:00:00Z'),
        Tags: [{ Key: 'env', Value: 'prod', PropagateAtLaunch: true, ResourceId: 'web' }],
        InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
        Instances: [{ LifecycleState: 'InService' }, { LifecycleState: 'InService' }],
      },
    ])
    await autoScaling.send(
      new CreateOrUpdateTagsCommand({
        Tags: [
          {
            ResourceId: 'web',
            ResourceType: 'auto-scaling-group',
            Key: 'env',
            Value: '<old>',
            PropagateAtLaunch: false,
          },
        ],
      }),
    )
    expect(
      (await autoScaling.send(new DescribeAutoScalingGroupsCommand({ Filters }))).AutoScalingGroups,
    ).toEqual([])
    expect((await autoScaling.send(new DescribeTagsCommand({}))).Tags).toMatchObject([
      { Key: 'env', Value: '<old>' },
    ])
  })

  it('changes, describes and deletes hooks and groups', async () => {
    const { autoScaling, aws } = await guarded()
    await autoScaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName,
        MaxSize: 7,
        InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'terminate' } },
      }),
    )
    await autoScaling.send(
      new PutLifecycleHookCommand({ AutoScalingGroupName, LifecycleHookName, HeartbeatTimeout: 1800 }),
    )
    const { LifecycleHooks } = await autoScaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName }),
    )
    expect(LifecycleHooks).toMatchObject([
      { HeartbeatTimeout: 1800, GlobalTimeout: 172_800, DefaultResult: 'ABANDON' },
    ])
    await autoScaling.send(new DeleteLifecycleHookCommand({ AutoScalingGroupName, LifecycleHookName }))
    await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }))
    await aws.settle()
    // It goes with its last instance.
    const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
    expect(AutoScalingGroups).toMatchObject([{ Status: 'Delete in progress' }])
  })

  it('replaces an unhealthy instance with a machine that really runs', async () => {
    const { autoScaling, id, states, pass, machines } = await guarded()
    await autoScaling.send(new SetInstanceHealthCommand({ InstanceId: id, HealthStatus: 'Unhealthy' }))
    await pass(2)
    await pass(1)
    expect(Object.values(await states()).sort()).toEqual(['InService', 'InService', 'Terminating:Wait'])
    expect(machines.size).toBe(3)
  })

  it('scales in, and refuses to scale beyond the bounds', async () => {
    const { autoScaling, aws, states } = await guarded()
    await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 1 }))
    await aws.settle()
    expect(Object.values(await states()).sort()).toEqual(['InService', 'Terminating:Wait'])
    expect(
      await refusalOf(
        autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 6 })),
      ),
    ).toBe('ValidationError: New SetDesiredCapacity value 6 is above max value 5 for the AutoScalingGroup.')
  })

  it('refuses a hook whose target is no queue', async () => {
    const { autoScaling } = await guarded()
    const put = autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName,
        LifecycleHookName,
        NotificationTargetARN: 'arn:aws:sqs:eu-west-1:000000000000:nothing',
      }),
    )
    expect(await refusalOf(put)).toMatch(
      /^ValidationError: Unable to publish test message to notification target arn/,
    )
  })
})

describe('EC2 on the wire', () => {
  it('terminates the machine first, unless it is protected', async () => {
    const { ec2, id, machines, states, pass } = await guarded()
    const InstanceIds = [id]
    const protect = (Value: boolean) =>
      ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value } }))
    await protect(true)
    expect(await refusalOf(ec2.send(new TerminateInstancesCommand({ InstanceIds })))).toMatch(
      /^OperationNotPermitted: /,
    )
    await protect(false)
    const { TerminatingInstances } = await ec2.send(new TerminateInstancesCommand({ InstanceIds }))
    expect(TerminatingInstances).toMatchObject([
      { InstanceId: id, CurrentState: { Name: 'shutting-down' }, PreviousState: { Name: 'running' } },
    ])
    await pass(1)
    expect(machines.get(id)).toMatchObject({ powered: false, destroyed: true })
    expect((await states())[id]).toBe('InService')
    await pass(1)
    expect((await states())[id]).toBe('Terminating:Wait')
  })

  it('describes instances in its own XML, with the state as a code and a name', async () => {
    const { ec2, id } = await guarded()
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    expect(Reservations?.[0]?.Instances).toMatchObject([
      {
        InstanceId: id,
        State: { Code: 16, Name: 'running' },
        Tags: [
          { Key: 'aws:autoscaling:groupName', Value: 'web' },
          { Key: 'env', Value: 'prod' },
        ],
      },
    ])
    const Filters = [{ Name: 'instance-state-name', Values: ['terminated'] }]
    expect((await ec2.send(new DescribeInstancesCommand({ Filters }))).Reservations).toEqual([])
  })

  it('does not know an instance that never was', async () => {
    const { ec2 } = await guarded()
    const ask = (InstanceIds: string[]) => refusalOf(ec2.send(new DescribeInstancesCommand({ InstanceIds })))
    expect(await ask(['i-0123456789abcdef0'])).toBe(
      "InvalidInstanceID.NotFound: The instance ID 'i-0123456789abcdef0' does not exist",
    )
  })
})
