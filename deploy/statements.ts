/**
 * IAM statements, one small builder per thing that may be done. Groups are confined by their name or their tag, instances by the
 * group's name that Auto Scaling tags them with (or by the group's propagated tag), objects by the archive's prefix and its bucket's owner.
 */
import { salvageDocumentOf } from '../src/flush/salvage-document.ts'
import { grouped } from '../src/grouped.ts'
import { RECEIPT_PREFIX } from '../src/receipt-prefix.ts'
import { bucketOf, bucketOwnerOf, documentNameOf, type Value } from './environment.ts'
import type { Settings } from './parameters.ts'

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  /** Of a `Deny`, either may be said: what it is about, or all that it is not about. */
  readonly Resource?: Value | readonly Value[]
  readonly NotResource?: readonly Value[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Value | readonly string[]>>>>
}

const arn = (rest: string): Value => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` })
const regional = (service: string, rest: string) =>
  arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`)

export const volumes = regional('ec2', 'volume/*')
export const instances = regional('ec2', 'instance/*')
/** Whether the ARN of a snapshot names an account is said both ways. */
export const snapshots = arn('ec2:${AWS::Region}:*:snapshot/*')

/** Calls that IAM cannot confine to a resource. */
export function anywhere(...actions: string[]): Statement[] {
  return [{ Effect: 'Allow', Action: actions, Resource: '*' }]
}

/**
 * Actions as a statement that stands once for every tag names them: with a pattern that matches no other action. What a statement of each
 * tag says is what fills the policies.
 */
const SHORT: Readonly<Record<string, string>> = {
  'autoscaling:RecordLifecycleActionHeartbeat': 'autoscaling:Rec*',
  'autoscaling:CompleteLifecycleAction': 'autoscaling:Com*',
  'autoscaling:PutLifecycleHook': 'autoscaling:PutL*',
  'autoscaling:UpdateAutoScalingGroup': 'autoscaling:Up*',
  'autoscaling:CreateOrUpdateTags': 'autoscaling:CreateO*',
  'ssm:SendCommand': 'ssm:SendC*',
}

export function shortOf(action: string): string {
  return SHORT[action] ?? action
}

/**
 * Calls on the guarded groups, and `ssm:SendCommand` on their instances; on no others. Every name and every tag's value stands once for
 * groups and once for instances: with many of them, that is what fills the policies (`policies.ts`). Of each tag, a statement says whom it
 * chooses; one for all of them says that nothing but groups and instances is meant, our documents, and volumes where they are attached or tagged.
 */
export function onGuarded(
  settings: Settings,
  groupActions: readonly string[],
  instanceActions: readonly string[],
  clones = false,
  grows = false,
): Statement[] {
  const { selections } = settings
  const group = (name: string) => regional('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`)
  const names = selections.flatMap((selection) => (selection.by === 'name' ? [selection.name] : []))
  const tagged = grouped(
    selections.flatMap((selection) => (selection.by === 'tag' ? [selection] : [])),
    ({ key }) => key,
  )
  const where = (tag: string, values: readonly string[]) => ({
    Condition: { StringEquals: { [`aws:ResourceTag/${tag}`]: values } },
  })
  const all: Statement[] = [
    { Effect: 'Allow', Action: groupActions, Resource: names.map(group) },
    {
      Effect: 'Allow',
      Action: instanceActions,
      Resource: instances,
      ...where('aws:autoscaling:groupName', names),
    },
    ...[...tagged].map(
      ([key, selected]): Statement => ({
        Effect: 'Allow',
        Action: [...groupActions, ...instanceActions].map(shortOf),
        Resource: '*',
        ...where(
          key,
          selected.map(({ value }) => value),
        ),
      }),
    ),
  ]
  const byName = names.length > 0 ? all.slice(0, 2) : []
  const storage = clones ? [volumes, snapshots] : grows ? [volumes] : []
  const others = [...documents(settings, clones), ...storage]
  const nothingElse: Statement = {
    Effect: 'Deny',
    Action: [...groupActions, ...instanceActions],
    NotResource: [
      ...(groupActions.length > 0 ? [group('*')] : []),
      ...(instanceActions.length > 0 ? [instances, ...others] : []),
    ],
  }
  const byTag = tagged.size > 0 ? [nothingElse, ...all.slice(2)] : []
  return [...byName, ...byTag].filter(({ Action }) => Action.length > 0)
}

/** Our document, and that for copied disks where it `clones`; on which instances is said apart. */
export function ourDocument(settings: Settings, clones = false): Statement[] {
  if (settings.selections.length === 0) return []
  const [flush, ...more] = documents(settings, clones)
  const Resource = more.length > 0 ? [flush, ...more] : flush
  return [{ Effect: 'Allow', Action: ['ssm:SendCommand'], Resource }]
}

function documents(settings: Settings, clones: boolean): [Value, ...Value[]] {
  const salvage = clones ? [regional('ssm', `document/${salvageDocumentOf(settings.name)}`)] : []
  return [regional('ssm', `document/${documentNameOf(settings)}`), ...salvage]
}

/**
 * Whatever else allows it: no update of a group that changes its size, its networks or what it launches, and no tag but our mark. IAM has
 * no key for the desired capacity and most other fields. (A launch template without a version needs ec2:RunInstances, which no role here has.)
 */
export function leavingGroupsAsTheyAre(mark: string): Statement[] {
  const never = (action: string, Condition: NonNullable<Statement['Condition']>): Statement => ({
    Effect: 'Deny',
    Action: [action],
    Resource: '*',
    Condition,
  })
  const fields = ['MinSize', 'MaxSize', 'LaunchConfigurationName', 'InstanceTypes', 'VPCZoneIdentifiers']
  return [
    ...fields.map((field) =>
      never('autoscaling:UpdateAutoScalingGroup', { Null: { [`autoscaling:${field}`]: 'false' } }),
    ),
    never('autoscaling:UpdateAutoScalingGroup', {
      Bool: { 'autoscaling:LaunchTemplateVersionSpecified': 'true' },
    }),
    never('autoscaling:CreateOrUpdateTags', {
      'ForAnyValue:StringNotEquals': { 'aws:TagKeys': [mark] },
    }),
  ]
}

/** Tags of existing volumes with these keys, and no others. Whose volume it is cannot be confined: it has no tag of its group. */
export function taggingVolumes(...keys: string[]): Statement[] {
  const Condition = { 'ForAllValues:StringEquals': { 'aws:TagKeys': keys } }
  return [{ Effect: 'Allow', Action: ['ec2:CreateTags'], Resource: volumes, Condition }]
}

/** Whatever else allows it: no tag but these. */
export function taggingWithNothingBut(...keys: string[]): Statement[] {
  const Condition = { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': keys } }
  return [{ Effect: 'Deny', Action: ['ec2:CreateTags'], Resource: '*', Condition }]
}

/** Looking at the archive, and reading what no digest vouches for. Never writing, never deleting. */
export function proving(settings: Settings): Statement[] {
  const moved = settings.movedTo.split(',').filter((prefix) => prefix !== '')
  const archive = pattern(settings.prefix)
  const owner = ownedBucket(settings)
  return [
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: inBucket(settings, ''),
      Condition: { StringLike: { 's3:prefix': [archive, ...moved] }, ...owner },
    },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [inBucket(settings, `/${archive}*`), inBucket(settings, `/${settings.manifestPrefix}*`)],
      Condition: owner,
    },
    ...withOwnKey(settings, 'kms:Decrypt'),
  ]
}

/** The receipts of good ends: each put once, never over another. What S3 encrypts under a key of one's own needs that key. */
export function receipting(settings: Settings): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: inBucket(settings, `/${RECEIPT_PREFIX}*`),
      Condition: { ...ownedBucket(settings), Null: { 's3:if-none-match': 'false' } },
    },
    ...withOwnKey(settings, 'kms:GenerateDataKey'),
  ]
}

/**
 * A key of one's own, for what S3 does with it in somebody's name, and so for the objects that this policy allows: whatever else the key
 * guards is none of ours. How the name of the service ends differs between partitions.
 */
export function withOwnKey(settings: Settings, ...actions: string[]): Statement[] {
  if (!settings.kmsKeyArn) return []
  const Condition = { StringLike: { 'kms:ViaService': { 'Fn::Sub': 's3.${AWS::Region}.amazonaws.com*' } } }
  return [{ Effect: 'Allow', Action: actions, Resource: settings.kmsKeyArn, Condition }]
}

/** A bucket that was deleted may have become a stranger's: names are everybody's. */
export function ownedBucket(settings: Settings): NonNullable<Statement['Condition']> {
  return { StringEquals: { 's3:ResourceAccount': bucketOwnerOf(settings) } }
}

/** Calls on one of our queues. */
export function onQueue(logicalId: 'Queue' | 'DeadLetterQueue', ...actions: string[]): Statement[] {
  return [{ Effect: 'Allow', Action: actions, Resource: { 'Fn::GetAtt': [logicalId, 'Arn'] } }]
}

/** Handing the notifier's role to Auto Scaling, as PutLifecycleHook does, and to nobody else. */
export function passingNotifierRole(): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: { 'Fn::GetAtt': ['NotifierRole', 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'autoscaling.amazonaws.com' } },
    },
  ]
}

/** Writing the function's own log. The deployment's plugin makes the log group; where it did not, or somebody deleted it, Lambda does. */
export function logging(functionName: string): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: regional('logs', `log-group:/aws/lambda/${functionName}:*`),
    },
  ]
}

/** Something in the archive's bucket; `''` is the bucket itself. */
export function inBucket(settings: Settings, rest: string): Value {
  const bucket = bucketOf(settings)
  return arn(`s3:::${typeof bucket === 'string' ? bucket : bucket['Fn::Sub']}${rest}`)
}

/** A prefix template as IAM sees it: any environment, group and instance. */
export function pattern(template: string): string {
  return template.replaceAll(/\{[a-z]+\}/g, '*')
}
