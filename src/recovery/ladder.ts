/**
 * What to do about a machine whose logs could not be proven, or not yet, from what AWS shows of it. Pure; first match wins, and what
 * is not known leaves the machine as it is: kept, with its disk, and told.
 */
import type { RecoveryPolicy } from '../rungs.ts'
import type { Agent } from './agents.ts'
import type { Terminations } from './terminations.ts'

/** How often a kept machine is tried again; what stopped us may come back each time. */
export const MOST_RETRIES = 3
/** Each further try waits so many times longer. */
const GROWTH = 4

/** A machine in `Terminating:Retained`. */
export interface KeptMachine {
  readonly now: number
  readonly lifecycleState: string
  /** `undefined`: no scaling activity tells, or there are too many to read. */
  readonly terminations: Terminations | undefined
  /** `undefined`: SSM knows no agent there. */
  readonly agent: Agent | undefined
  /** What is asked last, and only where everything else speaks for a try. */
  readonly lastLook: LastLook | undefined
}

export interface LastLook {
  /** Of how many terminations SSM is asked for a flush (60 hours): where an activity is missing, that tells. */
  readonly flushed: number
  readonly lastFlushAt: number
  /** Why a new termination that fails, too, might not keep the machine again. */
  readonly notKeptAgain: string | undefined
  /** Why the archive does not answer. */
  readonly unread: string | undefined
  /** Its group has no healthy machine that could salvage a copy of its disk. */
  readonly isAlone?: boolean
}

export interface KeptDecision {
  readonly do: 'leave' | 'look' | 'retry'
  readonly reason: string
}

/** Whether a kept machine goes through its hook once more. */
export function decideKept(seen: KeptMachine, { rungs, retryAfterSeconds }: RecoveryPolicy): KeptDecision {
  const { now, lifecycleState, terminations, agent, lastLook } = seen
  if (!rungs.includes('retry')) return leave('recovery is switched off')
  // Whatever else is kept (of a warm pool, for a new root volume), this call does not let go, or not to where its disk survives.
  if (lifecycleState !== 'Terminating:Retained')
    return leave(`it is ${lifecycleState}, and only Terminating:Retained is tried again`)
  if (!terminations) return leave('no scaling activity tells how often it was tried')
  if (terminations.isUnderWay) return leave('a termination of it is under way')
  const tried = Math.max(terminations.ended, lastLook?.flushed ?? 0)
  if (tried > MOST_RETRIES) return leave(`it was terminated ${tried} times in vain: a person must look`)
  const lastAt = Math.max(terminations.lastEndedAt, lastLook?.lastFlushAt ?? 0)
  const dueAt = lastAt + 1000 * retryAfterSeconds * GROWTH ** (tried - 1)
  if (now < dueAt) return leave(`it is tried again at ${new Date(dueAt).toISOString()} at the earliest`)
  const isBack = agent?.isOnline && agent.lastPingAt > terminations.lastEndedAt
  // Once it is held again, a copy of its disk can be salvaged.
  if (!isBack && !rungs.includes('clone')) return leave('its SSM agent has not answered since it is kept')
  const answer = isBack ? 'its SSM agent and the archive answer' : 'a copy of its disk can be salvaged'
  if (!lastLook) return { do: 'look', reason: 'a try is due' }
  if (lastLook.unread !== undefined) return leave(`the archive cannot be read: ${lastLook.unread}`)
  if (!isBack && lastLook.isAlone)
    return leave('its SSM agent is silent, and its group has no healthy machine that could salvage its disk')
  if (lastLook.notKeptAgain !== undefined)
    return leave(`it would not be kept if that fails: ${lastLook.notKeptAgain}`)
  return { do: 'retry', reason: `${answer}: try ${tried} of ${MOST_RETRIES}` }
}

function leave(reason: string): { readonly do: 'leave'; readonly reason: string } {
  return { do: 'leave', reason }
}

/** A machine that our hook holds, and of whose disk there is no copy yet. */
export interface HeldMachine {
  readonly now: number
  /** `undefined`: no scaling activity tells. */
  readonly heldSince: number | undefined
  readonly agent: Agent | undefined
  /** What is asked last. */
  readonly look: HeldLook | undefined
}

export interface HeldLook {
  /** By Auto Scaling's own word, for a termination. */
  readonly isHeld: boolean
  readonly isRunning: boolean
  /** When it was last rebooted by us. */
  readonly rebootedAt: number | undefined
  /** A reboot was tried just now, and refused. */
  readonly isRebootRefused?: boolean
  /** Growing its disk is nothing to be tried, or was tried. */
  readonly isGrowthSpent?: boolean
  readonly isFlushing: boolean
  /** A flush of this action succeeded: what the machine writes when it boots again might never be flushed. */
  readonly wasFlushed: boolean
  /** When the newest flush that has ended was sent, if the agent never fetched it, whatever SSM says of the agent. */
  readonly unfetchedAt: number | undefined
  /** The newest complaint of a flush of this action that failed. */
  readonly said?: string | undefined
}

/** The rungs for a machine that is held, in their order. */
export const FOR_HELD = ['reboot', 'grow', 'clone'] as const

/** `grow`: whether its disk is full is not known yet (`decide-grow.ts`). */
export interface HeldDecision {
  readonly do: 'leave' | 'look' | (typeof FOR_HELD)[number]
  readonly reason: string
}

/** What is next for a machine that waits at our hook, since its agent is silent and stays so: it is rebooted, its disk grows, or is copied. */
export function decideHeld(seen: HeldMachine, { rungs, rebootAfterSeconds }: RecoveryPolicy): HeldDecision {
  const { now, heldSince, agent, look } = seen
  const [reboots, grows, clones] = FOR_HELD.map((rung) => rungs.includes(rung))
  const patientMs = 1000 * rebootAfterSeconds
  if (heldSince === undefined || now - heldSince < patientMs) return leave('it is not held for long')
  if (!look) return { do: 'look', reason: 'it is held for long' }
  const { isHeld, isRunning, rebootedAt = 0, isRebootRefused, isGrowthSpent, isFlushing, wasFlushed } = look
  if (!isHeld || !isRunning) return leave('it does not run, or our hook does not hold it')
  if (isFlushing) return leave('a flush is running')
  const isSilent = !agent?.isOnline && now - (agent?.lastPingAt ?? 0) >= patientMs
  const isDeaf = look.unfetchedAt !== undefined && look.unfetchedAt > rebootedAt
  if (!isSilent && !isDeaf) return leave('its SSM agent answers')
  const silence = agent ? `since ${new Date(agent.lastPingAt).toISOString()}` : 'as long as SSM knows'
  const reason = isSilent ? `its SSM agent is silent ${silence}` : 'its SSM agent fetches nothing'
  const wasRebooted = rebootedAt >= heldSince
  if (reboots && !wasRebooted && !wasFlushed && !isRebootRefused) return { do: 'reboot', reason }
  // A tag of ours that cannot be read tells of no moment, and must not keep what comes next from being tried.
  if (wasRebooted && rebootedAt <= now && now - rebootedAt < patientMs)
    return leave('it was rebooted a moment ago')
  // What grew takes one more boot.
  if (grows && !wasFlushed && !isGrowthSpent) return { do: 'grow', reason }
  if (!clones) return leave('everything that is switched on was tried')
  return { do: 'clone', reason }
}
