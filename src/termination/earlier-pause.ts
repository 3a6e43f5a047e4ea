/**
 * A token that a message pairs with an instance may be another's, and still active when the instance passes the hook once more. What was
 * flushed under it in the earlier pause would prove the later one (S1). Nothing that Auto Scaling answers tells whose a token is; but what
 * holds the instance began later than that flush, as its scaling activity tells. To ask for it costs a call, so it is asked only of what
 * no ordinary termination shows.
 */
import { ask } from '../aws/ask.ts'
import type { Invocation } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { NotOurs } from './not-ours.ts'
import { terminationsBegan } from './scaling-activities.ts'

/** Lambda's clock, and those of AWS's services. */
export const CLOCKS_DIFFER_MS = 5000

/** A flush that has ended is looked at so soon; what has been silent for longer may be of an earlier pause. */
const LATE_MS = 60_000

interface Listed {
  /** The invocations of this action, and all that were listed of its instance. */
  readonly ours: readonly Invocation[]
  readonly all: readonly Invocation[]
  /** Patience is over: what fails is no answer, and is not waited for. */
  readonly isLate: boolean
}

/**
 * Those of a held action's invocations that may speak for it: all; or, where nobody tells, and what was flushed last has another name, none,
 * so that it is flushed once more. `sentAt`: when the message was sent to the queue, epoch milliseconds; one that comes once more is sent
 * anew. Throws NotOurs.
 */
export async function ofThisPause(
  { aws, clock }: Pick<Guard, 'aws' | 'clock'>,
  { groupName, instanceId, token }: LifecycleAction,
  { ours, all, isLate }: Listed,
  sentAt: number | undefined,
): Promise<readonly Invocation[]> {
  if (token === undefined || ours.length === 0) return ours
  const now = clock.now()
  const endedAt = Math.max(...ours.map(({ flush }) => flush.endedAt ?? flush.requestedAt))
  const others = all.filter((one) => one.belongsTo && !ours.includes(one))
  const isLast = !others.some(({ flush }) => flush.requestedAt > endedAt)
  const comesOnceMore = sentAt !== undefined && sentAt - endedAt >= LATE_MS
  if (isLast && !comesOnceMore && (others.length === 0 || now - endedAt < LATE_MS)) return ours
  const asked = await ask(() => terminationsBegan(aws, groupName, [instanceId], now), isLate)
  const began = asked.is === 'answered' ? asked.answer.get(instanceId) : undefined
  if (began === undefined) return isLast ? ours : []
  if (began <= endedAt + CLOCKS_DIFFER_MS) return ours
  throw new NotOurs(
    `token ${token} is another instance's: what holds ${instanceId} began after the flush that bears it`,
  )
}
