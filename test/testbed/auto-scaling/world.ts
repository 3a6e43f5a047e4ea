/** Production code over the one model of Auto Scaling, for facts about groups: no machines, no other service. */
import type { AwsApi } from '../../../src/aws/api.ts'
import {
  type AutoScaling,
  createAutoScaling,
  type OperationName,
} from '../../../testbed/auto-scaling/auto-scaling.ts'

const operations = [
  'CreateOrUpdateTags',
  'DeleteLifecycleHook',
  'DeleteTags',
  'DescribeAutoScalingGroups',
  'DescribeAutoScalingInstances',
  'DescribeLifecycleHooks',
  'DescribeScalingActivities',
  'PutLifecycleHook',
  'UpdateAutoScalingGroup',
] as const satisfies readonly OperationName[]

export interface GroupsWorld {
  readonly aws: AwsApi
  readonly model: AutoScaling
  /** Every call that changes something, in order. */
  readonly changes: string[]
  /** The call with this number (from 1, only those that change something) breaks off before its effect. */
  failAt: number | undefined
  now: number
}

export function groupsWorld(): GroupsWorld {
  let ids = 0
  const model = createAutoScaling({
    region: 'eu-west-1',
    accountId: '111122223333',
    newId: (kind) => (kind === 'instance' ? `i-${String(++ids).padStart(17, '0')}` : `${kind}-${++ids}`),
    timings: {
      inServiceMs: 0,
      drainMs: 0,
      proceedMs: 0,
      shutdownMs: 0,
      noticeMs: 0,
      unhealthyMs: 0,
      rememberMs: 3_600_000,
    },
  } as Parameters<typeof createAutoScaling>[0])
  const world: GroupsWorld = {
    aws: {} as AwsApi,
    model,
    changes: [],
    failAt: undefined,
    now: Date.parse('2026-01-02T03:04:05Z'),
  }
  const calls = operations.map((name) => [
    name.charAt(0).toLowerCase() + name.slice(1),
    async (input: never) => {
      if (!name.startsWith('Describe')) {
        world.changes.push(name)
        if (world.changes.length === world.failAt) throw new Error('the function was killed')
      }
      return model.call(world.now, name, input)
    },
  ])
  Object.assign(world.aws, Object.fromEntries(calls))
  return world
}
