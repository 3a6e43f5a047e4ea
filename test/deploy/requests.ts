/** What IAM is asked about a call of the guard in a deployment: actions, resources, and the context that conditions look at. */
import { markKey } from '../../src/enrolment/mark.ts'
import { salvageDocumentOf } from '../../src/flush/salvage-document.ts'
import { copyKey } from '../../src/recovery/copy-mark.ts'
import { growthKey, rebootKey } from '../../src/recovery/once-mark.ts'
import { binKey, diskGroupKey, diskKey, LET_GO } from '../../src/termination/disk-mark.ts'
import type { Call } from './calls.ts'
import { ACCOUNT, type Place, REGION } from './packaged.ts'

export interface IamRequest {
  readonly action: string
  readonly resource: string
  readonly context: Readonly<Record<string, string | string[]>>
}

/** What was deployed, as far as requests name it. */
export interface Deployed {
  readonly groups: readonly GroupOfDeployment[]
  readonly bucket: string
  /** The archive prefix of one instance. */
  readonly prefix: string
  readonly movedTo: readonly string[]
  readonly manifestPrefix: string
  readonly kmsKeyArn?: string
}

/** One guarded group, and how its instances can be told. */
export interface GroupOfDeployment {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
}

export const NAME = 'termination-guard-prod'
export const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${NAME}`
export const deadLettersArn = `${queueArn}-dead-letters`
export const documentArn = `arn:aws:ssm:${REGION}:${ACCOUNT}:document/${NAME}-flush`
export const salvageArn = `arn:aws:ssm:${REGION}:${ACCOUNT}:document/${salvageDocumentOf(NAME)}`
export const notifierRoleArn = `arn:aws:iam::${ACCOUNT}:role/NotifierRole`
export const instanceArn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0123456789abcdef0`
export const OUR_BUCKET = { 's3:ResourceAccount': ACCOUNT }
export const volumeArn = `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/vol-0123456789abcdef0`
export const snapshotArn = `arn:aws:ec2:${REGION}::snapshot/snap-0123456789abcdef0`
export const taggedAsCopy = {
  [`aws:ResourceTag/${copyKey(NAME)}`]: 'i-0123456789abcdef0 2026-01-02T03:04:05.000Z',
}
export const taggedAsDisk = {
  [`aws:ResourceTag/${diskKey(NAME)}`]: 'i-0123456789abcdef0 vol-0123456789abcdef0',
}
export const taggedAsProven = { ...taggedAsDisk, [`aws:ResourceTag/${binKey(NAME)}`]: LET_GO }
export const taggedAsGrown = { [`aws:ResourceTag/${growthKey(NAME)}`]: '2026-01-02T03:04:05.000Z' }
const EVERYTHING = '*'

const request = (action: string, resource: string, context: IamRequest['context'] = {}): IamRequest => ({
  action,
  resource,
  context,
})

/** The requests of one call, once for each group where it concerns a group. Throws where a call is not understood. */
export function requestsOf({ operation, input, policy }: Call, deployed: Deployed): IamRequest[] {
  switch (operation) {
    case 'recordLifecycleActionHeartbeat':
    case 'completeLifecycleAction':
      return onGroups(`autoscaling:${capitalised(operation)}`, deployed)
    case 'terminateInstanceInAutoScalingGroup':
      return onGroups('autoscaling:TerminateInstanceInAutoScalingGroup', deployed)
    case 'updateAutoScalingGroup':
      return onGroups('autoscaling:UpdateAutoScalingGroup', deployed, updated(input))
    case 'createOrUpdateTags':
      return onGroups('autoscaling:CreateOrUpdateTags', deployed, {
        'aws:TagKeys': tagKeys(input, policy),
      })
    case 'putLifecycleHook':
      return [
        ...onGroups('autoscaling:PutLifecycleHook', deployed),
        request('iam:PassRole', notifierRoleArn, { 'iam:PassedToService': 'autoscaling.amazonaws.com' }),
      ]
    case 'deleteLifecycleHook':
    case 'deleteTags':
      throw new Error(`${operation} is the deployer's, no function makes it`)
    case 'describeAutoScalingInstances':
    case 'describeAutoScalingGroups':
    case 'describeLifecycleHooks':
    case 'describeScalingActivities':
      return [request(`autoscaling:${capitalised(operation)}`, EVERYTHING)]
    case 'getConsoleOutput':
    case 'rebootInstances':
      return onInstances(`ec2:${capitalised(operation)}`, deployed)
    case 'createTags': {
      const keys = machineKeys(input, policy)
      // A disk that is let go was marked before, and its machine.
      const isLetGo = keys.every((key) => key === binKey(NAME))
      const context = { 'aws:TagKeys': keys, ...(isLetGo && taggedAsDisk) }
      const ids = input.Resources as readonly string[]
      return [
        ...(ids.some((id) => id.startsWith('i-')) ? onInstances('ec2:CreateTags', deployed, context) : []),
        ...(ids.some((id) => id.startsWith('vol-')) ? [request('ec2:CreateTags', volumeArn, context)] : []),
      ]
    }
    case 'listVolumesInRecycleBin':
      return [request('ec2:ListVolumesInRecycleBin', EVERYTHING)]
    case 'restoreVolumeFromRecycleBin':
      return [request('ec2:RestoreVolumeFromRecycleBin', volumeArn, taggedAsDisk)]
    case 'modifyVolume':
      return [request('ec2:ModifyVolume', volumeArn, taggedAsGrown)]
    case 'describeInstances':
    case 'describeSnapshots':
    case 'describeVolumes':
    case 'describeVolumesModifications':
      return [request(`ec2:${capitalised(operation)}`, EVERYTHING)]
    case 'createSnapshot':
      return [
        request('ec2:CreateSnapshot', volumeArn),
        ...making('CreateSnapshot', snapshotArn, input, policy),
      ]
    case 'createVolume':
      return [
        request('ec2:CreateVolume', snapshotArn, taggedAsCopy),
        ...making('CreateVolume', volumeArn, input, policy),
      ]
    case 'deleteSnapshot':
      return [request('ec2:DeleteSnapshot', snapshotArn, taggedAsCopy)]
    case 'deleteVolume': {
      // A copy, or what outlived its machine: the call does not show which.
      const bins = policy.recovery.rungs.includes('bin')
      const tagged = [taggedAsCopy, ...(bins ? [taggedAsProven] : [])]
      return tagged.map((tags) => request('ec2:DeleteVolume', volumeArn, tags))
    }
    case 'attachVolume':
    case 'detachVolume': {
      const action = `ec2:${capitalised(operation)}`
      return [request(action, volumeArn, taggedAsCopy), ...onInstances(action, deployed)]
    }
    case 'describeInstanceInformation':
    case 'listCommandInvocations':
    case 'getCommandInvocation':
      return [request(`ssm:${capitalised(operation)}`, EVERYTHING)]
    case 'sendCommand':
      return [
        request('ssm:SendCommand', documentOf(input, policy)),
        ...deployed.groups.map((group) => request('ssm:SendCommand', instanceArn, instanceTags(group))),
      ]
    case 'listObjectsV2':
      ours(input.Bucket, policy.archive.bucket)
      return prefixesOf(input, policy, deployed).map((prefix) =>
        request('s3:ListBucket', `arn:aws:s3:::${deployed.bucket}`, { 's3:prefix': prefix, ...OUR_BUCKET }),
      )
    case 'headObject':
    case 'getObject':
      ours(input.Bucket, policy.archive.bucket)
      return reading(`arn:aws:s3:::${deployed.bucket}/${keyOf(input, policy, deployed)}`, deployed)
    case 'putObject':
      ours(input.Bucket, policy.archive.bucket)
      if (!String(input.Key).startsWith(policy.archive.receiptPrefix))
        throw new Error(`${input.Key} is no receipt`)
      // Whose receipt it is, is no matter of a policy, and each would be a request of its own.
      return putting(`${policy.archive.receiptPrefix}i-0123456789abcdef0/x.json`, input.IfNoneMatch, deployed)
    case 'changeMessageVisibility':
      ours(input.QueueUrl, policy.queueUrl)
      return [request('sqs:ChangeMessageVisibility', queueArn)]
    case 'sendMessage':
      ours(input.QueueUrl, policy.deadLetterQueueUrl)
      return [request('sqs:SendMessage', deadLettersArn)]
    case 'getQueueAttributes':
      ours(input.QueueUrl, policy.deadLetterQueueUrl)
      return [request('sqs:GetQueueAttributes', deadLettersArn)]
  }
}

/** What Lambda itself does with a function's role. */
export function requestsOfLambda(functionName: string): IamRequest[] {
  const log = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/${NAME}-${functionName}:log-stream:2026/01/02/x`
  const written = [
    request('logs:CreateLogGroup', log.replace(/:log-stream:.*/, ':*')),
    request('logs:CreateLogStream', log.replace(/:log-stream:.*/, ':*')),
    request('logs:PutLogEvents', log),
  ]
  if (functionName !== 'terminations') return written
  const polled = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']
  return [...written, ...polled.map((action) => request(action, queueArn))]
}

export function groupArn(name: string): string {
  return `arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:3d960405-0000-4000-8000-2c8d206e4238:autoScalingGroupName/${name}`
}

/** Auto Scaling tags every instance with its group's name; other tags of the group propagate. */
export function instanceTags({ name, tags }: GroupOfDeployment): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...tags, 'aws:autoscaling:groupName': name }).map(([key, value]) => [
      `aws:ResourceTag/${key}`,
      value,
    ]),
  )
}

/** The same requests in another partition. */
export function requestsIn(requests: readonly IamRequest[], { partition, region }: Place): IamRequest[] {
  const there = JSON.stringify(requests)
    .replaceAll('arn:aws:', `arn:${partition}:`)
    .replaceAll(REGION, region)
  return JSON.parse(there)
}

function onGroups(action: string, { groups }: Deployed, context: IamRequest['context'] = {}): IamRequest[] {
  return groups.map(({ name, tags }) =>
    request(action, groupArn(name), {
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
      ...context,
    }),
  )
}

function onInstances(
  action: string,
  { groups }: Deployed,
  context: IamRequest['context'] = {},
): IamRequest[] {
  return groups.map((group) => request(action, instanceArn, { ...instanceTags(group), ...context }))
}

/** What is made with tags: that, and tagging it. */
function making(
  by: string,
  resource: string,
  input: Call['input'],
  { hookName }: Call['policy'],
): IamRequest[] {
  const [specification] = input.TagSpecifications as readonly { readonly Tags: readonly Tag[] }[]
  // Whose copy it is, is in its value: no policy asks for that, and each would be a request of its own.
  const tags = (specification?.Tags ?? []).map(
    ({ Key }) => [Key === copyKey(hookName) ? copyKey(NAME) : Key, 'i-0123456789abcdef0'] as const,
  )
  const context = {
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': tags.map(([key]) => key),
  }
  return [
    request(`ec2:${by}`, resource, context),
    request('ec2:CreateTags', resource, { ...context, 'ec2:CreateAction': by }),
  ]
}

interface Tag {
  readonly Key: string
}

function documentOf(
  { DocumentName: name }: Call['input'],
  { documentName, hookName }: Call['policy'],
): string {
  if (name === documentName) return documentArn
  if (name === salvageDocumentOf(hookName)) return salvageArn
  throw new Error(`a foreign document: ${name}`)
}

/** The keys of the tags that an instance or its volume is given; ours are named after the deployment. */
function machineKeys(input: Call['input'], { hookName }: Call['policy']): string[] {
  const keys = [rebootKey, growthKey, binKey, diskKey, diskGroupKey]
  const tags = input.Tags as readonly { readonly Key: string }[]
  return tags.map(({ Key }) => keys.find((keyOf) => keyOf(hookName) === Key)?.(NAME) ?? Key)
}

/** What of an update IAM can see. */
function updated(input: Call['input']): Record<string, string> {
  const seen = ['MinSize', 'MaxSize', 'LaunchConfigurationName'].filter((key) => input[key] !== undefined)
  return Object.fromEntries(seen.map((key) => [`autoscaling:${key}`, String(input[key])]))
}

/** The keys of the tags that are written; our mark is named after the deployment. */
function tagKeys(input: Call['input'], { hookName }: Call['policy']): string[] {
  const tags = input.Tags as readonly { readonly Key: string }[]
  return tags.map(({ Key }) => (Key === markKey(hookName) ? markKey(NAME) : Key))
}

function reading(resource: string, { kmsKeyArn }: Deployed): IamRequest[] {
  return [
    request('s3:GetObject', resource, OUR_BUCKET),
    ...(kmsKeyArn ? [underKey('kms:Decrypt', kmsKeyArn)] : []),
  ]
}

/** As S3 asks KMS in somebody's name. */
export function underKey(action: string, kmsKeyArn: string): IamRequest {
  return request(action, kmsKeyArn, { 'kms:ViaService': `s3.${REGION}.amazonaws.com` })
}

function putting(key: string, ifNoneMatch: unknown, { bucket, kmsKeyArn }: Deployed): IamRequest[] {
  const context = { ...OUR_BUCKET, ...(ifNoneMatch ? { 's3:if-none-match': String(ifNoneMatch) } : {}) }
  return [
    request('s3:PutObject', `arn:aws:s3:::${bucket}/${key}`, context),
    ...(kmsKeyArn ? [underKey('kms:GenerateDataKey', kmsKeyArn)] : []),
  ]
}

/** The same places in the deployment: an archive's prefix is that of an instance; wherever a collector moves objects to, it may be any. */
function prefixesOf(
  input: Call['input'],
  { archive }: Call['policy'],
  deployed: Deployed,
): readonly string[] {
  return archive.movedTo.includes(String(input.Prefix)) ? deployed.movedTo : [deployed.prefix]
}

function keyOf(input: Call['input'], { archive }: Call['policy'], deployed: Deployed): string {
  const isManifest = String(input.Key).startsWith(archive.manifestPrefix)
  return isManifest ? `${deployed.manifestPrefix}i-0123456789abcdef0/x.gz` : `${deployed.prefix}_var_log_x.gz`
}

function ours(found: unknown, wanted: string): void {
  if (found !== wanted) throw new Error(`${found} is not ours`)
}

function capitalised(operation: string): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1)
}
