/** `retry`: kept machines once more through the hook. Auto Scaling begins a new termination, and the guard flushes, proves and lets go. */

import { Command } from 'commander'
import { grouped } from '../grouped.ts'
import { waitingAndRetained } from '../sweep/waiting.ts'
import { hasHook } from '../termination/hook.ts'
import { answer, withJson } from './answer.ts'
import { counted } from './counted.ts'
import type { Deployment } from './deployment.ts'
import { type Ending, follow } from './following.ts'
import { instanceId } from './instance-id.ts'
import { minutes } from './minutes.ts'
import { NotSo, Refusal, type Surroundings } from './surroundings.ts'
import { type Where, withWhere } from './where.ts'

interface RetryOptions extends Where {
  readonly all: boolean
  readonly wait: number
  readonly json: boolean
}

interface Retried {
  readonly instanceId: string
  readonly ended: Ending | 'begun'
}

export function retryCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('retry')))
    .description('kept machines once more through the hook: flush, prove, let go')
    .argument('[instance]', 'the instance id', instanceId)
    .option('--all', 'every kept machine of the guarded groups', false)
    .option('--wait <minutes>', 'how long to follow it (0: not at all)', minutes, 30)
    .action(async (instance: string | undefined, options: RetryOptions) => {
      if ((instance === undefined) !== options.all) throw new Refusal('Name one instance, or type --all.')
      const deployment = await surroundings.reach(options)
      const kept = await keptOf(deployment, instance)
      if (instance !== undefined && kept.length === 0)
        throw new Refusal(
          `${instance} is not kept by this guard. What it is:  ${surroundings.typed(`explain ${instance}`)}`,
        )
      const retried = await retry(deployment, surroundings, kept, options.wait * 60_000)
      answer(surroundings.terminal, { json: options.json, command: 'retry' }, { retried }, (value) =>
        lines(value.retried, surroundings),
      )
      if (retried.some(({ ended }) => ended !== 'left' && ended !== 'begun')) throw new NotSo()
    })
}

/** The kept machines of guarded groups, or the one that is named. */
async function keptOf({ aws, policy }: Deployment, instance: string | undefined): Promise<string[]> {
  const { retained } = await waitingAndRetained(aws)
  const kept: string[] = []
  for (const [groupName, members] of grouped(retained, (one) => one.groupName)) {
    if (!(await hasHook(aws, groupName, policy))) continue
    kept.push(
      ...members.map(({ instanceId: id }) => id).filter((id) => instance === undefined || id === instance),
    )
  }
  return kept
}

/** All are begun before the first is followed: the guard sees to them side by side. */
async function retry(
  deployment: Deployment,
  surroundings: Surroundings,
  instances: readonly string[],
  waitMs: number,
): Promise<Retried[]> {
  for (const InstanceId of instances)
    await deployment.aws.terminateInstanceInAutoScalingGroup({
      InstanceId,
      ShouldDecrementDesiredCapacity: false,
    })
  if (waitMs === 0) return instances.map((id) => ({ instanceId: id, ended: 'begun' }))
  const until = surroundings.clock.now() + waitMs
  const retried: Retried[] = []
  for (const id of instances) {
    const left = Math.max(0, until - surroundings.clock.now())
    retried.push({ instanceId: id, ended: await follow(deployment, surroundings, id, left) })
  }
  return retried
}

function lines(retried: readonly Retried[], { typed }: Surroundings): string[] {
  if (retried.length === 0) return ['No machine is kept.']
  return [
    ...retried.map(({ instanceId: id, ended }) => `${id}  ${said(ended)}  ${typed(`history ${id}`)}`),
    `${counted(retried.length, 'machine')}, ${retried.filter(({ ended }) => ended === 'left').length} let go.`,
  ]
}

function said(ended: Retried['ended']): string {
  switch (ended) {
    case 'left':
      return 'let go'
    case 'begun':
      return 'on its way through the hook'
    case 'kept':
      return 'kept again'
    case 'in service':
      return 'in service'
    case 'interrupted':
    case 'timed out':
      return `${ended}; the guard goes on with it`
  }
}
