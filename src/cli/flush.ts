/** `flush <instance>`: a running instance is flushed now, without being disturbed, and with `--wait` what came of it is proven. */
import { Command, Option } from 'commander'
import { prove } from '../archive/archives.ts'
import { prefixOf } from '../archive/destination.ts'
import { listInvocations, personComment } from '../flush/commands.ts'
import { startFlush, withReport } from '../flush/flushes.ts'
import type { Flush } from '../model.ts'
import { hasHook } from '../termination/hook.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { type Flushed, flushedLines } from './flush-lines.ts'
import { instanceId } from './instance-id.ts'
import { minutes } from './minutes.ts'
import { nextStep } from './next-step.ts'
import { NotSo, Refusal, type Surroundings } from './surroundings.ts'
import { type Where, withWhere } from './where.ts'

const LOOK_MS = 5000

interface FlushOptions extends Where {
  /** Minutes; `undefined`: it is only begun. */
  readonly wait: number | undefined
  readonly json: boolean
}

export function flushCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('flush')))
    .description('flush a running instance now, without disturbing it')
    .argument('<instance>', 'the instance id', instanceId)
    .addOption(
      new Option('--wait [minutes]', 'follow it, and prove what it flushed').preset('30').argParser(minutes),
    )
    .action(async (instance: string, options: FlushOptions) => {
      const deployment = await surroundings.reach(options)
      const flushed = await flush(deployment, surroundings, instance, options.wait)
      answer(surroundings.terminal, { json: options.json, command: 'flush' }, { flushed }, (value) =>
        flushedLines(value.flushed, surroundings.typed),
      )
      if (flushed.is !== 'begun' && flushed.is !== 'proven') throw new NotSo()
    })
}

async function flush(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  wait: number | undefined,
): Promise<Flushed> {
  const groupName = await groupOfRunning(deployment, surroundings, instance)
  const place = { instanceId: instance, groupName }
  const prefix = await prefixOf(deployment.aws, deployment.policy.archive.prefix, place)
  // E1: a second one beside it would only wait for its lock.
  const commandId =
    (await runningFlush(deployment, surroundings, instance)) ?? (await begin(deployment, place, prefix))
  if (wait === undefined) return { instanceId: instance, commandId, is: 'begun', details: 'InProgress' }
  const until = surroundings.clock.now() + wait * 60_000
  const first = await proven(deployment, surroundings, { instance, commandId, prefix, until })
  const gaps = first.proof?.gaps.map(({ path }) => path) ?? []
  if (first.is !== 'unproven' || gaps.length === 0) return first
  // As in a termination: what the publisher did not bring is uploaded directly.
  surroundings.terminal.complain(`${instance}  ${gaps.length} files are not in S3: uploading them directly`)
  const again = await begin(deployment, place, prefix, gaps)
  return await proven(deployment, surroundings, { instance, commandId: again, prefix, until })
}

/** A machine that is on its way out belongs to the guard, and its flush may stop the writer. */
async function groupOfRunning(
  { aws, policy }: Deployment,
  { typed }: Surroundings,
  instance: string,
): Promise<string> {
  const where = await whereabouts(aws, instance)
  const next = `What it is:  ${typed(`explain ${instance}`)}`
  if (!where) throw new Refusal(`${instance} is in no Auto Scaling group. ${next}`)
  if (!(await hasHook(aws, where.groupName, policy)))
    throw new Refusal(`${instance} is in ${where.groupName}, which this guard does not guard. ${next}`)
  if (/Terminat|Retained|ReplacingRootVolume/.test(where.lifecycleState))
    throw new Refusal(`${instance} is ${where.lifecycleState}: the guard flushes it, or keeps it. ${next}`)
  return where.groupName
}

async function runningFlush(
  { aws, policy }: Deployment,
  { clock }: Surroundings,
  instance: string,
): Promise<string | undefined> {
  const invocations = await listInvocations(aws, policy.documentName, instance, clock.now())
  return invocations.find((one) => one.flush.status === 'running')?.flush.commandId
}

async function begin(
  { aws, policy }: Deployment,
  { instanceId: id, groupName }: { readonly instanceId: string; readonly groupName: string },
  prefix: string,
  upload?: readonly string[],
): Promise<string> {
  const request = { instanceId: id, comment: personComment(groupName), purpose: 'audit' as const }
  const started = await startFlush(aws, policy, { ...request, prefix, upload })
  switch (started.is) {
    case 'started':
      return started.commandId
    case 'unreachable':
      throw new Refusal(
        `${id}: the SSM agent does not answer. Is it running, and may the instance's role reach SSM?`,
      )
    case 'refused':
      throw new Refusal(
        [`${id}: SSM refuses to send a flush: ${started.why}`, nextStep(started.why) ?? []].flat().join('\n'),
      )
  }
}

interface Followed {
  readonly instance: string
  readonly commandId: string
  readonly prefix: string
  /** Epoch milliseconds. */
  readonly until: number
}

async function proven(
  deployment: Deployment,
  surroundings: Surroundings,
  followed: Followed,
): Promise<Flushed> {
  const { aws, policy } = deployment
  const { instance, commandId, prefix } = followed
  const told = { instanceId: instance, commandId }
  const flush = await ended(deployment, surroundings, followed)
  if (typeof flush === 'string') return { ...told, is: flush, details: 'InProgress' }
  if (flush.status === 'failed') return { ...told, is: 'failed', details: flush.statusDetails }
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
  { instance, commandId, until }: Followed,
): Promise<Flush | 'timed out' | 'interrupted'> {
  let told = ''
  for (;;) {
    const invocations = await listInvocations(aws, policy.documentName, instance, clock.now())
    // Not listed yet right after it was sent: it runs.
    const found = invocations.find((one) => one.flush.commandId === commandId)
    if (found && found.flush.status !== 'running') return await withReport(aws, policy, found, instance)
    const state = found?.flush.statusDetails ?? 'Pending'
    if (state !== told) terminal.complain(`${instance}  flush ${commandId}: ${state}`)
    told = state
    if (interruption.aborted) return 'interrupted'
    if (clock.now() >= until) return 'timed out'
    await pause(LOOK_MS)
  }
}
