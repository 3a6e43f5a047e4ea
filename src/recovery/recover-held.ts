/**
 * Machines that our hook holds and whose agent is silent: rebooted, and where that does not help, their disk grows if it is full, and is
 * copied and salvaged otherwise.
 */
import { isPassing } from '../aws/failures.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { Rung } from '../rungs.ts'
import { adoptedAction, isHeldItself } from '../termination/lifecycle-actions.ts'
import { terminationsBegan } from '../termination/scaling-activities.ts'
import { advance, type Copies, copyDisk } from './clone.ts'
import { type Budget, type Group, idsOf, isTimeLeft } from './found.ts'
import { considerGrowing, takeStep } from './grow.ts'
import { consoleOf, lookAtHeld, reboot } from './held.ts'
import { decideHeld, type HeldLook } from './ladder.ts'

/** What one sweep knows of all copies, and does with them. */
export interface Cloning extends Copies {
  readonly budget: Budget
}

/** What is held long enough is looked at; what a pass of its own is about to prove, or has flushed, is left. */
export async function recoverHeld(
  guard: Guard,
  { groupName, members }: Group,
  cloning: Cloning,
): Promise<void> {
  const { aws, clock, policy } = guard
  const ids = idsOf(members)
  const began = await terminationsBegan(aws, groupName, ids, clock.now())
  for (const instanceId of ids) {
    if (!isTimeLeft(guard)) return
    const heldSince = began.get(instanceId)
    if (heldSince === undefined) continue
    const held = { instanceId, groupName, heldSince }
    const copy = cloning.copies.find((one) => one.instanceId === instanceId && one.actionBegan === heldSince)
    if (copy)
      await tried(guard, held, 'clone', async () => {
        if (await isHeldItself(aws, adoptedAction(held, policy.hookName, heldSince)))
          await advance(guard, groupName, copy, cloning)
      })
    else {
      const [rung = 'clone'] = policy.recovery.rungs.filter((one) => one !== 'retry')
      await tried(guard, held, rung, () => recoverSilent(guard, held, cloning.budget))
    }
  }
}

/** A machine that is held, and since when. */
interface Held {
  readonly instanceId: string
  readonly groupName: string
  readonly heldSince: number
}

/** What is refused leads on to the next rung: it would be refused again. */
async function recoverSilent(guard: Guard, held: Held, budget: Budget): Promise<void> {
  const { clock, policy, journal } = guard
  const { heldSince, ...subject } = held
  // Agents that fall silent everywhere at once are SSM's trouble more likely than theirs.
  if (budget.left <= 0) return
  const seen = { now: clock.now(), heldSince, agent: undefined, look: undefined }
  if (decideHeld(seen, policy.recovery).do !== 'look') return
  const { look, agent } = await lookAtHeld(guard, adoptedAction(held, policy.hookName, heldSince))
  const decide = (spent: Pick<HeldLook, 'isRebootRefused' | 'isGrowthSpent'>) =>
    decideHeld({ ...seen, agent, look: { ...look, ...spent } }, policy.recovery)
  let decision = decide({})
  if (decision.do === 'reboot') {
    const { reason } = decision
    budget.left--
    const isRebooted = await tried(guard, held, 'reboot', async () => {
      const console = await consoleOf(guard.aws, held.instanceId)
      journal({ event: 'recovery', rung: 'reboot', ...subject, reason, console })
      await reboot(guard, held.instanceId)
    })
    if (isRebooted) return
    decision = decide({ isRebootRefused: true })
  }
  if (decision.do === 'grow') {
    if (await grow(guard, held, look, budget)) return
    decision = decide({ isRebootRefused: true, isGrowthSpent: true })
  }
  if (decision.do === 'clone') await clone(guard, held, decision.reason, budget)
}

/** Whether this rung has taken its step, or waits for what it did. */
async function grow(guard: Guard, held: Held, look: HeldLook, budget: Budget): Promise<boolean> {
  const { instanceId, groupName } = held
  let isItsTurn = true
  const isDone = await tried(guard, held, 'grow', async () => {
    const step = await considerGrowing(guard, held, look)
    isItsTurn = step.do !== 'pass'
    if (step.do === 'pass' || step.do === 'wait') return
    budget.left--
    guard.journal({ event: 'recovery', rung: 'grow', instanceId, groupName, reason: step.reason })
    await takeStep(guard, instanceId, step)
  })
  return isDone && isItsTurn
}

async function clone(guard: Guard, held: Held, why: string, budget: Budget): Promise<void> {
  const { heldSince, ...subject } = held
  budget.left--
  await tried(guard, held, 'clone', async () => {
    const reason = `${why}: a snapshot of its disk is made`
    guard.journal({ event: 'recovery', rung: 'clone', ...subject, reason })
    await copyDisk(guard, { instanceId: held.instanceId, actionBegan: heldSince })
  })
}

/**
 * Whether it was done, or may have been: what AWS did not answer is no refusal, and the next sweep sees what came of it. One machine's
 * failure is told, and does not stop the others.
 */
export async function tried(
  { journal }: Guard,
  { instanceId, groupName }: Pick<Held, 'instanceId' | 'groupName'>,
  rung: Rung,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    journal({ event: 'recovery-failed', rung, instanceId, groupName, ...described(error) })
    return isPassing(error)
  }
}
