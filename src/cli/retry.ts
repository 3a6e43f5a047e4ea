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
import { unlessInterrupted } from './interruption.ts'
import { lostInVain } from './lost-in-vain.ts'
import { minutes } from './minutes.ts'
import { NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import { toEach } from './to-each.ts'
import { type Where, withWhere } from './where.ts'

interface RetryOptions extends Where {
  readonly all: boolean
  readonly wait: number
  readonly json: boolean
}

interface Retried {
  readonly instanceId: string
  readonly ended: Ending | 'begun' | 'not begun'
  /** What AWS answered instead, where it was not begun or could not be followed. */
  readonly why?: string
}

export function retryCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('retry')))
    .description('kept machines once more through the hook: flush, prove, let go')
    .argument('[instance]', 'the instance id', instanceId)
    .option('--all', 'every kept machine of the guarded groups', false)
    .option('--wait <minutes>', 'how long to follow it (0: not at all)', minutes, 30)
    .action(async (instance: string | undefined, options: RetryOptions) => {
      if ((instance === undefined) !== options.all) throw new WrongWords('Name one instance, or type --all.')
      const deployment = await surroundings.reach(options)
      const { kept, undone } = await unlessInterrupted(
        keptOf(deployment, surroundings, instance),
        surroundings.interruption,
      )
      if (instance !== undefined && kept.length + undone.length === 0)
        throw new Refusal(
          `${instance} is not kept by this guard. What it is:  ${surroundings.typed(`explain ${instance}`)}`,
        )
      const retried = [...undone, ...(await retry(deployment, surroundings, kept, options.wait * 60_000))]
      answer(surroundings.terminal, { json: options.json, command: 'retry' }, { retried }, (value) =>
        lines(value.retried, surroundings),
      )
      if (retried.some(({ ended, why }) => why !== undefined || (ended !== 'left' && ended !== 'begun')))
        throw new NotSo()
    })
}

/** The kept machines of guarded groups, or the one that is named; and those whose groups do not tell whether they are guarded. */
async function keptOf(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string | undefined,
): Promise<{ readonly kept: string[]; readonly undone: Retried[] }> {
  const { aws, policy } = deployment
  const { retained } = await waitingAndRetained(aws)
  const meant = retained.filter(({ instanceId: id }) => instance === undefined || id === instance)
  const groups = grouped(meant, (one) => one.groupName)
  const kept: string[] = []
  const unkept: Retried[] = []
  const untold = await toEach(
    groups,
    async ([groupName, members]) => {
      if (!(await hasHook(aws, groupName, policy))) return
      const ids = members.map(({ instanceId: id }) => id)
      const why = await lostInVain(deployment, surroundings, groupName)
      if (why === undefined) kept.push(...ids)
      else unkept.push(...ids.map((id) => notBegun(id, why)))
    },
    ([groupName]) => groupName,
    surroundings,
  )
  const undone = [...untold].flatMap(([[, members], why]) =>
    members.map(({ instanceId: id }) => notBegun(id, why)),
  )
  return { kept, undone: [...undone, ...unkept] }
}

function notBegun(instanceId: string, why: string): Retried {
  return { instanceId, ended: 'not begun', why }
}

/** All are begun before the first is followed: the guard sees to them side by side. */
async function retry(
  deployment: Deployment,
  surroundings: Surroundings,
  instances: readonly string[],
  waitMs: number,
): Promise<Retried[]> {
  const { clock } = surroundings
  const unbegun = await toEach(
    instances,
    (InstanceId) =>
      deployment.aws.terminateInstanceInAutoScalingGroup({
        InstanceId,
        ShouldDecrementDesiredCapacity: false,
      }),
    (id) => id,
    surroundings,
  )
  const begun = instances.filter((id) => !unbegun.has(id))
  const until = clock.now() + waitMs
  const endings = new Map<string, Ending>()
  const unfollowed = await toEach(
    waitMs === 0 ? [] : begun,
    async (id) =>
      endings.set(id, await follow(deployment, surroundings, id, Math.max(0, until - clock.now()))),
    (id) => id,
    surroundings,
  )
  return instances.map((id) => {
    const why = unbegun.get(id) ?? unfollowed.get(id)
    const ended = unbegun.has(id) ? 'not begun' : (endings.get(id) ?? 'begun')
    return { instanceId: id, ended, ...(why !== undefined && { why }) }
  })
}

function lines(retried: readonly Retried[], { typed }: Surroundings): string[] {
  if (retried.length === 0) return ['No machine is kept.']
  return [
    ...retried.map(({ instanceId: id, ended, why }) =>
      [id, said(ended), why ?? typed(`history ${id}`)].join('  '),
    ),
    `${counted(retried.length, 'machine')}, ${retried.filter(({ ended }) => ended === 'left').length} let go.`,
  ]
}

function said(ended: Retried['ended']): string {
  switch (ended) {
    case 'left':
      return 'let go'
    case 'not begun':
      return 'not begun'
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
