/** `flush <instance>`: a running instance is flushed now, without being disturbed, and with `--wait` what came of it is proven. */
import { Command, Option } from 'commander'
import { prefixOf } from '../archive/destination.ts'
import { listInvocations, personComment } from '../flush/commands.ts'
import { type FlushRequest, startFlush } from '../flush/start-flush.ts'
import { hasHook } from '../termination/hook.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { type Flushed, flushedLines } from './flush-lines.ts'
import { begun, proven } from './following-flush.ts'
import { instanceId } from './instance-id.ts'
import { unlessInterrupted } from './interruption.ts'
import { minutes } from './minutes.ts'
import { nextStep } from './next-step.ts'
import { NotSo, Refusal, type Surroundings } from './surroundings.ts'
import { type Where, withWhere } from './where.ts'

interface FlushOptions extends Where {
  /** Minutes; 0: it is only begun. */
  readonly wait: number
  readonly json: boolean
}

export function flushCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('flush')))
    .description('flush a running instance now, without disturbing it')
    .argument('<instance>', 'the instance id', instanceId)
    .addOption(
      new Option('--wait [minutes]', 'follow it, and prove what it flushed')
        .preset('30')
        .argParser(minutes)
        .default(0, 'not at all'),
    )
    .action(async (instance: string, options: FlushOptions) => {
      const deployment = await surroundings.reach(options)
      const flushed = await flush(deployment, surroundings, instance, options.wait)
      answer(surroundings.terminal, { json: options.json, command: 'flush' }, { flushed }, (value) =>
        flushedLines(value.flushed, {
          again: surroundings.typed(`flush ${instance} --wait`),
          ...surroundings,
        }),
      )
      if (flushed.is !== 'begun' && flushed.is !== 'proven') throw new NotSo()
    })
}

async function flush(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  wait: number,
): Promise<Flushed> {
  const { aws, policy } = deployment
  const looked = async () => {
    const groupName = await groupOfRunning(deployment, surroundings, instance)
    const prefix = await prefixOf(aws, policy.archive.prefix, { instanceId: instance, groupName })
    return { groupName, prefix, running: await runningFlush(deployment, surroundings, instance) }
  }
  const { groupName, prefix, running } = await unlessInterrupted(looked(), surroundings.interruption)
  const request = {
    instanceId: instance,
    comment: personComment(groupName),
    purpose: 'audit',
    prefix,
  } as const
  // E1: a second one beside it would only wait for its lock.
  const commandId = running ?? (await begin(deployment, { ...request, upload: undefined }))
  const followed = { instance, on: instance, documentName: policy.documentName, prefix }
  if (wait === 0) return begun(instance, instance, commandId)
  const until = surroundings.clock.now() + wait * 60_000
  const first = await proven(deployment, surroundings, { ...followed, commandId, until })
  const gaps = first.proof?.gaps.map(({ path }) => path) ?? []
  if (first.is !== 'unproven' || gaps.length === 0) return first
  // As in a termination: what the publisher did not bring is uploaded directly.
  surroundings.terminal.complain(`${instance}  ${gaps.length} files are not in S3: uploading them directly`)
  const again = await begin(deployment, { ...request, upload: gaps })
  return await proven(deployment, surroundings, { ...followed, commandId: again, until })
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

/** Answers the command's id. */
export async function begin({ aws, policy }: Deployment, request: FlushRequest): Promise<string> {
  const id = request.salvage?.on ?? request.instanceId
  const started = await startFlush(aws, policy, request)
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
