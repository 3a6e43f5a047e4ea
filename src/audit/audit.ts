/**
 * The hourly look at every running instance of the guarded groups: one that has published nothing for too long is flushed without being
 * disturbed, and the next audit proves what came of it. Nothing waits, and one instance that fails does not stop the others.
 */
import pMap from 'p-map'
import { prove } from '../archive/archives.ts'
import { prefixOf } from '../archive/destination.ts'
import { list } from '../archive/listing.ts'
import { chosenGroups } from '../enrolment/enrolments.ts'
import { auditComment, listInvocations } from '../flush/commands.ts'
import { startFlush } from '../flush/start-flush.ts'
import { withReport } from '../flush/with-report.ts'
import { type Guard, guardUntil, passTimes } from '../guard.ts'
import { described } from '../journal/described.ts'
import { type AuditEvent, isFinding } from '../journal/journal.ts'
import { shuffled } from '../shuffled.ts'
import { hasHook } from '../termination/hook.ts'
import { launchedAt, machineState } from '../termination/machine-state.ts'
import { type AuditFacts, decideAudit, isSilent, silentSeconds } from './finding.ts'

const CONCURRENT_INSTANCES = 5
const MAX_NAMED_FILES = 10
/** Finding out what runs takes at most so much of the function's time. */
const SHARE_OF_LISTING = 0.25

interface Running {
  readonly groupName: string
  readonly instanceId: string
}

export async function audit(guard: Guard, remainingMs: () => number): Promise<void> {
  const { policy, journal, random, clock } = guard
  const listing = guardUntil(guard, clock.now() + SHARE_OF_LISTING * remainingMs())
  // Shuffled, as the groups are, so that where time is short it is not always the same ones that are left out.
  const instances = shuffled(await runningInstances(listing), random)
  let findings = 0
  let failed = 0
  let deferred = 0
  await pMap(
    instances,
    async (instance) => {
      if (remainingMs() < policy.passSeconds * 1000) {
        deferred++
        return
      }
      try {
        const { endsAt } = passTimes(clock.now(), remainingMs())
        const event = await auditOne(guardUntil(guard, endsAt), instance)
        if (!event) return
        journal(event)
        if (isFinding(event)) findings++
      } catch (error) {
        failed++
        journal({ event: 'audit-failed', ...instance, ...described(error) })
      }
    },
    { concurrency: CONCURRENT_INSTANCES },
  )
  journal({ event: 'audit', instances: instances.length, findings, failed, deferred })
}

async function runningInstances({ aws, policy, random, journal }: Guard): Promise<Running[]> {
  const groups = await chosenGroups(aws, policy.enrolment?.selections ?? [])
  const running: Running[] = []
  for (const { name, members } of shuffled(groups, random)) {
    const inService = members.filter(({ lifecycleState }) => lifecycleState === 'InService')
    if (inService.length === 0) continue
    try {
      if (!(await hasHook(aws, name, policy))) continue
    } catch (error) {
      // The others are looked at all the same; this one in the next audit.
      journal({ event: 'group-failed', groupName: name, ...described(error) })
      continue
    }
    running.push(...inService.map(({ instanceId }) => ({ groupName: name, instanceId })))
  }
  return running
}

/** `undefined`: the instance publishes, and there is nothing to tell. */
async function auditOne(guard: Guard, instance: Running): Promise<AuditEvent | undefined> {
  const { aws, policy } = guard
  const prefix = await prefixOf(aws, policy.archive.prefix, instance)
  const seen = await look(guard, instance, prefix)
  const decision = decideAudit(seen, policy.auditAfterSeconds)
  if (decision.do === 'nothing') return undefined
  const event: AuditEvent = {
    event: 'audited',
    ...instance,
    finding: decision.finding.is,
    reason: decision.finding.reason,
    silentSeconds: Math.round(silentSeconds(seen)),
    commandId: seen.flush?.commandId,
    files: seen.proof?.files ?? 0,
    unproven: seen.proof?.gaps.slice(0, MAX_NAMED_FILES).map(({ path, is }) => `${path} (${is})`) ?? [],
  }
  if (decision.do === 'report') return event
  const started = await startFlush(aws, policy, {
    instanceId: instance.instanceId,
    comment: auditComment(instance.groupName),
    purpose: 'audit',
    prefix,
    upload: decision.upload,
  })
  if (started.is === 'started') return { ...event, commandId: event.commandId ?? started.commandId }
  if (started.is === 'refused') throw new Error(`SSM refuses to send a flush: ${started.why}`)
  // It may have been terminated since the groups were listed, and then its agent is not what is wrong.
  if ((await machineState(aws, instance.instanceId, 0)) === 'gone') return undefined
  return { ...event, finding: 'unreachable', reason: `${event.reason}; the SSM agent does not answer` }
}

/** The archive, this limit's audit flush and its proof; everything else only when there is reason to ask. */
async function look(
  { aws, clock, policy, endsAt }: Guard,
  { instanceId }: Running,
  prefix: string,
): Promise<AuditFacts> {
  const now = clock.now()
  const { objects, unread } = await list(aws, policy.archive.bucket, prefix, Number.POSITIVE_INFINITY)
  if (unread !== undefined)
    throw new Error(`S3 does not let the guard list s3://${policy.archive.bucket}/${prefix}: ${unread}`)
  const since = now - policy.auditAfterSeconds * 1000
  const invocations = await listInvocations(aws, policy.documentName, instanceId, now)
  // One that still runs counts however old it is: a second one beside it would only wait for its lock (E1).
  const newest = invocations.find(
    ({ isAudit, flush }) => isAudit && (flush.requestedAt > since || flush.status === 'running'),
  )
  const flush = newest && (await withReport(aws, policy, newest, instanceId))
  const manifest = flush?.report?.kind === 'manifest' ? flush.report.manifest : undefined
  const proof = manifest && (await prove({ aws, clock, endsAt }, policy.archive, prefix, manifest))
  const seen: AuditFacts = { now, objects, launchedAt: undefined, flush, proof }
  // An instance that never published may simply be young.
  const needsLaunch = objects.length === 0 || isSilent(seen, policy.auditAfterSeconds)
  return needsLaunch ? { ...seen, launchedAt: await launchedAt(aws, instanceId) } : seen
}
