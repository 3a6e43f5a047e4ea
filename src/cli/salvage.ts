/**
 * `salvage <dead instance>`: the logs on a copy of its disk are archived by a healthy instance of a guarded group, to which the copy is
 * attached, and proven. It changes nothing in Auto Scaling.
 */
import { Command, InvalidArgumentError } from 'commander'
import { prefixOf } from '../archive/destination.ts'
import { listInvocations, salvageComment } from '../flush/commands.ts'
import { salvageDocumentOf } from '../flush/salvage-document.ts'
import type { FlushRequest } from '../flush/start-flush.ts'
import { agentsOf } from '../recovery/agents.ts'
import { shellWord } from '../shell-word.ts'
import { hasHook } from '../termination/hook.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { answer, withJson } from './answer.ts'
import { type CopiedDisk, copiedDisk, type DeadMachine, deadMachine } from './copied-disk.ts'
import type { Deployment } from './deployment.ts'
import { begin } from './flush.ts'
import { begun, proven } from './following-flush.ts'
import { instanceId } from './instance-id.ts'
import { unlessInterrupted } from './interruption.ts'
import { minutes } from './minutes.ts'
import { doubtsOf, isSaved, type Salvaged, salvagedLines } from './salvage-lines.ts'
import { NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import { notEmpty, type Where, withWhere } from './where.ts'

interface SalvageOptions extends Where {
  readonly on: string
  readonly volume: string
  readonly group: string | undefined
  readonly reason: string | undefined
  readonly wait: number
  readonly json: boolean
}

export function salvageCommand(surroundings: Surroundings): Command {
  const { terminal, clock, typed, typedAws, interruption } = surroundings
  return withJson(withWhere(new Command('salvage')))
    .description('archive the logs on a copy of a dead machine’s disk, and prove them')
    .argument('<instance>', 'the id of the dead instance', instanceId)
    .requiredOption('--on <instance>', 'the healthy instance to which the copy is attached', instanceId)
    .requiredOption('--volume <volume>', 'the copy', volumeId)
    .option('--group <name>', 'the group of an instance that AWS has forgotten', notEmpty)
    .option('--reason <text>', 'why, for the journal', notEmpty)
    .option('--wait <minutes>', 'how long to follow it (0: not at all)', minutes, 60)
    .action(async (dead: string, options: SalvageOptions) => {
      const { on, volume, group } = options
      if (on === dead) throw new WrongWords(`${on} is the dead instance: name a healthy one with --on.`)
      const deployment = await surroundings.reach(options)
      const { aws } = deployment
      const looked = async () => {
        await refuseUnfit(deployment, surroundings, on)
        const machine = await deadMachine(aws, dead, clock.now(), group)
        const copy = await copiedDisk(aws, volume, on, surroundings)
        refuseAnothers(machine, copy)
        return { machine, copy }
      }
      const { machine, copy } = await unlessInterrupted(looked(), interruption)
      const salvaged = await salvage(deployment, surroundings, { machine, copy, options })
      const words = [
        `salvage ${dead} --on ${on} --volume ${volume}`,
        ...(group ? [`--group ${shellWord(group)}`] : []),
      ]
      const next = { typed, typedAws, again: typed(words.join(' ')) }
      answer(terminal, { json: options.json, command: 'salvage' }, { salvaged }, (value) =>
        salvagedLines(value.salvaged, { machine, copy }, next),
      )
      if (salvaged.is !== 'begun' && !isSaved(salvaged)) throw new NotSo()
    })
}

function volumeId(text: string): string {
  if (/^vol-[0-9a-f]{8,32}$/.test(text)) return text
  throw new InvalidArgumentError('A volume id looks like vol-0123456789abcdef0.')
}

/** The healthy machine must be one that the deployment may use, and that stays. */
async function refuseUnfit({ aws, policy }: Deployment, { typed }: Surroundings, on: string): Promise<void> {
  const next = `What it is:  ${typed(`explain ${on}`)}`
  const where = await whereabouts(aws, on)
  if (!where || !(await hasHook(aws, where.groupName, policy)))
    throw new Refusal(
      `${on} is in no group that this guard guards: its role may lack what a flush needs. ${next}`,
    )
  if (where.lifecycleState !== 'InService')
    throw new Refusal(`${on} is ${where.lifecycleState}: name one that is InService with --on. ${next}`)
  if (!(await agentsOf(aws, [on])).get(on)?.isOnline)
    throw new Refusal(`${on}: its SSM agent is not online. Name another one with --on.`)
}

function refuseAnothers(
  { instanceId: dead, volumes }: DeadMachine,
  { volumeId: volume, of }: CopiedDisk,
): void {
  if (of !== undefined && volumes.length > 0 && !volumes.includes(of))
    throw new Refusal(`${volume} is a copy of ${of}, and ${dead} has ${volumes.join(', ')}.`)
}

async function salvage(
  deployment: Deployment,
  surroundings: Surroundings,
  { machine, copy, options }: Readonly<{ machine: DeadMachine; copy: CopiedDisk; options: SalvageOptions }>,
): Promise<Salvaged> {
  const { aws, policy, journal, name } = deployment
  const { instanceId: dead, groupName, otherVolumes } = machine
  const { on, reason, wait } = options
  const { interruption } = surroundings
  const prefix = await unlessInterrupted(
    prefixOf(aws, policy.archive.prefix, { instanceId: dead, groupName }),
    interruption,
  )
  const documentName = salvageDocumentOf(name)
  const comment = salvageComment(dead, copy.volumeId)
  const request: FlushRequest = {
    ...{ instanceId: dead, comment, purpose: 'salvage', prefix, upload: undefined },
    salvage: { documentName, on, volumeId: copy.volumeId, device: copy.device, otherVolumes },
  }
  const running = await unlessInterrupted(
    runningSalvage(deployment, surroundings, { documentName, on, comment }),
    interruption,
  )
  if (running === undefined) {
    const by = await unlessInterrupted(deployment.who(), interruption)
    // Written down before it is begun, as every deed of a person.
    const why = reason === undefined ? by : `${by}: ${reason}`
    await journal.write({
      ...{ event: 'salvage', instanceId: dead, groupName, on, volumeId: copy.volumeId, reason: why },
    })
  }
  const commandId = running ?? (await begin(deployment, request))
  const until = surroundings.clock.now() + wait * 60_000
  const followed = { instance: dead, on, documentName, commandId, prefix, until }
  const flushed = wait === 0 ? begun(dead, on, commandId) : await proven(deployment, surroundings, followed)
  return { ...flushed, volumeId: copy.volumeId, doubts: doubtsOf(machine, copy) }
}

/** One that was begun before goes on by itself, and is followed. */
async function runningSalvage(
  { aws }: Deployment,
  { clock }: Surroundings,
  { documentName, on, comment }: Readonly<{ documentName: string; on: string; comment: string }>,
): Promise<string | undefined> {
  const invocations = await listInvocations(aws, documentName, on, clock.now())
  const running = (one: (typeof invocations)[0]) => one.flush.status === 'running' && one.comment === comment
  return invocations.find(running)?.flush.commandId
}
