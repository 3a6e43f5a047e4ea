/** How a command reaches an instance, runs there, and is heard of again, or is not. */
import { AwsError } from '../../aws-error.ts'
import type { Machine, ShellResult } from '../machine.ts'
import { type Command, type Invocation, isOver, type Ssm, type StatusDetails } from './command-store.ts'
import { writeOutput } from './output-objects.ts'
import { isSpent, turnsOf, waitsForItsTurn } from './rate-controls.ts'
import { announceInvocation } from './status-events.ts'

const agentPollMs = 500

/** Starts every invocation whose turn it is and whose agent answers. */
export function deliver(ssm: Ssm, command: Command): void {
  for (const invocation of turnsOf(command)) invocation.hadTurn = true
  if (isSpent(command))
    for (const invocation of command.invocations)
      if (waitsForItsTurn(invocation)) move(ssm, command, invocation, 'Terminated')
  for (const invocation of command.invocations) {
    if (invocation.statusDetails !== 'Pending' || !invocation.hadTurn) continue
    const machine = ssm.options.machine(invocation.instanceId)
    if (!machine?.agentOnline()) continue
    move(ssm, command, invocation, 'InProgress')
    const stop = new AbortController()
    invocation.kill = () => stop.abort()
    const ran = ssm.options.ready(invocation.instanceId).then(() => runScripts(machine, command, stop.signal))
    ran.then(
      async (result) => {
        await writeOutput(ssm, command, invocation, result)
        // Only the agent can report. One that died with its machine never does: the command stays InProgress.
        const lost = ssm.options.machine(invocation.instanceId) !== machine || !machine.agentOnline()
        if (lost || isOver(invocation)) return
        invocation.result = result
        move(ssm, command, invocation, outcomeOf(invocation, result))
        deliver(ssm, command)
      },
      () => {},
    )
  }
}

/** The scripts of a command, one after the other. The command fails with the first that does. */
async function runScripts(machine: Machine, { scripts }: Command, stop: AbortSignal): Promise<ShellResult> {
  let whole: ShellResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false }
  for (const { text, executionMs, endsOnFailure } of scripts) {
    const result = await machine.run(text, executionMs, stop)
    whole = {
      exitCode: whole.exitCode === 0 ? result.exitCode : whole.exitCode,
      stdout: whole.stdout + result.stdout,
      stderr: whole.stderr + result.stderr,
      timedOut: result.timedOut,
    }
    if (result.timedOut || stop.aborted || (endsOnFailure && result.exitCode !== 0)) break
  }
  return whole
}

/** Delivers what can be delivered, and gives up on what took longer than delivery and execution may take together. */
export function advanceDelivery(ssm: Ssm): void {
  const now = ssm.options.now()
  for (const command of ssm.commands) {
    for (const invocation of command.invocations)
      if (!isOver(invocation) && now >= deadlineOf(command, invocation))
        move(ssm, command, invocation, 'DeliveryTimedOut')
    deliver(ssm, command)
  }
}

/** When `advanceDelivery` has something to look at. */
export function nextDeliveryDue(ssm: Ssm): number | undefined {
  const open = ssm.commands.flatMap((command) =>
    command.invocations
      .filter((invocation) => !isOver(invocation))
      .map((invocation) => {
        const deadline = deadlineOf(command, invocation)
        if (invocation.statusDetails !== 'Pending') return deadline
        return Math.min(deadline, ssm.options.now() + agentPollMs)
      }),
  )
  return open.length === 0 ? undefined : Math.min(...open)
}

/** What waits is dropped; of what runs, every process is killed by the agent, which then reports it. On all instances, or some. */
export function cancelCommand(
  ssm: Ssm,
  input: { readonly CommandId?: string; readonly InstanceIds?: readonly string[] },
): object {
  const command = ssm.commands.find(({ id }) => id === input.CommandId)
  if (command === undefined) throw new AwsError('InvalidCommandId', '')
  const all = command.invocations
  const meant = input.InstanceIds?.length ? input.InstanceIds : all.map(({ instanceId }) => instanceId)
  for (const id of meant)
    if (!all.some(({ instanceId }) => instanceId === id))
      throw new AwsError('InvalidInstanceId', `${id} is no instance of this command.`)
  for (const invocation of all) {
    if (!meant.includes(invocation.instanceId)) continue
    if (invocation.statusDetails === 'Pending') move(ssm, command, invocation, 'Cancelled')
    if (invocation.statusDetails !== 'InProgress') continue
    move(ssm, command, invocation, 'Cancelling')
    if (ssm.options.machine(invocation.instanceId)?.agentOnline()) invocation.kill?.()
  }
  return {}
}

/** A command not started in time is dropped; one that started is given up when both timeouts are over. */
function deadlineOf(command: Command, { statusDetails }: Invocation): number {
  const delivered = statusDetails !== 'Pending'
  return command.requestedAt + command.deliveryMs + (delivered ? command.executionMs : 0)
}

function outcomeOf(
  { statusDetails }: Invocation,
  { timedOut, exitCode }: { readonly timedOut: boolean; readonly exitCode: number },
): StatusDetails {
  if (statusDetails === 'Cancelling') return 'Cancelled'
  if (timedOut) return 'ExecutionTimedOut'
  return exitCode === 0 ? 'Success' : 'Failed'
}

function move(ssm: Ssm, command: Command, invocation: Invocation, to: StatusDetails): void {
  const now = ssm.options.now()
  invocation.statusDetails = to
  if (to === 'InProgress') invocation.startedAt = now
  if (isOver(invocation)) invocation.endedAt = now
  announceInvocation(ssm, command, invocation)
}
