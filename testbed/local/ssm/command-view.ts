/** Commands and invocations in the API's words. */

import { type Command, type Invocation, isOver, type Ssm, type StatusDetails } from './command-store.ts'
import { invocationOutput, pluginOutput } from './output.ts'
import { outputUrl } from './output-objects.ts'
import { errorsOf, isSpent } from './rate-controls.ts'

/** Status is coarser than StatusDetails. */
const statuses: Record<StatusDetails, string> = {
  Pending: 'Pending',
  InProgress: 'InProgress',
  Success: 'Success',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
  // Which it is is not documented: there is no status of this name.
  Terminated: 'Cancelled',
  Cancelling: 'Cancelling',
  DeliveryTimedOut: 'TimedOut',
  ExecutionTimedOut: 'TimedOut',
}

export function statusOf({ statusDetails }: Invocation): string {
  return statuses[statusDetails]
}

/** As SendCommand and ListCommands answer it. */
export function commandView(command: Command): object {
  const { invocations } = command
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    Parameters: command.parameters,
    OutputS3BucketName: command.outputTo?.bucket ?? '',
    OutputS3KeyPrefix: command.outputTo?.prefix ?? '',
    InstanceIds: invocations.map(({ instanceId }) => instanceId),
    Targets: command.targets,
    RequestedDateTime: new Date(command.requestedAt),
    ExpiresAfter: new Date(command.requestedAt + command.deliveryMs + command.executionMs),
    ...commandStatus(command),
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: invocations.filter(isOver).length,
    ErrorCount: errorsOf(command),
    DeliveryTimedOutCount: invocations.filter(({ statusDetails }) => statusDetails === 'DeliveryTimedOut')
      .length,
    TimeoutSeconds: command.deliveryMs / 1000,
  }
}

/** Of them all: what went wrong on some is no failure until it is more than allowed. */
function commandStatus(command: Command): { readonly Status: string; readonly StatusDetails: string } {
  const { invocations } = command
  const has = (...wanted: StatusDetails[]) =>
    invocations.some(({ statusDetails }) => wanted.includes(statusDetails))
  const both = (status: StatusDetails) => ({ Status: statuses[status], StatusDetails: status })
  if (has('Cancelling')) return both('Cancelling')
  if (invocations.some((invocation) => !isOver(invocation)))
    return both(
      invocations.every(({ statusDetails }) => statusDetails === 'Pending') ? 'Pending' : 'InProgress',
    )
  if (invocations.every(({ statusDetails }) => statusDetails === 'Success')) return both('Success')
  if (isSpent(command)) return both(has('Failed') ? 'Failed' : 'ExecutionTimedOut')
  if (has('Cancelled')) return both('Cancelled')
  if (invocations.every(({ statusDetails }) => statusDetails === 'DeliveryTimedOut'))
    return both('DeliveryTimedOut')
  return { Status: 'Failed', StatusDetails: 'Incomplete' }
}

/** As ListCommandInvocations answers it. The comment is there; it cannot be filtered on. */
export function invocationView(ssm: Ssm, command: Command, invocation: Invocation, details: boolean): object {
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    InstanceName: '',
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    RequestedDateTime: new Date(command.requestedAt),
    Status: statusOf(invocation),
    StatusDetails: invocation.statusDetails,
    ...urls(ssm, command, invocation),
    CommandPlugins: details ? [pluginView(ssm, command, invocation)] : [],
  }
}

/** As GetCommandInvocation answers it. Output only of a run that ended by itself. */
export function invocationDetails(ssm: Ssm, command: Command, invocation: Invocation): object {
  const { stdout, stderr } = invocationOutput(reported(invocation))
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: command.pluginName,
    ResponseCode: invocation.result?.exitCode ?? -1,
    ExecutionStartDateTime: iso(invocation.startedAt),
    ExecutionElapsedTime: elapsed(invocation),
    ExecutionEndDateTime: iso(invocation.endedAt),
    Status: statusOf(invocation),
    StatusDetails: invocation.statusDetails,
    StandardOutputContent: stdout,
    StandardErrorContent: stderr,
    ...urls(ssm, command, invocation),
  }
}

function pluginView(ssm: Ssm, command: Command, invocation: Invocation): object {
  const { startedAt, endedAt, result } = invocation
  return {
    Name: command.pluginName,
    Status: statusOf(invocation),
    StatusDetails: invocation.statusDetails,
    ResponseCode: result?.exitCode ?? -1,
    ...(startedAt === undefined ? {} : { ResponseStartDateTime: new Date(startedAt) }),
    ...(endedAt === undefined ? {} : { ResponseFinishDateTime: new Date(endedAt) }),
    Output: pluginOutput(reported(invocation)),
    ...urls(ssm, command, invocation),
    OutputS3Region: command.outputTo === undefined ? '' : ssm.options.region,
    OutputS3BucketName: command.outputTo?.bucket ?? '',
    OutputS3KeyPrefix: command.outputTo?.prefix ?? '',
  }
}

function urls(ssm: Ssm, command: Command, invocation: Invocation) {
  return {
    StandardOutputUrl: outputUrl(ssm, command, invocation, 'stdout'),
    StandardErrorUrl: outputUrl(ssm, command, invocation, 'stderr'),
  }
}

function reported({ statusDetails, result }: Invocation): { stdout: string; stderr: string } {
  const ended = statusDetails === 'Success' || statusDetails === 'Failed'
  return ended && result !== undefined ? result : { stdout: '', stderr: '' }
}

function iso(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString()
}

function elapsed({ startedAt, endedAt }: Invocation): string {
  if (startedAt === undefined || endedAt === undefined) return ''
  return `PT${((endedAt - startedAt) / 1000).toFixed(3)}S`
}
