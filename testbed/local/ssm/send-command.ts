import { AwsError } from '../../aws-error.ts'
import type { Command, Document, DocumentVersion, Ssm, Target } from './command-store.ts'
import { commandView } from './command-view.ts'
import { deliver } from './delivery.ts'
import { bindParameters, scriptsOf } from './document-content.ts'
import { documentNamed, hashOf, versionNumber } from './documents.ts'
import { targetedInstances } from './targets.ts'

interface Input {
  readonly DocumentName?: string
  readonly InstanceIds?: readonly string[]
  readonly Targets?: readonly Target[]
  readonly DocumentVersion?: string
  readonly DocumentHash?: string
  readonly DocumentHashType?: string
  readonly Parameters?: Readonly<Record<string, readonly string[]>>
  readonly Comment?: string
  readonly TimeoutSeconds?: number
  readonly OutputS3BucketName?: string
  readonly OutputS3KeyPrefix?: string
  readonly MaxConcurrency?: string
  readonly MaxErrors?: string
}

const maxInstances = 50
const maxTargets = 5
const concurrency = /^([1-9][0-9]*|[1-9][0-9]?%|100%)$/
const errors = /^([1-9][0-9]*|0|[1-9][0-9]%|[0-9]%|100%)$/
const maxComment = 100

/** There is no idempotency token: a repeated call runs the script twice. */
export function sendCommand(ssm: Ssm, input: Input): object {
  const document = documentNamed(ssm, input.DocumentName)
  const { content } = wantedVersion(document, input)
  const [step] = content.mainSteps
  const { MaxConcurrency: maxConcurrency = '50', MaxErrors: maxErrors = '0' } = input
  if (!concurrency.test(maxConcurrency) || !errors.test(maxErrors))
    throw new AwsError(
      'ValidationException',
      `MaxConcurrency ${maxConcurrency} and MaxErrors ${maxErrors} must be numbers or percentages.`,
    )
  const bound = bindParameters(content, input.Parameters ?? {})
  const scripts = scriptsOf(content, bound)
  const command: Command = {
    id: ssm.options.newId(),
    documentName: document.name,
    documentVersion: input.DocumentVersion ?? '$DEFAULT',
    targets: input.Targets ?? [],
    pluginName: step.name,
    comment: checkedComment(input.Comment ?? ''),
    parameters: bound,
    scripts,
    requestedAt: ssm.options.now(),
    deliveryMs: deliverySeconds(input.TimeoutSeconds ?? 3600) * 1000,
    executionMs: scripts.reduce((sum, { executionMs }) => sum + executionMs, 0),
    outputTo: outputOf(input),
    maxConcurrency,
    maxErrors,
    invocations: targetsOf(ssm, input).map((instanceId) => ({
      instanceId,
      statusDetails: 'Pending',
      hadTurn: false,
      startedAt: undefined,
      endedAt: undefined,
      result: undefined,
      kill: undefined,
    })),
  }
  ssm.commands.push(command)
  deliver(ssm, command)
  return { Command: commandView(command) }
}

/** Which version was asked for; and whether it is the one whose hash is given. */
function wantedVersion(document: Document, input: Input): DocumentVersion {
  const version = document.versions[versionNumber(document, input.DocumentVersion) - 1]
  if (version === undefined) throw new AwsError('InvalidDocumentVersion', '')
  const { DocumentHash: given, DocumentHashType: type = 'Sha256' } = input
  if (type !== 'Sha256' && type !== 'Sha1')
    throw new AwsError('ValidationException', `DocumentHashType ${type} must be Sha256 or Sha1.`)
  if (given === undefined || given === hashOf(version, type === 'Sha1' ? 'sha1' : 'sha256')) return version
  throw new AwsError('InvalidDocument', 'The hash of the document is not the one that was given.')
}

/** One error for an instance that is dead, not registered or not allowed. */
function targetsOf(ssm: Ssm, { InstanceIds = [], Targets = [] }: Input): readonly string[] {
  const byTag = Targets.filter(({ Key }) => Key?.toLowerCase() !== 'instanceids')
  const byId = Targets.filter((target) => !byTag.includes(target)).flatMap(({ Values = [] }) => Values)
  if (InstanceIds.length > 0 && Targets.length > 0)
    throw new AwsError('ValidationException', 'Give InstanceIds or Targets, not both.')
  if (Targets.length > maxTargets || Targets.some(({ Values = [] }) => Values.length > maxInstances))
    throw new AwsError(
      'ValidationException',
      `At most ${maxTargets} targets, of ${maxInstances} values each.`,
    )
  // Who is not there now has no tags: a command for nobody is a command all the same.
  if (byTag.length > 0) return targetedInstances(ssm, byTag)
  const ids = [...InstanceIds, ...byId]
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

function outputOf({
  OutputS3BucketName: bucket,
  OutputS3KeyPrefix: prefix = '',
}: Input): Command['outputTo'] {
  if (bucket === undefined || bucket === '') return undefined
  if (bucket.length >= 3 && bucket.length <= 63) return { bucket, prefix }
  throw new AwsError('ValidationException', 'OutputS3BucketName must have 3 to 63 characters.')
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
