/**
 * IAM statements, one small builder per thing that may be done. Groups are confined by their name or their tag, instances by the
 * group's name that Auto Scaling tags them with (or by the group's propagated tag), objects by the archive's prefix.
 */
import { bucketOf, documentNameOf, type Value } from './environment.ts'
import type { Settings } from './parameters.ts'

export interface Statement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: Value | readonly Value[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

const arn = (rest: string): Value => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` })
const regional = (service: string, rest: string) =>
  arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`)

/** Calls that IAM cannot confine to a resource. */
export function anywhere(...actions: string[]): Statement[] {
  return [{ Effect: 'Allow', Action: actions, Resource: '*' }]
}

/** Calls on the guarded groups and on no other. */
export function onGroups({ selections }: Settings, ...actions: string[]): Statement[] {
  const groups = (name: string) => regional('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`)
  const names = selections.flatMap((selection) => (selection.by === 'name' ? [selection.name] : []))
  const byName: Statement[] =
    names.length > 0 ? [{ Effect: 'Allow', Action: actions, Resource: names.map(groups) }] : []
  const byTag = selections.flatMap((selection): Statement[] =>
    selection.by === 'tag'
      ? [
          {
            Effect: 'Allow',
            Action: actions,
            Resource: groups('*'),
            Condition: { StringEquals: { [`aws:ResourceTag/${selection.key}`]: selection.value } },
          },
        ]
      : [],
  )
  return [...byName, ...byTag]
}

/** The same, only under a condition more. Its operators must be others than those that confine to groups. */
export function limitedTo(
  condition: NonNullable<Statement['Condition']>,
  statements: readonly Statement[],
): Statement[] {
  return statements.map((statement) => ({
    ...statement,
    Condition: { ...statement.Condition, ...condition },
  }))
}

/**
 * An update of a group that leaves its size, its networks and what it launches as they are. IAM has no key for the desired
 * capacity and most other fields. (A launch template without a version needs ec2:RunInstances, which no role here has.)
 */
export const LEAVING_THE_GROUP_AS_IT_IS = {
  Null: {
    'autoscaling:MinSize': 'true',
    'autoscaling:MaxSize': 'true',
    'autoscaling:LaunchConfigurationName': 'true',
    'autoscaling:InstanceTypes': 'true',
    'autoscaling:VPCZoneIdentifiers': 'true',
  },
  BoolIfExists: { 'autoscaling:LaunchTemplateVersionSpecified': 'false' },
}

/** Our document, on instances of the guarded groups. */
export function flushing(settings: Settings): Statement[] {
  const { selections } = settings
  if (selections.length === 0) return []
  const names = selections.flatMap((selection) => (selection.by === 'name' ? [selection.name] : []))
  const conditions = [
    ...(names.length > 0 ? [{ 'aws:ResourceTag/aws:autoscaling:groupName': names }] : []),
    ...selections.flatMap((selection) =>
      selection.by === 'tag' ? [{ [`aws:ResourceTag/${selection.key}`]: selection.value }] : [],
    ),
  ]
  const Action = ['ssm:SendCommand']
  return [
    { Effect: 'Allow', Action, Resource: regional('ssm', `document/${documentNameOf(settings)}`) },
    ...conditions.map(
      (StringEquals): Statement => ({
        Effect: 'Allow',
        Action,
        Resource: regional('ec2', 'instance/*'),
        Condition: { StringEquals },
      }),
    ),
  ]
}

/** Looking at the archive, and reading what no digest vouches for. Never writing, never deleting. */
export function proving(settings: Settings): Statement[] {
  const moved = settings.movedTo.split(',').filter((prefix) => prefix !== '')
  const archive = pattern(settings.prefix)
  return [
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: inBucket(settings, ''),
      Condition: { StringLike: { 's3:prefix': [archive, ...moved] } },
    },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [inBucket(settings, `/${archive}*`), inBucket(settings, `/${settings.manifestPrefix}*`)],
    },
    ...(settings.kmsKeyArn
      ? [{ Effect: 'Allow' as const, Action: ['kms:Decrypt'], Resource: settings.kmsKeyArn }]
      : []),
  ]
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

/** Writing the function's own log; the deployment made the log group. */
export function logging(functionName: string): Statement[] {
  return [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
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
