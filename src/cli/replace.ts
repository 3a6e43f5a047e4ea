/**
 * `replace <instance>`: replaces an instance, the only one of its group too, without loss and without downtime: a second one is
 * brought into service first, and only then the old one is terminated through Auto Scaling, hook and all.
 */
import { Command } from 'commander'
import { hasHook } from '../termination/hook.ts'
import type { Deployment } from './deployment.ts'
import { follow } from './following.ts'
import { instanceId } from './instance-id.ts'
import { minutes } from './minutes.ts'
import { planReplacement, planUndoing, replacementLines, undoingLines } from './replacement.ts'
import { factsOf, replace, undo } from './replacing.ts'
import { NotSo, type Surroundings } from './surroundings.ts'
import { type Where, withWhere } from './where.ts'

interface ReplaceOptions extends Where {
  readonly unguarded: boolean
  readonly wait: number
  readonly dryRun: boolean
  readonly undo: boolean
}

export function replaceCommand(surroundings: Surroundings): Command {
  return withWhere(new Command('replace'))
    .description('replace an instance without loss and without downtime')
    .argument('<instance>', 'the instance id', instanceId)
    .option('--unguarded', 'replace it even if nothing holds it until its logs are in S3', false)
    .option('--wait <minutes>', 'how long the second instance may take', minutes, 30)
    .option('--dry-run', 'only say what would be done', false)
    .option('--undo', 'take back what a replacement that broke off has changed', false)
    .action(async (instance: string, options: ReplaceOptions) => {
      const deployment = await surroundings.reach(options)
      const { aws, policy } = deployment
      const facts = await factsOf(aws, instance, (groupName) => hasHook(aws, groupName, policy))
      const say = (lines: readonly string[]) => {
        for (const line of lines) surroundings.terminal.print(`${options.dryRun ? 'would ' : ''}${line}`)
      }
      if (options.undo) {
        const undoing = planUndoing(instance, facts, surroundings.typed)
        say(undoingLines(undoing))
        if (!options.dryRun) await undo(aws, undoing)
        return
      }
      const plan = planReplacement(instance, facts, { ...options, hook: policy.hookName })
      say(replacementLines(plan))
      if (options.dryRun) return
      const waitMs = options.wait * 60_000
      await replace(aws, plan, waitMs, surroundings)
      if (plan.guarded) await tellEnd(deployment, surroundings, instance, waitMs)
    })
}

/** Follows the instance to its end; what was proven is in the journal and in its receipt. */
async function tellEnd(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  waitMs: number,
): Promise<void> {
  const { terminal, typed } = surroundings
  const ended = await follow(deployment, surroundings, instance, waitMs)
  switch (ended) {
    case 'left':
      terminal.print(`${instance} is let go. What was proven:  ${typed(`receipt ${instance}`)}`)
      return
    case 'kept':
      terminal.print(`${instance} is kept: its logs are not proven.  ${typed(`explain ${instance}`)}`)
      throw new NotSo()
    case 'in service':
    case 'interrupted':
    case 'timed out':
      terminal.print(
        `${instance} is on its way out (${ended}); the guard goes on with it.  ${typed(`explain ${instance}`)}`,
      )
  }
}
