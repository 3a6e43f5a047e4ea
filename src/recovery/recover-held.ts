/** Machines that our hook holds and whose agent is silent: rebooted, and where that does not help, their disk is copied and salvaged. */
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { Rung } from '../rungs.ts'
import { terminationsBegan } from '../termination/scaling-activities.ts'
import { advance, copyDisk } from './clone.ts'
import type { Copy } from './copies.ts'
import { type Budget, type Group, idsOf } from './found.ts'
import { consoleOf, lookAtHeld, reboot } from './held.ts'
import { decideHeld } from './ladder.ts'

/** What one sweep knows of all copies, and does with them. */
export interface Cloning {
  readonly copies: readonly Copy[]
  readonly budget: Budget
  /** The machines to which a copy is attached. */
  readonly busy: Set<string>
}

/** What is held long enough is looked at; what a pass of its own is about to prove, or has flushed, is left. */
export async function recoverHeld(
  guard: Guard,
  { groupName, members }: Group,
  { copies, budget, busy }: Cloning,
): Promise<void> {
  const { aws, clock, policy } = guard
  const ids = idsOf(members)
  const began = await terminationsBegan(aws, groupName, ids, clock.now())
  for (const instanceId of ids) {
    const heldSince = began.get(instanceId)
    if (heldSince === undefined) continue
    const held = { instanceId, groupName, heldSince }
    const copy = copies.find((one) => one.instanceId === instanceId && one.actionBegan === heldSince)
    if (copy) await tried(guard, held, 'clone', () => advance(guard, groupName, copy, busy))
    else {
      const rung = policy.recovery.rungs.includes('reboot') ? 'reboot' : 'clone'
      await tried(guard, held, rung, () => recoverSilent(guard, held, budget))
    }
  }
}

/** A machine that is held, and since when. */
interface Held {
  readonly instanceId: string
  readonly groupName: string
  readonly heldSince: number
}

/** A reboot that is refused leads on to the next rung: it would be refused again. */
async function recoverSilent(guard: Guard, held: Held, budget: Budget): Promise<void> {
  const { clock, policy, journal } = guard
  const { heldSince, ...subject } = held
  // Agents that fall silent everywhere at once are SSM's trouble more likely than theirs.
  if (budget.left <= 0) return
  const seen = { now: clock.now(), heldSince, agent: undefined, look: undefined }
  if (decideHeld(seen, policy.recovery).do !== 'look') return
  const action = { ...subject, hookName: policy.hookName, token: undefined, startedAt: heldSince }
  const { look, agent } = await lookAtHeld(guard, action)
  const decision = decideHeld({ ...seen, agent, look }, policy.recovery)
  if (decision.do === 'clone') return await clone(guard, held, decision.reason, budget)
  if (decision.do !== 'reboot') return
  budget.left--
  const isRebooted = await tried(guard, held, 'reboot', async () => {
    const console = await consoleOf(guard.aws, held.instanceId)
    journal({ event: 'recovery', rung: 'reboot', ...subject, reason: decision.reason, console })
    await reboot(guard, held.instanceId)
  })
  if (isRebooted) return
  const next = decideHeld({ ...seen, agent, look: { ...look, isRebootRefused: true } }, policy.recovery)
  if (next.do === 'clone') await clone(guard, held, next.reason, budget)
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

/** One machine's failure is told, and does not stop the others. */
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
    return false
  }
}
