/** `explain <instance>`: what the guard sees of an instance now, what it would do, and what there is to type. */
import { Command } from 'commander'
import { type Flush, type HookFacts, isKept, type Machine } from '../model.ts'
import { type Agent, agentsOf } from '../recovery/agents.ts'
import { type Explanation, explain } from '../termination/explain.ts'
import { answer, withJson } from './answer.ts'
import { counted } from './counted.ts'
import type { Deployment } from './deployment.ts'
import { duration } from './duration.ts'
import { instanceId } from './instance-id.ts'
import { unlessInterrupted } from './interruption.ts'
import { known } from './known.ts'
import type { Surroundings } from './surroundings.ts'
import type { Typed } from './typed.ts'
import { type Where, withWhere } from './where.ts'

const MAX_NAMED_FILES = 10

const MACHINE: Readonly<Record<Machine, string>> = {
  alive: 'there',
  stopped: 'stopped: nothing can run on it, its disk is whole',
  gone: 'gone: it was terminated past the hook',
  unknown: 'EC2 is not asked while nothing hinges on it, or does not say',
}

interface ExplainOptions extends Where {
  readonly json: boolean
}

export function explainCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('explain')))
    .description('what the guard sees of an instance now, and would do; changes nothing')
    .argument('<instance>', 'the instance id', instanceId)
    .action(async (instance: string, options: ExplainOptions) => {
      const deployment = await surroundings.reach(options)
      const asked = explained(deployment, surroundings, instance)
      const explanation = await unlessInterrupted(asked, surroundings.interruption)
      answer(surroundings.terminal, { json: options.json, command: 'explain' }, { explanation }, (value) =>
        explanationLines(instance, value.explanation, surroundings),
      )
    })
}

/** Whether a person can do something on a kept machine hinges on its agent, which no pass asks about. */
export type Explained = Explanation & {
  /** `null`: SSM knows no agent there; `undefined`: it was not asked, or did not tell. */
  readonly agent?: Agent | null
}

export async function explained(
  { aws, policy }: Deployment,
  { clock }: Pick<Surroundings, 'clock'>,
  instance: string,
): Promise<Explained> {
  const explanation = await explain({ aws, clock, policy }, instance)
  if (explanation.is !== 'standing' || !isKept(explanation.lifecycleState)) return explanation
  const asked = await known(() => agentsOf(aws, [instance]))
  return asked.is === 'answered' ? { ...explanation, agent: asked.answer.get(instance) ?? null } : explanation
}

export function explanationLines(instance: string, explanation: Explained, next: Typed): string[] {
  switch (explanation.is) {
    case 'unknown':
      return [
        `${instance} is in no Auto Scaling group: it never was, or it is gone.`,
        `What became of it:  ${next.typed(`history ${instance}`)}`,
      ]
    case 'standing':
      return standingLines(instance, explanation, next)
    case 'held':
      return heldLines(explanation)
  }
}

function standingLines(
  instance: string,
  { groupName, lifecycleState, hook, agent }: Extract<Explained, { is: 'standing' }>,
  { typed, typedAws }: Typed,
): string[] {
  const head = [`${instance}  ${lifecycleState}  in ${groupName}`, row('hook', hookLine(hook))]
  if (!isKept(lifecycleState)) return head
  return [
    ...head,
    row('kept', 'its logs could not be proven to be in S3; its disk is still there'),
    row('why', typed(`history ${instance}`)),
    ...(agent === undefined || agent?.isOnline
      ? [row('save', typedAws(`ssm start-session --target ${instance}`))]
      : [
          row('agent', `${silence(agent)}: no session reaches it, and no flush`),
          row('save', 'a copy of its disk, as docs/operate.md has it (By hand):'),
          row('', typed(`salvage ${instance} --on HEALTHY_INSTANCE --volume COPY`)),
        ]),
    row('retry', typed(`retry ${instance}`)),
    row('end', typed(`release ${instance} --accept-loss --reason "…"`)),
  ]
}

function silence(agent: Agent | null): string {
  return agent ? `silent since ${new Date(agent.lastPingAt).toISOString()}` : 'SSM knows none there'
}

function heldLines({ seen, decision, withoutAgent }: Extract<Explanation, { is: 'held' }>): string[] {
  const { action, flushes, proof, now } = seen
  const report = flushes[0]?.report
  const live = report?.kind === 'manifest' ? report.manifest.live.map(({ path }) => `live     ${path}`) : []
  const open = [...(proof?.gaps.map((gap) => `${gap.is.padEnd(9)}${gap.path}`) ?? []), ...live]
  return [
    `${action.instanceId}  ${seen.lifecycleState}  in ${action.groupName}`,
    row('hook', hookLine(seen.hook)),
    row('held', `for ${duration(now - action.startedAt)}`),
    row('machine', MACHINE[seen.machine]),
    ...flushes.map((flush, index) => row(index === 0 ? 'flushes' : '', flushLine(flush))),
    ...(flushes.length === 0 ? [row('flushes', 'none yet')] : []),
    row(
      'archive',
      proof
        ? `${proof.files - proof.gaps.length} of ${counted(proof.files, 'file')} proven, ${counted(proof.bytes, 'byte')}`
        : 'not known yet',
    ),
    ...open.slice(0, MAX_NAMED_FILES).map((line) => row('', line)),
    ...(open.length > MAX_NAMED_FILES ? [row('', `and ${open.length - MAX_NAMED_FILES} more`)] : []),
    row('next', `${decision.do}: ${decision.reason}`),
    // Whether it does is only known by sending it something.
    ...(withoutAgent
      ? [row('', `if the agent does not answer, ${withoutAgent.do}: ${withoutAgent.reason}`)]
      : []),
  ]
}

function flushLine({ commandId, statusDetails, requestedAt, endedAt }: Flush): string {
  const took = endedAt === undefined ? '' : ` after ${duration(endedAt - requestedAt)}`
  return `${commandId}  ${statusDetails}${took}  (asked for at ${new Date(requestedAt).toISOString()})`
}

function hookLine(hook: HookFacts | undefined): string {
  if (!hook) return 'none of ours: this group is not guarded'
  return `heartbeat ${hook.heartbeatTimeoutSeconds} s, ${retention(hook.retains)}`
}

function retention(retains: HookFacts['retains']): string {
  if (retains === undefined) return 'whether it retains on ABANDON is not told'
  return retains ? 'retains on ABANDON' : 'DOES NOT RETAIN on ABANDON'
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(9)}${value}`
}
