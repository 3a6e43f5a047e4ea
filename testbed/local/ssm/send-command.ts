import { AwsError } from '../../aws-error.ts'
import type { Command, Ssm } from './command-store.ts'
import { commandView } from './command-view.ts'
import { deliver } from './delivery.ts'
import { bindParameters, executionSeconds, substitute } from './document-content.ts'
import { documentNamed } from './documents.ts'

interface Input {
  readonly DocumentName?: string
  readonly InstanceIds?: readonly string[]
  readonly Targets?: readonly { readonly Key?: string; readonly Values?: readonly string[] }[]
  readonly Parameters?: Readonly<Record<string, readonly string[]>>
  readonly Comment?: string
  readonly TimeoutSeconds?: number
}

const maxInstances = 50
const maxComment = 100

/** There is no idempotency token: a repeated call runs the script twice. */
export function sendCommand(ssm: Ssm, input: Input): object {
  const document = documentNamed(ssm, input.DocumentName)
  const [step] = document.content.mainSteps
  const bound = bindParameters(document.content, input.Parameters ?? {})
  const { runCommand } = step.inputs
  const command: Command = {
    id: ssm.options.newId(),
    documentName: document.name,
    pluginName: step.name,
    comment: checkedComment(input.Comment ?? ''),
    parameters: bound,
    script: substitute(typeof runCommand === 'string' ? runCommand : runCommand.join('\n'), bound),
    requestedAt: ssm.options.now(),
    deliveryMs: deliverySeconds(input.TimeoutSeconds ?? 3600) * 1000,
    executionMs: executionSeconds(document.content, bound) * 1000,
    invocations: targetsOf(ssm, input).map((instanceId) => ({
      instanceId,
      statusDetails: 'Pending',
      startedAt: undefined,
      endedAt: undefined,
      result: undefined,
    })),
  }
  ssm.commands.push(command)
  deliver(ssm, command)
  return { Command: commandView(command) }
}

/** One error for an instance that is dead, not registered or not allowed. */
function targetsOf(ssm: Ssm, { InstanceIds = [], Targets = [] }: Input): readonly string[] {
  const targeted = Targets.flatMap(({ Key, Values = [] }) => {
    if (Key?.toLowerCase() === 'instanceids') return Values
    throw new AwsError(
      'ValidationException',
      'The local Systems Manager takes targets of Key=InstanceIds only.',
    )
  })
  const ids = [...InstanceIds, ...targeted]
  if (ids.length > maxInstances)
    throw new AwsError('ValidationException', `At most ${maxInstances} instances.`)
  if (new Set(ids).size < ids.length)
    throw new AwsError('DuplicateInstanceId', 'The same instance was given twice.')
  const unfit = ids.filter((id) => !isReachable(ssm, id))
  if (ids.length > 0 && unfit.length === 0) return ids
  throw new AwsError(
    'InvalidInstanceId',
    `Instances [[${unfit.join(', ')}]] not in a valid state for account ${ssm.options.accountId}`,
  )
}

/** Its agent has registered once, and EC2 is not shutting it down. Whether the agent answers now shows later. */
function isReachable(ssm: Ssm, instanceId: string): boolean {
  const machine = ssm.options.machine(instanceId)
  if (machine?.agentOnline()) ssm.registered.add(instanceId)
  return machine !== undefined && ssm.registered.has(instanceId)
}

function checkedComment(comment: string): string {
  if (comment.length <= maxComment) return comment
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at 'comment' failed to satisfy constraint: Member must have length less than or equal to ${maxComment}`,
  )
}

function deliverySeconds(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 30 && seconds <= 2_592_000) return seconds
  throw new AwsError('ValidationException', 'TimeoutSeconds must be between 30 and 2592000.')
}
