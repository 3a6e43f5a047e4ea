/** Which instances are meant by tags. */
import { AwsError } from '../../aws-error.ts'
import type { Ssm, Target } from './command-store.ts'

/** Those whose agent has registered and that have a value of every tag named. */
export function targetedInstances(ssm: Ssm, targets: readonly Target[]): readonly string[] {
  const tests = targets.map(tagTest)
  return registeredInstances(ssm).filter((id) => tests.every((test) => test(ssm.options.tagsOf(id))))
}

/** Agents register by themselves when their machine starts; one that is dead by then never does. */
export function registerAgents({ options, registered, lastPings }: Ssm): void {
  for (const id of options.instanceIds()) {
    if (!options.machine(id)?.agentOnline()) continue
    registered.add(id)
    lastPings.set(id, options.now())
  }
}

/** Of machines that EC2 still runs. */
export function registeredInstances(ssm: Ssm): readonly string[] {
  registerAgents(ssm)
  return ssm.options.instanceIds().filter((id) => ssm.registered.has(id))
}

/** `tag:env` with values, or `tag-key` with names of tags. */
function tagTest({ Key = '', Values = [] }: Target): (tags: Readonly<Record<string, string>>) => boolean {
  if (Key.startsWith('tag:')) {
    const name = Key.slice('tag:'.length)
    return (tags) => Object.hasOwn(tags, name) && Values.includes(tags[name] ?? '')
  }
  if (Key === 'tag-key') return (tags) => Values.some((name) => Object.hasOwn(tags, name))
  throw new AwsError('ValidationException', `${Key} is not a target here.`)
}
