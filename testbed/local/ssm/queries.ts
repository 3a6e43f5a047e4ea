/** Reading commands back. All of it is eventually consistent: a command is not seen right after it was sent. */
import { AwsError } from '../../aws-error.ts'
import type { Command, Invocation, Ssm } from './command-store.ts'
import { commandView, invocationDetails, invocationView, statusOf } from './command-view.ts'

const idLength = 36

interface Filter {
  readonly key?: string
  readonly value?: string
}

interface ListInput {
  readonly CommandId?: string
  readonly InstanceId?: string
  readonly Filters?: readonly Filter[]
  readonly Details?: boolean
  readonly MaxResults?: number
  readonly NextToken?: string
}

export function getCommandInvocation(
  ssm: Ssm,
  input: { readonly CommandId?: string; readonly InstanceId?: string; readonly PluginName?: string },
): object {
  for (const command of visible(ssm, input.CommandId))
    for (const invocation of command.invocations)
      if (invocation.instanceId === input.InstanceId) {
        if (input.PluginName !== undefined && input.PluginName !== command.pluginName)
          throw new AwsError('InvalidPluginName', '')
        return invocationDetails(ssm, command, invocation)
      }
  throw new AwsError('InvocationDoesNotExist', '')
}

/** Newest first. Filters: InvokedAfter, InvokedBefore, Status, DocumentName. Not the comment. */
export function listCommandInvocations(ssm: Ssm, input: ListInput): object {
  checkFilters(input)
  const found = visible(ssm, input.CommandId)
    .flatMap((command) => command.invocations.map((invocation) => ({ command, invocation })))
    .filter(
      ({ command, invocation }) =>
        (input.InstanceId === undefined || invocation.instanceId === input.InstanceId) &&
        (input.Filters ?? []).every((filter) => matches(filter, command, statusOf(invocation))),
    )
  const { items, nextToken } = page(found, input)
  return {
    CommandInvocations: items.map(({ command, invocation }: { command: Command; invocation: Invocation }) =>
      invocationView(ssm, command, invocation, input.Details === true),
    ),
    NextToken: nextToken,
  }
}

export function listCommands(ssm: Ssm, input: ListInput): object {
  checkFilters(input)
  const found = visible(ssm, input.CommandId).filter(
    (command) =>
      (input.InstanceId === undefined ||
        command.invocations.some(({ instanceId }) => instanceId === input.InstanceId)) &&
      (input.Filters ?? []).every((filter) =>
        command.invocations.some((invocation) => matches(filter, command, statusOf(invocation))),
      ),
  )
  const { items, nextToken } = page(found, input)
  return { Commands: items.map(commandView), NextToken: nextToken }
}

/** Those that are seen by now; the one that is asked for, if one is. */
function visible({ commands, options }: Ssm, CommandId: string | undefined): Command[] {
  if (CommandId !== undefined && CommandId.length !== idLength)
    throw new AwsError('ValidationException', `The length of a command's id is ${idLength}.`)
  const now = options.now()
  return commands
    .filter(
      ({ id, requestedAt }) =>
        requestedAt + options.lagMs <= now && (CommandId === undefined || id === CommandId),
    )
    .reverse()
}

const filterKeys = ['InvokedAfter', 'InvokedBefore', 'Status', 'DocumentName']

/** Also where there is nothing to filter. */
function checkFilters({ InstanceId: id, Filters: filters = [] }: ListInput): void {
  if (id !== undefined && !/^(i-([0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/.test(id))
    throw new AwsError('InvalidInstanceId', '')
  for (const { key = '' } of filters)
    if (!filterKeys.includes(key)) throw new AwsError('InvalidFilterKey', `${key} is not a filter here.`)
}

function matches({ key, value = '' }: Filter, command: Command, status: string): boolean {
  switch (key) {
    case 'InvokedAfter':
      return command.requestedAt > Date.parse(value)
    case 'InvokedBefore':
      return command.requestedAt < Date.parse(value)
    case 'Status':
      return status === value
    default:
      return command.documentName === value
  }
}

function page<Item>(items: readonly Item[], { MaxResults: size = 50, NextToken: token }: ListInput) {
  if (size < 1 || size > 50) throw new AwsError('ValidationException', 'MaxResults must be between 1 and 50.')
  const from = token === undefined ? 0 : Number(token)
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidNextToken', '')
  const next = from + size
  return { items: items.slice(from, next), nextToken: next < items.length ? String(next) : undefined }
}
