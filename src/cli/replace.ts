/**
 * `replace <instance>`: replaces an instance, the only one of its group too, without loss and without downtime: a second one is
 * brought into service first, and only then the old one is terminated through Auto Scaling, hook and all.
 */
import { Command } from 'commander'
import { hasHook } from '../termination/hook.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { type Ending, follow } from './following.ts'
import { factsOf } from './group-facts.ts'
import { instanceId } from './instance-id.ts'
import { unlessInterrupted } from './interruption.ts'
import { minutes } from './minutes.ts'
import { planReplacement, planUndoing, replacementLines, undoingLines } from './replacement.ts'
import { replace, undo } from './replacing.ts'
import { NotSo, type Surroundings } from './surroundings.ts'
import type { Typed } from './typed.ts'
import { type Where, withWhere } from './where.ts'

interface ReplaceOptions extends Where {
  readonly unguarded: boolean
  readonly wait: number
  readonly dryRun: boolean
  readonly undo: boolean
  readonly json: boolean
}

interface Replaced {
  readonly instanceId: string
  /** What was to be done, step by step. */
  readonly steps: readonly string[]
  /** `replaced`: nothing guards it, so that nobody follows it to its end. */
  readonly ended: Ending | 'planned' | 'undone' | 'replaced'
}

export function replaceCommand(surroundings: Surroundings): Command {
  const { terminal, typed } = surroundings
  return withJson(withWhere(new Command('replace')))
    .description('replace an instance without loss and without downtime')
    .argument('<instance>', 'the instance id', instanceId)
    .option('--unguarded', 'replace it even if nothing holds it until its logs are in S3', false)
    .option('--wait <minutes>', 'how long the second instance may take', minutes, 30)
    .option('--dry-run', 'only say what would be done', false)
    .option('--undo', 'take back what a replacement that broke off has changed', false)
    .action(async (instance: string, options: ReplaceOptions) => {
      const deployment = await surroundings.reach(options)
      const replaced = await carryOut(deployment, surroundings, instance, options)
      answer(terminal, { json: options.json, command: 'replace' }, replaced, ({ ended }) =>
        endLines(instance, ended, typed),
      )
      if (!['left', 'planned', 'undone', 'replaced'].includes(replaced.ended)) throw new NotSo()
    })
}

/** Each step is told before it is taken; to a program, beside its answer. */
async function carryOut(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  options: ReplaceOptions,
): Promise<Replaced> {
  const { terminal, typed } = surroundings
  const { aws, policy } = deployment
  const asked = factsOf(aws, instance, (groupName) => hasHook(aws, groupName, policy))
  const facts = await unlessInterrupted(asked, surroundings.interruption)
  const say = (steps: readonly string[]) => {
    for (const step of steps)
      (options.json ? terminal.complain : terminal.print)(`${options.dryRun ? 'would ' : ''}${step}`)
  }
  const answered = (steps: readonly string[], ended: Replaced['ended']) => ({
    instanceId: instance,
    steps,
    ended,
  })
  if (options.undo) {
    const undoing = planUndoing(instance, facts, typed)
    const steps = undoingLines(undoing)
    say(steps)
    if (options.dryRun) return answered(steps, 'planned')
    await undo(aws, undoing)
    return answered(steps, 'undone')
  }
  const plan = planReplacement(instance, facts, { ...options, hook: policy.hookName }, typed)
  const steps = replacementLines(plan)
  say(steps)
  if (options.dryRun) return answered(steps, 'planned')
  const waitMs = options.wait * 60_000
  await replace(aws, plan, waitMs, surroundings)
  return answered(steps, plan.guarded ? await follow(deployment, surroundings, instance, waitMs) : 'replaced')
}

/** What was proven is in the journal and in its receipt. */
function endLines(instance: string, ended: Replaced['ended'], typed: Typed['typed']): string[] {
  switch (ended) {
    case 'left':
      return [`${instance} is let go. What was proven:  ${typed(`receipt ${instance}`)}`]
    case 'kept':
      return [`${instance} is kept: its logs are not proven.  ${typed(`explain ${instance}`)}`]
    case 'in service':
    case 'interrupted':
    case 'timed out':
      return [
        `${instance} is on its way out (${ended}); the guard goes on with it.  ${typed(`explain ${instance}`)}`,
      ]
    case 'planned':
    case 'undone':
    case 'replaced':
      return []
  }
}
