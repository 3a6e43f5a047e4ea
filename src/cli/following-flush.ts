/** Following a person's flush to its end, and the proof of what it reports. */
import { prove } from '../archive/archives.ts'
import { listInvocations } from '../flush/commands.ts'
import { withReport } from '../flush/with-report.ts'
import type { Flush } from '../model.ts'
import type { Deployment } from './deployment.ts'
import type { Flushed } from './flush-lines.ts'
import { ifInterrupted, unlessInterrupted } from './interruption.ts'
import type { Surroundings } from './surroundings.ts'

const LOOK_MS = 5000

export interface Followed {
  /** Whose logs. */
  readonly instance: string
  /** The machine on which it runs: the same, but for a salvage. */
  readonly on: string
  readonly documentName: string
  readonly commandId: string
  readonly prefix: string
  /** Epoch milliseconds. */
  readonly until: number
}

/** Where nobody wishes to follow it. */
export function begun(instanceId: string, on: string, commandId: string): Flushed {
  return { instanceId, on, commandId, is: 'begun', details: 'InProgress' }
}

/** What came of a flush: its end is waited for, and every file that it reports is compared with its object. */
export async function proven(
  deployment: Deployment,
  surroundings: Surroundings,
  followed: Followed,
): Promise<Flushed> {
  const { instance, on, commandId } = followed
  const told = { instanceId: instance, on, commandId }
  const interrupted: Flushed = { ...told, is: 'interrupted', details: 'InProgress' }
  const asked = provenOnceEnded(deployment, surroundings, followed, told)
  return await unlessInterrupted(asked, surroundings.interruption).catch(ifInterrupted(interrupted))
}

async function provenOnceEnded(
  deployment: Deployment,
  surroundings: Surroundings,
  followed: Followed,
  told: Pick<Flushed, 'instanceId' | 'on' | 'commandId'>,
): Promise<Flushed> {
  const { aws, policy } = deployment
  const { prefix } = followed
  const flush = await ended(deployment, surroundings, followed)
  if (typeof flush === 'string') return { ...told, is: flush, details: 'InProgress' }
  if (flush.status === 'failed')
    return {
      ...{ ...told, is: 'failed', details: flush.statusDetails },
      ...(flush.said !== undefined && { said: flush.said }),
    }
  if (flush.report?.kind !== 'manifest')
    return { ...told, is: 'unreadable', details: flush.report?.why ?? 'it reported nothing' }
  const { manifest } = flush.report
  const proof = await prove({ aws, clock: surroundings.clock }, policy.archive, prefix, manifest)
  const isProven = proof.gaps.length === 0 && manifest.unaccounted.length === 0
  const { live, unaccounted, notes } = manifest
  return {
    ...told,
    is: isProven ? 'proven' : 'unproven',
    details: flush.statusDetails,
    ...{ proof, live, unaccounted, notes },
  }
}

/** The flush once it has ended; each change of SSM's word is told once. */
async function ended(
  { aws, policy }: Deployment,
  { terminal, clock, interruption, pause }: Surroundings,
  { instance, on, documentName, commandId, until }: Followed,
): Promise<Flush | 'timed out' | 'interrupted'> {
  let told = ''
  for (;;) {
    const invocations = await listInvocations(aws, documentName, on, clock.now())
    // Not listed yet right after it was sent: it runs.
    const found = invocations.find((one) => one.flush.commandId === commandId)
    if (found && found.flush.status !== 'running') return await withReport(aws, policy, found, instance)
    const state = found?.flush.statusDetails ?? 'Pending'
    if (state !== told) terminal.complain(`${on}  flush ${commandId}: ${state}`)
    told = state
    if (interruption.aborted) return 'interrupted'
    if (clock.now() >= until) return 'timed out'
    await pause(LOOK_MS)
  }
}
