/** `doctor`: does everything hold that a group needs to be safe? Each item passes, fails, or is unknown, with why it matters and what to type. */
import { Command } from 'commander'
import { allGroups, isMarked } from '../enrolment/enrolments.ts'
import { chosenBy } from '../selection.ts'
import { hasHook } from '../termination/hook.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { deploymentChecks, groupChecks } from './doctor/checks.ts'
import { type Finding, type Fix, findings } from './doctor/finding.ts'
import { gatherGroup } from './doctor/gather.ts'
import { gatherDeployment } from './doctor/gather-deployment.ts'
import { mend, mendingOf } from './doctor/mend.ts'
import { findingLines } from './doctor-lines.ts'
import { unlessInterrupted } from './interruption.ts'
import { NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import { toEach } from './to-each.ts'
import { notEmpty, type Where, withWhere } from './where.ts'

interface DoctorOptions extends Where {
  readonly group: string | undefined
  readonly fix: boolean
  readonly yes: boolean
  readonly json: boolean
}

export function doctorCommand(surroundings: Surroundings): Command {
  const { terminal } = surroundings
  return withJson(withWhere(new Command('doctor')))
    .description('what must hold for a group to be safe, item by item')
    .option('--group <name>', 'only this Auto Scaling group (default: every guarded one)', notEmpty)
    .option('--fix', 'mend what can be mended, asking each time', false)
    .option('--yes', 'with --fix: do not ask', false)
    .action(async (options: DoctorOptions) => {
      if (options.yes && !options.fix) throw new WrongWords('There is nothing to agree to: add --fix.')
      if (options.fix && !options.yes && !terminal.isInteractive)
        throw new WrongWords('Nobody can be asked here: with --fix, type --yes as well.')
      const deployment = await surroundings.reach(options)
      const look = () =>
        unlessInterrupted(examine(deployment, surroundings, options.group), surroundings.interruption)
      let found = await look()
      if (options.fix && (await mendEach(deployment, surroundings, found, options.yes))) found = await look()
      answer(terminal, { json: options.json, command: 'doctor' }, { findings: found }, (value) =>
        findingLines(value.findings),
      )
      // What nobody knows is not so either.
      if (found.some(({ is }) => is !== 'pass')) throw new NotSo()
    })
}

async function examine(
  deployment: Deployment,
  surroundings: Surroundings,
  group: string | undefined,
): Promise<Finding[]> {
  const { terminal, clock } = surroundings
  const now = clock.now()
  terminal.complain(`looking at ${deployment.name}`)
  const itself = await gatherDeployment(deployment, now)
  const found = findings(deploymentChecks, itself, surroundings)
  const groups = group === undefined ? await guardedGroups(deployment) : [group]
  if (groups.length === 0) throw new Refusal('No group is guarded. Name one with --group.')
  for (const name of groups) {
    terminal.complain(`looking at ${name}`)
    const facts = await gatherGroup(deployment, name, itself.notifierRoleArn, now)
    found.push(...findings(groupChecks, facts, surroundings))
  }
  return found
}

/** Those that are chosen, bear our mark or have our hook: also one whose hook is gone. */
async function guardedGroups({ aws, policy }: Deployment): Promise<string[]> {
  const guarded: string[] = []
  for (const group of await allGroups(aws)) {
    const isOurs =
      isMarked(group.tags, policy.hookName) || chosenBy(policy.enrolment?.selections ?? [], group).length > 0
    if (isOurs || (await hasHook(aws, group.name, policy))) guarded.push(group.name)
  }
  return guarded
}

/** Whether anything was mended. */
async function mendEach(
  deployment: Deployment,
  surroundings: Surroundings,
  found: readonly Finding[],
  isAgreed: boolean,
): Promise<boolean> {
  const { terminal, interruption } = surroundings
  const isWanted = async (what: string) => {
    const answered = await unlessInterrupted(terminal.ask(`${what}? [y/N] `), interruption)
    return /^y(es)?$/i.test(answered.trim())
  }
  const fixes = new Map<string, Fix>()
  for (const { fix } of found) if (fix) fixes.set(JSON.stringify(fix), fix)
  let mended = false
  const mendOne = async (fix: Fix) => {
    const what = mendingOf(fix)
    if (!isAgreed && !(await isWanted(what))) return
    await mend(deployment, fix)
    terminal.complain(`done: ${what}`)
    mended = true
  }
  await toEach(fixes.values(), mendOne, (fix) => `not done: ${mendingOf(fix)}`, surroundings)
  return mended
}
