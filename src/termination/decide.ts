/**
 * The product: what to do about one terminating instance, given everything one pass saw. Pure. First match wins; the table in
 * docs/design.md is this function in prose, and test/termination/decide.test.ts has a test for every row.
 *
 * Named rules (invariants): S1 CONTINUE as archived only with a complete proof of a flush that began after the action did.
 * E1 no flush while a visible one runs. E2 nothing is flushed after it is proven.
 */
import type { Decision, Flush, Manifest, Observation } from '../model.ts'
import type { Policy } from '../policy.ts'

export function decide(seen: Observation, policy: Policy): Decision {
  const proven = provenOutcome(seen)

  if (seen.hold === 'over') return settle(seen, proven)
  if (seen.hold === 'pending')
    return wait('hook', policy.pendingSeconds, 'the instance has not reached our hook yet')

  if (proven) return { do: 'continue', outcome: proven.outcome, reason: proven.reason }
  if (seen.machine === 'gone') {
    return {
      do: 'continue',
      outcome: 'lost',
      reason: `the machine was gone before its logs were proven: ${gaps(seen)}`,
    }
  }

  const newest = seen.flushes[0]
  if (isPatienceSpent(seen, policy)) return giveUp(seen, policy)
  // Not only the newest: two passes at once may have started two, and the second is over first.
  const running = seen.flushes.find(({ status }) => status === 'running')
  if (running) {
    return wait(
      'flush',
      secondsUntilFlushMustBeOver(seen, running, policy),
      `flush ${running.commandId} is running`,
    )
  }
  if (seen.agent !== 'unknown') return wait('agent', unreachableDelay(seen, policy), WHY_NOT[seen.agent])
  if (!newest) return { do: 'flush', upload: undefined, reason: 'nothing has been flushed yet' }

  const retryInSeconds = secondsUntilRetry(seen, newest, policy)
  if (retryInSeconds > 0)
    return wait('retry', retryInSeconds, `${gaps(seen)}; the next attempt is not due yet`)
  return { do: 'flush', upload: filesToUpload(seen), reason: gaps(seen) }
}

/** S1: the one place where a proof becomes a right to say CONTINUE. Only the newest flush counts: an older one saw less. */
function provenOutcome(seen: Observation): { outcome: 'archived' | 'empty'; reason: string } | undefined {
  const manifest = manifestOf(seen.flushes[0])
  if (manifest?.purpose !== 'termination' || manifest.live.length > 0) return undefined
  if (manifest.unaccounted.length > 0 || manifest.writers.length > 0) return undefined
  if (!seen.proof || seen.proof.gaps.length > 0 || seen.proof.files !== manifest.files.length)
    return undefined
  if (manifest.files.length === 0) return { outcome: 'empty', reason: 'the instance had no logs to archive' }
  return {
    outcome: 'archived',
    reason: seen.proof.files === 1 ? 'its one file is in S3' : `all ${seen.proof.files} files are in S3`,
  }
}

function settle(seen: Observation, proven: ReturnType<typeof provenOutcome>): Decision {
  if (proven) return { do: 'settle', outcome: proven.outcome, reason: `the action is over; ${proven.reason}` }
  if (seen.lifecycleState?.endsWith(':Retained')) {
    return {
      do: 'settle',
      outcome: 'retained',
      reason: `the action is over and the machine is kept: ${gaps(seen)}`,
    }
  }
  return { do: 'settle', outcome: 'expired', reason: `the action ended without proof: ${gaps(seen)}` }
}

/**
 * Patience is the deadline or the attempts, whichever is first. A flush that is still running is waited for even when it
 * is the last attempt: only the deadline ends it. Nothing is given up before it was tried, however late we come.
 */
function isPatienceSpent(seen: Observation, policy: Policy): boolean {
  if (seen.flushes.length === 0 && seen.agent === 'unknown') return false
  if (heldSeconds(seen) >= deadlineSeconds(seen, policy)) return true
  const isRunning = seen.flushes.some(({ status }) => status === 'running')
  return seen.flushes.length >= policy.maxAttempts && !isRunning
}

/** Well before Auto Scaling's own end of the action, so that it is we who end it, with a reason. */
function deadlineSeconds(seen: Observation, policy: Policy): number {
  const globalTimeout = seen.hook?.globalTimeoutSeconds ?? Number.POSITIVE_INFINITY
  return Math.min(policy.patienceSeconds, 0.8 * globalTimeout)
}

/**
 * Without retention, ABANDON ends the machine and its logs. `hold` therefore keeps it, loudly, as long as Auto Scaling
 * lets us, so that a person can still save what is on it.
 */
function giveUp(seen: Observation, policy: Policy): Decision {
  const reason = `patience is spent: ${whatWasTried(seen)}`
  if (!seen.hook) return wait('person', policy.pendingSeconds, reason)
  if (seen.hook.retains) return { do: 'abandon', outcome: 'retained', reason }
  const lastMoment = 0.8 * seen.hook.globalTimeoutSeconds
  if (policy.withoutRetention === 'hold' && heldSeconds(seen) < lastMoment) {
    const seconds = Math.min(lookCap(seen, policy), lastMoment - heldSeconds(seen))
    return wait('person', seconds, `${reason}; the group does not retain, so the machine is held`)
  }
  return { do: 'abandon', outcome: 'lost', reason: `${reason}; the group does not retain` }
}

function whatWasTried(seen: Observation): string {
  const attempts = seen.flushes.length
  if (attempts === 0) return `no flush could be started: ${gaps(seen)}`
  return `after ${attempts === 1 ? 'one flush' : `${attempts} flushes`}, ${gaps(seen)}`
}

/** What the proof found missing, once there was one; everything, when a flush never reported. */
function filesToUpload(seen: Observation): readonly string[] | undefined {
  if (!seen.proof) return undefined
  const paths = seen.proof.gaps.map((gap) => gap.path)
  return paths.length > 0 ? paths : undefined
}

/**
 * The SSM event wakes us when a flush ends. The look is for the event that was lost, so it need not come sooner. A flush that should
 * long be over is looked at ever more rarely: every look costs one of the message's receives.
 */
function secondsUntilFlushMustBeOver(seen: Observation, flush: Flush, policy: Policy): number {
  const endsAt = flush.requestedAt + (policy.deliveryTimeoutSeconds + policy.executionTimeoutSeconds) * 1000
  const untilEnd = (endsAt - seen.now) / 1000
  const seconds = Math.max(untilEnd + policy.pendingSeconds, policy.pendingSeconds, -untilEnd / 4)
  return Math.min(seconds, lookCap(seen, policy))
}

/** A dead machine costs no more than a slow one: the longer it was silent, the rarer we ask. */
function unreachableDelay(seen: Observation, policy: Policy): number {
  const soonest = Math.max(policy.retrySeconds, policy.pendingSeconds)
  return Math.min(Math.max(soonest, heldSeconds(seen) / 4), lookCap(seen, policy))
}

function secondsUntilRetry(seen: Observation, newest: Flush, policy: Policy): number {
  const backOff = policy.retrySeconds * 2 ** (seen.flushes.length - 1)
  const dueAt = newest.requestedAt + Math.min(backOff, lookCap(seen, policy)) * 1000
  return Math.max(0, (dueAt - seen.now) / 1000)
}

/** S3: however long a wait is, two heartbeats fit into the hook's time-out. */
function lookCap(seen: Observation, policy: Policy): number {
  const heartbeat = seen.hook?.heartbeatTimeoutSeconds ?? policy.heartbeatTimeoutSeconds
  return Math.min(policy.lookAgainSeconds, heartbeat / 3)
}

function heldSeconds(seen: Observation): number {
  return (seen.now - seen.action.startedAt) / 1000
}

type Wait = Extract<Decision, { do: 'wait' }>

function wait(waitsFor: Wait['waitsFor'], seconds: number, reason: string): Wait {
  return { do: 'wait', waitsFor, seconds, reason }
}

function manifestOf(flush: Flush | undefined): Manifest | undefined {
  return flush?.status === 'succeeded' && flush.report?.kind === 'manifest'
    ? flush.report.manifest
    : undefined
}

/** Paths come from the instance, and the reason is a line of the journal. */
const MAX_PATH_CHARACTERS = 300

const WHY_NOT = {
  unreachable: 'the SSM agent does not answer',
  unplaced: 'the group belongs to no Elastic Beanstalk environment, which ARCHIVE_PREFIX asks for',
} as const

/** Why there is no proof, in one line for an operator. */
function gaps(seen: Observation): string {
  const newest = seen.flushes[0]
  if (!newest) return seen.agent === 'unknown' ? 'nothing was flushed' : WHY_NOT[seen.agent]
  if (newest.status === 'running') return `flush ${newest.commandId} never ended`
  if (newest.status === 'failed') return `flush ${newest.commandId} ended as ${newest.statusDetails}`
  if (newest.report?.kind !== 'manifest')
    return `flush ${newest.commandId}: ${newest.report?.why ?? 'no report'}`
  const { manifest } = newest.report
  const count = (is: string) => seen.proof?.gaps.filter((gap) => gap.is === is).length ?? 0
  const found = (['missing', 'short', 'different', 'unproven'] as const)
    .filter((is) => count(is) > 0)
    .map((is) => `${count(is)} ${is}`)
  const { live, unaccounted, writers } = manifest
  if (live.length > 0) found.push(`${live.length} still live`)
  if (unaccounted.length > 0) found.push(`${unaccounted.length} unaccounted`)
  if (writers.length > 0) found.push(`${writers.length} still written (by ${writers[0]?.name})`)
  if (found.length === 0) return seen.proof ? 'nothing is missing' : 'the archive could not be read'
  const first = ([...(seen.proof?.gaps ?? []), ...live, ...unaccounted, ...writers][0]?.path ?? '').slice(
    0,
    MAX_PATH_CHARACTERS,
  )
  return `of ${manifest.files.length} files ${found.join(', ')} (first: ${first})`
}
