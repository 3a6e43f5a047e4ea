/** What is asked of AWS only by a pass that has no proof. */
import { ask } from '../aws/ask.ts'
import type { Guard } from '../guard.ts'
import type { Observation } from '../model.ts'
import { heldSeconds } from './deadline.ts'
import { isPatienceSpent } from './decide.ts'
import { hookAsDeployed, hookTimes, retainsAbandoned } from './hook.ts'
import { machineState } from './machine-state.ts'
import { troubleOf } from './trouble-of.ts'

/** Is the machine still there, and, where we would give up now, what happens then? */
export async function withMachineAndHook(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  seen: Observation,
  isLate: boolean,
): Promise<Observation> {
  const [machine, hook] = await Promise.all([
    ask(() => machineState(aws, seen.action.instanceId, heldSeconds(seen)), isLate),
    ask(() => hookTimes(aws, seen.action), isLate),
  ])
  const more = [troubleOf('ask EC2', machine), troubleOf('read the hook', hook)]
  const known: Observation = {
    ...seen,
    machine: machine.is === 'answered' ? machine.answer : 'unknown',
    hook: hook.is === 'answered' ? hook.answer : seen.hook,
    troubles: [...seen.troubles, ...more.filter((one) => one !== undefined)],
  }
  return isPatienceSpent(known, policy) ? await withRetention({ aws, policy }, known, isLate) : known
}

/** The group tells it, whether or not the hook may be read. */
async function withRetention(
  { aws, policy }: Pick<Guard, 'aws' | 'policy'>,
  seen: Observation,
  isLate: boolean,
): Promise<Observation> {
  const retains = await ask(() => retainsAbandoned(aws, seen.action), isLate)
  if (retains.is === 'answered')
    return { ...seen, hook: { ...(seen.hook ?? hookAsDeployed(policy)), retains: retains.answer } }
  return { ...seen, troubles: [...seen.troubles, { what: 'read the hook', why: retains.why }] }
}
