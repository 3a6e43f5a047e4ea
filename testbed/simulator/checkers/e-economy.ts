/** E1 no flush is started while a visible one runs. E2 nothing is flushed after it is proven. E3 a good end is cheap. */

import { keyOf } from '../../../src/archive/keys.ts'
import { CLOCK_SKEW_MS } from '../../../src/flush/machine-clock.ts'
import { findManifestLine, parseManifest } from '../../../src/flush/manifest.ts'
import type { Command } from '../flush-command.ts'
import type { Run } from '../run.ts'
import type { Operation } from '../seam-operations.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { isReleasedByGuard } from './s1-continue-with-proof.ts'

export function oneFlushAtATime(world: World): Checker {
  return {
    flushSent({ instanceId, parameters: { purpose } }, run) {
      const action = world.region.actionOf(instanceId)
      const running = world.ssm.commandsOf(instanceId).find(({ id, requestedAt, parameters, isByHand }) => {
        const isSame = !isByHand && parameters.purpose === purpose && requestedAt >= (action?.startedAt ?? 0)
        return isSame && run.seen.get(id)?.wasRunning
      })
      if (running) world.violation('E1', `${instanceId} is flushed while ${running.id} runs`)
    },
  }
}

export function nothingAfterProof(world: World): Checker {
  return {
    flushSent(command, run) {
      const { instanceId, parameters } = command
      const { purpose } = parameters
      if (purpose !== 'termination' || isByAnothersToken(world, command)) return
      const action = world.region.actionOf(instanceId)
      // What was proven for an action of ours is not proven for one that began as another deployment's.
      if (!action && world.region.wasAnothers(instanceId, run.startedAt)) return
      if (mayOweAdopted(world, instanceId, action?.startedAt ?? 0)) return
      const seenOnes = world.ssm
        .commandsOf(instanceId)
        .filter(({ parameters, isByHand }) => !isByHand && parameters.purpose === purpose)
        .filter(({ id, requestedAt }) => run.seen.has(id) && requestedAt >= (action?.startedAt ?? 0))
      const byAnothers = seenOnes.filter((one) => isByAnothersToken(world, one))
      const [newest, ...older] = seenOnes.filter((one) => !byAnothers.includes(one)).toReversed()
      if (!newest || world.weather.was('s3-denies', run.startedAt) || isUnreadable(world)) return
      // Which of two names is of this pause nobody may tell: the last to be flushed under is believed.
      if (byAnothers.some(({ requestedAt }) => requestedAt > newest.requestedAt)) return
      // Of two that were asked for in the same second, as Systems Manager may tell it, nobody can say which is the newer.
      const inSeconds = ({ requestedAt }: Command) => Math.floor(requestedAt / 1000)
      if (older.some((one) => inSeconds(one) === inSeconds(newest))) return
      const seen = run.seen.get(newest.id)
      if (
        seen &&
        !seen.wasRunning &&
        !seen.wasSilent &&
        isPlainlyProven(world, newest, seen.at) &&
        isAllOf(newest, [...older, ...byAnothers])
      ) {
        world.violation('E2', `${instanceId} is flushed again after ${newest.id} was proven`)
      }
    },
  }
}

/**
 * A forged message may pair an instance that our hook holds with the active token of another: nothing tells them apart before the end,
 * and it costs a flush.
 */
function isByAnothersToken({ region }: World, { comment, instanceId }: Command): boolean {
  const named = region.actions.get(comment.split(' ')[0] ?? '')
  return named !== undefined && named.instance.id !== instanceId
}

/**
 * Where no activity tells when this pause began, an adopted flush of an earlier one may be of it, and what that named is owed, whatever
 * became of it since.
 */
function mayOweAdopted({ mix, ssm }: World, instanceId: string, began: number): boolean {
  const isOfAnEarlier = ({ comment, status, requestedAt }: Command) =>
    comment.startsWith('adopted:') && status === 'Success' && requestedAt < began
  return mix['activity-is-missing'] > 0 && ssm.commandsOf(instanceId).some(isOfAnEarlier)
}

/** Whether the newest report names whatever another one of this pause named; what it leaves out stays a gap until it is proven. */
function isAllOf(newest: Command, older: readonly Command[]): boolean {
  const names = new Set(pathsIn(newest))
  return older.every((command) => pathsIn(command)?.every((path) => names.has(path)) ?? false)
}

/** `undefined` where it cannot be read here. */
function pathsIn({ output, status }: Command): readonly string[] | undefined {
  if (status !== 'Success') return []
  const line = findManifestLine(output)
  if (line.kind !== 'inline') return line.kind === 'unreadable' ? [] : undefined
  const { files, unaccounted } = parseManifest(line.gzip)
  return [...files, ...unaccounted].map(({ path }) => path)
}

/** Whether S3 tells nothing of what it holds, for ever. */
function isUnreadable({ weather }: World): boolean {
  return weather.refusesUploads || weather.is('s3-denies-for-good')
}

/** Everything that the flush reported lies in S3 since before it was looked at, with an ETag that says so. */
function isPlainlyProven(
  { bucket, setting }: World,
  { output, status, parameters }: Command,
  before: number,
): boolean {
  if (status !== 'Success') return false
  const line = findManifestLine(output)
  if (line.kind !== 'inline') return false
  const { census, files, live, unaccounted, writers } = parseManifest(line.gzip)
  return (
    live.length + unaccounted.length + writers.length === 0 &&
    // Something was there, and is not named.
    (files.length > 0 || census === 0) &&
    files.every(({ path, md5 }) => {
      const object = bucket.get(keyOf(path, parameters.prefix, setting.policy.archive.keyRule))
      return object?.etag === md5 && object.putAt < before
    })
  )
}

/** Reads that depend on the archive and not on the flush: more of them are needed where digests or names say less. */
const COUNTED_APART: readonly Operation[] = [
  'recordLifecycleActionHeartbeat',
  'getCommandInvocation',
  'headObject',
  'getObject',
  'describeAutoScalingGroups',
]
const BUDGET = 9
/** Whether such a machine booted since its action began its clock leaves open (src/termination/replaced-disk.ts). */
const NEWBORN_MS = CLOCK_SKEW_MS + 1000
/** A disk that the bin would keep is let go: which one it is, and that it may. */
const BIN_BUDGET = 2

export function aGoodEndIsCheap(world: World): Checker {
  // Where a collector took the objects, the last look has to ask where the instance is.
  if (!world.isCalm || world.setting.batchSize > 1 || world.setting.collector) return {}
  const spent = new Map<string, Set<string>>()
  const instanceOf = ({ messages: [message] }: Run) =>
    message && 'instanceId' in message.truth ? message.truth.instanceId : undefined
  return {
    called(run, operation) {
      const instanceId = instanceOf(run)
      if (!instanceId || COUNTED_APART.includes(operation)) return
      // A listing of several pages is one look.
      spent.set(instanceId, (spent.get(instanceId) ?? new Set()).add(`${run.number} ${operation}`))
    },
    atRest() {
      const actions = [...world.region.actions.values()]
      const most = BUDGET + (world.setting.policy.recovery.rungs.includes('bin') ? BIN_BUDGET : 0)
      for (const { instance, end, startedAt, groupName } of actions) {
        // A name that does not fit into the Comment costs a look-up.
        if (groupName.length > 63 || actions.filter((one) => one.instance === instance).length > 1) continue
        const [flush, ...more] = world.ssm.commandsOf(instance.id)
        const isQuick =
          flush?.endedAt &&
          flush.requestedAt >= startedAt &&
          flush.endedAt - startedAt < (world.setting.policy.queueVisibilitySeconds - 60) * 1000
        if (!isQuick || more.length > 0 || !end || !isReleasedByGuard(end.cause)) continue
        const calls = spent.get(instance.id)?.size ?? 0
        const isNewborn = startedAt - (world.region.machines.get(instance.id)?.bootedAt ?? 0) < NEWBORN_MS
        if (calls > most + (isNewborn ? 1 : 0))
          world.violation('E3', `the good end of ${instance.id} took ${calls} calls`)
      }
    },
  }
}

/** A message is not looked at more often than its look-again times allow, whatever goes wrong. */
export function noHotLoop(world: World): Checker {
  if (world.mix['message-is-received-twice'] > 0) return {}
  const { pendingSeconds, maxAttempts } = world.setting.policy
  return {
    messageDeleted({ id, receives, sentAt }) {
      const most = (world.time.now - sentAt) / (0.85 * pendingSeconds * 1000) + 2 * maxAttempts + 2
      if (receives > most) world.violation('E3', `${id} was received ${receives} times`)
    },
  }
}
