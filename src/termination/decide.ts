/**
 * The product: what to do about one terminating instance, given everything one pass saw. Pure. First match wins; the table in
 * docs/design.md is this function in prose, and test/termination/decide.test.ts has a test for every row.
 *
 * Named rules (invariants): S1 CONTINUE as archived only with a complete proof of a flush that began after the action did.
 * E1 no flush while a visible one runs. E2 nothing is flushed after it is proven.
 */
import { globalTimeoutOf, latestEndOf } from '../global-timeout.ts'
import { type Decision, isKept, type Observation, type Trouble } from '../model.ts'
import type { Policy } from '../policy.ts'
import { secondsUntilAttempt } from './attempts.ts'
import { deadlineSeconds, heldSeconds, lookCap } from './deadline.ts'
import { copiedAtOf, type Evidence, owedManifest } from './evidence.ts'
import { mustBeOver, secondsInTrouble, secondsUntilFlushMustBeOver, secondsUntilHook } from './pace.ts'
import { underWay, whatIsRefused, whyNoFlush, whyNoFurther, whyUnproven } from './reasons.ts'

/** A machine that is stopped may be on its way up again, or EC2's answer may be old: so long it is waited for. */
export const STOPPED_SECONDS = 600

/** Without these answers nobody knows what was flushed. */
const WHAT_WAS_FLUSHED: ReadonlySet<Trouble['what']> = new Set([
  'list its flushes',
  'read what its flushes reported',
])
/** A flush can be started without these. */
const NOT_IN_THE_WAY: ReadonlySet<Trouble['what']> = new Set(['ask where it is', 'read the hook', 'ask EC2'])

export function decide(seen: Observation, policy: Policy): Decision {
  const proven = provenOutcome(seen)

  if (seen.hold === 'over') return settle(seen, proven)
  if (seen.hold === 'pending')
    return wait(
      'hook',
      secondsUntilHook(seen, policy),
      'our hook does not hold the instance: not yet, or no more',
    )

  if (proven) return { do: 'continue', outcome: proven.outcome, reason: proven.reason }
  if (seen.machine === 'gone') {
    if (policy.recovery.rungs.includes('bin') && heldSeconds(seen) < deadlineSeconds(seen, policy))
      return wait(
        'disk',
        secondsInTrouble(seen, policy),
        `the machine is gone, and its disk may be kept: ${whyUnproven(seen)}`,
      )
    return {
      do: 'continue',
      outcome: 'lost',
      reason: `the machine was gone before its logs were proven: ${whyUnproven(seen)}`,
    }
  }

  if (isPatienceSpent(seen, policy)) return giveUp(seen, policy)
  if (seen.machine === 'stopped')
    return wait('start', secondsInTrouble(seen, policy), `the machine is stopped, and nothing can run on it`)
  // Not only the newest: two passes at once may have started two, and the second is over first.
  const running = seen.flushes.find(({ status }) => status === 'running') ?? seen.busyWith
  if (running) {
    const seconds = secondsUntilFlushMustBeOver(seen, running, policy)
    return wait('flush', seconds, underWay(running))
  }
  // What is not known cannot be acted upon, and no flush would tell it.
  if (seen.proof?.unread !== undefined)
    return wait('answer', secondsInTrouble(seen, policy), whyUnproven(seen))
  if (seen.agent !== 'unknown') return wait('agent', secondsInTrouble(seen, policy), whyNoFlush(seen))
  if (seen.troubles.some(({ what }) => WHAT_WAS_FLUSHED.has(what)))
    return wait('answer', secondsInTrouble(seen, policy), whatIsRefused(seen))

  const newest = seen.flushes[0]
  if (!newest) return { do: 'flush', upload: undefined, reason: 'nothing has been flushed yet' }
  if (seen.flushes.length >= policy.maxAttempts)
    return wait('patience', secondsInTrouble(seen, policy), `no attempt is left; ${whyUnproven(seen)}`)
  const seconds = secondsUntilAttempt(seen, newest, policy)
  if (seconds > 0) {
    const later = Math.min(seconds, lookCap(seen, policy))
    return wait('retry', later, `${whyUnproven(seen)}; the next attempt is not due yet`)
  }
  return { do: 'flush', upload: filesToUpload(seen), reason: whyUnproven(seen) }
}

interface Proven {
  readonly outcome: 'archived' | 'empty'
  readonly reason: string
}

/**
 * S1: the one place where a proof becomes a right to say CONTINUE. Only a proof that goes with the newest flush counts, an older one
 * saw less; and it must be of everything that any flush of the action named.
 */
export function provenOutcome(seen: Evidence & Pick<Observation, 'proof'>): Proven | undefined {
  const owed = owedManifest(seen)
  const copiedAt = copiedAtOf(seen)
  if (owed?.purpose !== (copiedAt === undefined ? 'termination' : 'salvage')) return undefined
  if (owed.live.length > 0 || owed.unaccounted.length > 0 || owed.writers.length > 0) return undefined
  const { proof } = seen
  if (!proof || proof.unread !== undefined) return undefined
  if (proof.gaps.length > 0 || proof.files !== owed.files.length) return undefined
  if (owed.files.length > 0)
    return {
      outcome: 'archived',
      reason: `${proof.files === 1 ? 'its one file is' : `all ${proof.files} files are`} in S3${asCopied(copiedAt)}`,
    }
  return owed.census === 0 ? { outcome: 'empty', reason: 'the instance had no logs to archive' } : undefined
}

function asCopied(copiedAt: number | undefined): string {
  return copiedAt === undefined ? '' : `, as its disk was at ${new Date(copiedAt).toISOString()}`
}

function settle(seen: Observation, found: Proven | undefined): Decision {
  const keeps = isKept(seen.lifecycleState)
  if (typeof seen.rootReplacedAt === 'number') {
    const replaced = new Date(seen.rootReplacedAt).toISOString()
    const reason = `the action ended without proof: its root volume was replaced at ${replaced}`
    return { do: 'settle', outcome: 'expired', reason }
  }
  const proven = seen.rootReplacedAt === undefined ? found : undefined
  // A machine that is kept has gone on since its disk was copied.
  if (proven && copiedAtOf(seen) !== undefined && (keeps || isWhereUntold(seen)))
    return {
      do: 'settle',
      outcome: 'retained',
      reason: keeps
        ? `the action is over and the machine is kept: ${proven.reason}, and what it wrote since is not`
        : `the action is over: ${proven.reason}; the machine may be kept, and what it wrote since is not: ${whatIsRefused(seen)}`,
    }
  if (proven) {
    const release = keeps ? `; the machine is kept and may go: ${releaseCommand(seen)}` : ''
    const reason = `the action is over; ${proven.reason}${release}`
    return { do: 'settle', outcome: proven.outcome, reason }
  }
  const why = found
    ? 'the machine booted since it began, and EC2 does not tell from which disk'
    : whyUnproven(seen)
  return keeps
    ? { do: 'settle', outcome: 'retained', reason: `the action is over and the machine is kept: ${why}` }
    : { do: 'settle', outcome: 'expired', reason: `the action ended without proof: ${why}` }
}

function isWhereUntold(seen: Observation): boolean {
  return seen.troubles.some(({ what }) => what === 'ask where it is')
}

function releaseCommand({ action }: Observation): string {
  return `aws autoscaling terminate-instance-in-auto-scaling-group --no-should-decrement-desired-capacity --instance-id ${action.instanceId}`
}

/**
 * Patience is the deadline, whatever fails; a machine that stays stopped has less to wait for. Nothing is given up before it was tried,
 * however late we come.
 */
export function isPatienceSpent(seen: Observation, policy: Policy): boolean {
  if (seen.machine === 'stopped' && heldSeconds(seen) >= STOPPED_SECONDS) return true
  const isUntried =
    seen.flushes.length === 0 &&
    seen.agent === 'unknown' &&
    seen.troubles.every(({ what }) => NOT_IN_THE_WAY.has(what)) &&
    !mustBeOver(seen, seen.busyWith, policy)
  return !isUntried && heldSeconds(seen) >= deadlineSeconds(seen, policy)
}

/**
 * Without retention, ABANDON ends the machine and its logs. `hold` therefore keeps it, loudly, as long as Auto Scaling
 * lets us, so that a person can still save what is on it; and so does a group that does not tell whether it retains: what becomes of
 * its machine then nobody knows, and it is told neither as kept nor as lost.
 */
function giveUp(seen: Observation, policy: Policy): Decision {
  const stopped = seen.machine === 'stopped' ? 'the machine is stopped, its disk is whole; ' : ''
  const reason = `${stopped}${stopped ? '' : 'patience is spent: '}${whatWasTried(seen)}`
  const retains = seen.hook?.retains
  if (retains) return { do: 'abandon', outcome: 'retained', reason }
  const why = retains === undefined ? 'whether the group retains is not known' : 'the group does not retain'
  const global = seen.hook?.globalTimeoutSeconds ?? globalTimeoutOf(policy.heartbeatTimeoutSeconds)
  const left = latestEndOf(global) - heldSeconds(seen)
  if ((policy.withoutRetention === 'hold' || retains === undefined) && left > 0)
    return wait('person', Math.min(lookCap(seen, policy), left), `${reason}; ${why}, so the machine is held`)
  return { do: 'abandon', outcome: retains === undefined ? 'expired' : 'lost', reason: `${reason}; ${why}` }
}

function whatWasTried(seen: Observation): string {
  const attempts = seen.flushes.length
  if (attempts === 0) return `no flush could be started: ${whyUnproven(seen)}`
  return `after ${attempts === 1 ? 'one flush' : `${attempts} flushes`}, ${whyUnproven(seen)}${whyNoFurther(seen)}`
}

/** What the proof found missing, once there was one; everything, when a flush never reported. A second upload to a shared key mends nothing. */
function filesToUpload(seen: Observation): readonly string[] | undefined {
  const paths = seen.proof?.gaps.filter(({ is }) => is !== 'shared').map(({ path }) => path) ?? []
  return paths.length > 0 ? paths : undefined
}

type Wait = Extract<Decision, { do: 'wait' }>

function wait(waitsFor: Wait['waitsFor'], seconds: number, reason: string): Wait {
  return { do: 'wait', waitsFor, seconds, reason }
}
