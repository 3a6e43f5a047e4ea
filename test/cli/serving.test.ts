import type { TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from '@jest/globals'
import { isServing, othersOf, type ServingApi, trafficOf } from '../../src/cli/serving.ts'

const target = (Id: string, State: TargetHealthStateEnum, Port = 80) => ({
  Target: { Id, Port },
  TargetHealth: { State },
})

describe('an instance in a target group', () => {
  it.each([
    ['healthy', true, [target('i-new', 'healthy'), target('i-old', 'unhealthy')]],
    ['not registered yet', false, [target('i-old', 'healthy')]],
    ['in a group that has no targets yet', false, []],
    ['not checked yet', false, [target('i-new', 'initial'), target('i-old', 'healthy')]],
    ['healthy on one port only', false, [target('i-new', 'healthy'), target('i-new', 'unhealthy', 81)]],
    [
      'in a zone that its load balancer has not',
      false,
      [target('i-new', 'unused'), target('i-old', 'healthy')],
    ],
    ['in a group without a load balancer', true, [target('i-new', 'unused'), target('i-old', 'unused')]],
    ['in a group without health checks', true, [target('i-new', 'unavailable')]],
  ] as const)('that is %s: serving is %p', (_what, serves, targets) => {
    expect(isServing('i-new', targets)).toBe(serves)
  })

  it('is asked of each target group once, however it is attached', () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0123456789abcdef'
    const lattice = 'arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/tg-0123'
    const traffic = trafficOf({
      TargetGroupARNs: [arn],
      LoadBalancerNames: ['old'],
      TrafficSources: [{ Identifier: arn, Type: 'elbv2' }, { Identifier: lattice }],
    } as Parameters<typeof trafficOf>[0])
    expect(traffic).toEqual({ targetGroups: [arn], unasked: ['old', lattice] })
  })
})

describe('besides the one that is to go', () => {
  const old = { InstanceId: 'i-old', LifecycleState: 'InService', HealthStatus: 'Healthy' }
  const other = { ...old, InstanceId: 'i-new' }
  it.each([
    ['nobody', [old], 0, []],
    ['one in service', [old, other], 1, []],
    ['one on its way', [old, { ...other, LifecycleState: 'Pending:Wait' }], 0, ['i-new Pending:Wait']],
    [
      'one that Auto Scaling replaces',
      [old, { ...other, HealthStatus: 'Unhealthy' }],
      0,
      ['i-new Unhealthy'],
    ],
    ['one of which nothing is told', [old, { InstanceId: 'i-new' }], 0, ['i-new unknown']],
  ])('%s serves: %j', async (_who, Instances, serving, waiting) => {
    const aws = {
      describeAutoScalingGroups: async () => ({
        AutoScalingGroups: [{ AutoScalingGroupName: 'web', Instances }],
      }),
    } as unknown as ServingApi
    const traffic = { targetGroups: [], unasked: [] }
    expect(await othersOf(aws, { groupName: 'web', instanceId: 'i-old', traffic })).toEqual({
      serving,
      waiting,
    })
  })
})
