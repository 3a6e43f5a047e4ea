import type { TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from '@jest/globals'
import { isServing, trafficOf } from '../../src/cli/serving.ts'

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
