/** SSM Run Command: delivery and execution time-outs, output limits, and a listing that lags behind what was done. */
import type {
  GetCommandInvocationCommandInput,
  GetCommandInvocationCommandOutput,
  ListCommandInvocationsCommandInput,
  ListCommandInvocationsCommandOutput,
  SendCommandCommandInput,
  SendCommandCommandOutput,
} from '@aws-sdk/client-ssm'
import type { Answer } from '../../src/aws/api.ts'
import { AwsError } from '../aws-error.ts'
import { type Command, type Status, shortOf } from './flush-command.ts'
import { runFlush } from './flush-run.ts'
import { publishPrefix } from './publisher.ts'
import type { Run } from './run.ts'
import { runSalvage, type SalvageSurroundings } from './salvage-run.ts'
import { hour, minute, second } from './setting.ts'
import type { Machine } from './simulated-machine.ts'

interface RunCommandSurroundings extends SalvageSurroundings {
  readonly region: SalvageSurroundings['region'] & { readonly machines: ReadonlyMap<string, Machine> }
  readonly bus: { commandStatus(command: Command): void }
  show(what: 'flushSent', command: Command, run: Run): void
}

/** In a listing, standard output and error together; in GetCommandInvocation, standard output. */
const LISTED_CHARACTERS = 2500
const GOT_CHARACTERS = 24_000
export class RunCommand {
  readonly #world: RunCommandSurroundings
  readonly #commands = new Map<string, Command[]>()
  readonly #byId = new Map<string, Command>()
  readonly #salvages: Command[] = []
  #count = 0

  constructor(world: RunCommandSurroundings) {
    this.#world = world
  }

  /** Everything that was ever sent to an instance, oldest first. */
  commandsOf(instanceId: string): readonly Command[] {
    return this.#commands.get(instanceId) ?? []
  }

  /** Of a dead machine's disk, as it was copied. */
  salvagesOf(instanceId: string): readonly Command[] {
    return this.#salvages.filter(({ salvages }) => salvages?.machine.instanceId === instanceId)
  }

  everySalvage(): readonly Command[] {
    return this.#salvages
  }

  running(): Command[] {
    return [...this.#commands.values()].flat().filter(({ endedAt }) => endedAt === undefined)
  }

  sendCommand(run: Run, input: SendCommandCommandInput): Answer<SendCommandCommandOutput> {
    const { region } = this.#world
    const instanceId = input.InstanceIds?.[0] ?? ''
    const machine = region.machines.get(instanceId)
    if (!machine?.isOn || machine.agent === 'gone') {
      throw new AwsError(
        'InvalidInstanceId',
        `Instances [[${instanceId}]] not in a valid state for account 000000000000`,
      )
    }
    const value = (name: string) => input.Parameters?.[name]?.[0] ?? ''
    const command = this.#newCommand({
      instanceId,
      comment: input.Comment ?? '',
      isByHand: false,
      parameters: {
        purpose: value('Purpose'),
        prefix: value('Prefix'),
        upload: value('Upload'),
        manifestPrefix: value('ManifestPrefix'),
        ...(value('Disk') && { disk: value('Disk') }),
      },
      documentName: input.DocumentName ?? '',
      executionTimeoutMs: Number(value('ExecutionTimeout')) * 1000,
    })
    this.#world.show('flushSent', command, run)
    this.#send(command, machine, (input.TimeoutSeconds ?? 3600) * 1000)
    return { Command: { CommandId: command.id } }
  }

  /** A person runs our document. */
  sendByHand(instanceId: string, purpose: string, comment: string): void {
    const { region, setting } = this.#world
    const machine = region.machines.get(instanceId)
    if (!machine) return
    const { documentName, archive } = setting.policy
    const { manifestPrefix } = archive
    const prefix = publishPrefix(this.#world, machine)
    const parameters = { purpose, prefix, upload: '', manifestPrefix }
    const executionTimeoutMs = hour
    const asked = { instanceId, comment, isByHand: true, documentName }
    const command = this.#newCommand({ ...asked, parameters, executionTimeoutMs })
    this.#send(command, machine, hour)
  }

  #newCommand(
    asked: Pick<
      Command,
      'instanceId' | 'comment' | 'isByHand' | 'documentName' | 'parameters' | 'executionTimeoutMs'
    >,
  ): Command {
    const { time, chance, faults } = this.#world
    const lagMs = chance.of(faults['listing-lags']) ? chance.between(1, 90) * second : 0
    const isNever = chance.of(faults['command-is-never-listed'])
    const visibleAt = isNever ? Number.POSITIVE_INFINITY : time.now + lagMs
    return {
      id: `00000000-c000-4000-8000-${String(++this.#count).padStart(12, '0')}`,
      ...asked,
      ...{ requestedAt: time.now, visibleAt, endedAt: undefined, output: '', outputFrom: 0, shownFrom: 0 },
      ...{ status: 'Pending', details: 'Pending', shownBefore: { status: 'Pending', details: 'Pending' } },
    }
  }

  #send(command: Command, machine: Machine, deliveryMs: number): void {
    const { instanceId, parameters } = command
    this.#byId.set(command.id, command)
    if (parameters.disk) this.#salvages.push(command)
    this.#commands.set(instanceId, [...this.commandsOf(instanceId), command])
    this.#world.trace?.note(
      'ssm',
      `${shortOf(command)} sent to ${instanceId}, upload ${parameters.upload || 'by the publisher'}`,
    )
    this.#deliver(command, machine, deliveryMs)
  }

  /** What an agent tells. A command that is over stays as it is. */
  report(command: Command, status: Status, details: string, output = ''): void {
    if (command.endedAt !== undefined) return
    const { time, chance, faults, trace, bus } = this.#world
    const lagMs = chance.of(faults['listing-lags']) ? chance.between(1, 60) * second : 0
    command.shownBefore = { status: command.status, details: command.details }
    command.shownFrom = Math.max(time.now + lagMs, command.shownFrom)
    const isOutputLate = output !== '' && chance.of(faults['output-is-late'])
    command.outputFrom = isOutputLate ? time.now + chance.between(1, 90) * second : 0
    Object.assign(command, { status, details, output })
    if (status !== 'InProgress') command.endedAt = time.now
    trace?.note('ssm', `${shortOf(command)} on ${command.instanceId}: ${details}`)
    if (command.parameters.disk === undefined) bus.commandStatus(command)
  }

  listCommandInvocations(
    input: ListCommandInvocationsCommandInput,
  ): Answer<ListCommandInvocationsCommandOutput> {
    const { setting } = this.#world
    const asOf = this.#asOf()
    const filter = (key: string) => input.Filters?.find((one) => one.key === key)?.value
    const after = Date.parse(filter('InvokedAfter') ?? '1970-01-01T00:00:00Z')
    const documentName = filter('DocumentName')
    const listed =
      input.InstanceId === undefined ? [...this.#byId.values()] : this.commandsOf(input.InstanceId)
    const found = listed.filter(
      (command) =>
        command.visibleAt <= asOf && command.requestedAt >= after && command.documentName === documentName,
    )
    const from = Number(input.NextToken ?? 0)
    const page = found.slice(from, from + setting.commandsPerPage)
    const next = from + setting.commandsPerPage
    return {
      // In no documented order.
      CommandInvocations: page.map((command) => this.#listed(command, asOf)),
      NextToken: next < found.length ? String(next) : undefined,
    }
  }

  /** Two looks may be answered in the wrong order: what the one showed, the other does not know yet. */
  #asOf(): number {
    const { time, chance, faults } = this.#world
    return chance.of(faults['listing-goes-back']) ? time.now - chance.logBetween(second, minute) : time.now
  }

  getCommandInvocation(
    run: Run,
    input: GetCommandInvocationCommandInput,
  ): Answer<GetCommandInvocationCommandOutput> {
    const command = this.commandsOf(input.InstanceId ?? '').find(({ id }) => id === input.CommandId)
    if (!command || command.visibleAt > this.#world.time.now) throw new AwsError('InvocationDoesNotExist', '')
    const output = this.#outputOf(command, this.#asOf())
    if (output === '') run.heardNothing(command.id)
    const isCut = output.length > GOT_CHARACTERS
    return {
      StandardOutputContent: isCut ? `${output.slice(0, GOT_CHARACTERS - 22)}\n--output truncated--` : output,
    }
  }

  /** It may come after the status. */
  #outputOf({ output, outputFrom, shownFrom }: Command, asOf: number): string {
    return Math.max(outputFrom, shownFrom) <= asOf ? output : ''
  }

  #listed(command: Command, asOf: number) {
    const isShown = command.shownFrom <= asOf
    const { status, details } = isShown ? command : command.shownBefore
    const output = this.#outputOf(command, asOf)
    const isCut = output.length > LISTED_CHARACTERS
    // By the clock of the machine on which it ran.
    const skewMs = this.#world.region.machines.get(command.instanceId)?.skewMs ?? 0
    const told = (at: number | undefined) => (isShown && at ? new Date(at + skewMs) : undefined)
    return {
      CommandId: command.id,
      InstanceId: command.instanceId,
      Comment: command.comment,
      DocumentName: command.documentName,
      RequestedDateTime: new Date(command.requestedAt),
      Status: status,
      StatusDetails: details,
      CommandPlugins: [
        {
          Output: isCut ? `${output.slice(0, LISTED_CHARACTERS - 26)}\n---Output truncated---` : output,
          ResponseStartDateTime: status === 'Pending' ? undefined : told(command.requestedAt),
          ResponseFinishDateTime: told(command.endedAt),
        },
      ],
    }
  }

  #deliver(command: Command, machine: Machine, deliveryMs: number): void {
    const { time, chance } = this.#world
    const expiresAt = command.requestedAt + deliveryMs
    const arrive = () => {
      if (command.endedAt !== undefined || time.now >= expiresAt) return
      // What is still wanted is fetched by an agent that comes back, however late.
      if (!machine.canRun) return machine.whenBack(arrive)
      this.report(command, 'InProgress', 'In Progress')
      if (command.parameters.disk === undefined) runFlush(this.#world, machine, command)
      else runSalvage(this.#world, machine, command)
    }
    time.after(chance.between(0.2, 3) * second, arrive)
    time.at(expiresAt, () => {
      if (command.status === 'Pending') this.report(command, 'TimedOut', 'Delivery Timed Out')
    })
    // An agent that dies half way says nothing more: SSM gives up when both time-outs are over.
    time.at(expiresAt + command.executionTimeoutMs + minute, () =>
      this.report(command, 'TimedOut', 'Delivery Timed Out'),
    )
  }
}
