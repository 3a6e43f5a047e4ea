// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import { bugsIn, type Mutant } from './mutant.ts'

const tests = ['test/deploy/permissions.test.ts']
const never = 'no function may'
const used = 'the role of'

/** What a role may do: too much, too little, on another thing, or under a condition that says something else. */
export const permissionMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'deploy/statements.ts', tests, only: never },
    [
      'let a role complete actions of every group',
      `Action: groupActions, Resource: names.map(group) }`,
      `Action: groupActions, Resource: '*' }`,
    ],
    [
      'let a role flush the instances of every group',
      `      ...where('aws:autoscaling:groupName', names),
`,
      ``,
    ],
    [
      'let whatever has the tag of a guarded group be meant',
      `tagged.size > 0 ? [nothingElse, ...all.slice(2)] : []`,
      `tagged.size > 0 ? all.slice(2) : []`,
    ],
    ['let an enrolment bound a group anew', `'MinSize', 'MaxSize', `, `'MinSize', `],
    [
      'deny an update for what it leaves as it is',
      `{ Null: { [\`autoscaling:\${field}\`]: 'false' } }`,
      `{ Null: { [\`autoscaling:\${field}\`]: 'true' } }`,
    ],
    [
      'let an enrolment change what a group launches',
      `'autoscaling:LaunchTemplateVersionSpecified': 'true'`,
      `'autoscaling:LaunchTemplateVersionSpecified': 'false'`,
    ],
    [
      'let a group get any tag beside our mark',
      `'ForAnyValue:StringNotEquals': { 'aws:TagKeys': [mark] }`,
      `'ForAllValues:StringNotEquals': { 'aws:TagKeys': [mark] }`,
    ],
    [
      'let a volume get any mark beside its own',
      `'ForAllValues:StringEquals': { 'aws:TagKeys': keys } }
  return [{ Effect: 'Allow'`,
      `'ForAnyValue:StringEquals': { 'aws:TagKeys': keys } }
  return [{ Effect: 'Allow'`,
    ],
    [
      'let a machine get any tag beside ours',
      `'ForAnyValue:StringNotEquals': { 'aws:TagKeys': keys }`,
      `'ForAllValues:StringNotEquals': { 'aws:TagKeys': keys }`,
    ],
    ['let the whole bucket be listed', `StringLike: { 's3:prefix': [archive, ...moved] }, `, ``],
    [
      'let the whole bucket be read',
      `[inBucket(settings, \`/\${archive}*\`), inBucket(settings, \`/\${settings.manifestPrefix}*\`)],
      Condition: owner`,
      `inBucket(settings, '/*'),
      Condition: owner`,
    ],
    [
      'list a bucket that has become a stranger’s',
      `'s3:prefix': [archive, ...moved] }, ...owner }`,
      `'s3:prefix': [archive, ...moved] } }`,
    ],
    ['read a bucket that has become a stranger’s', `      Condition: owner,\n`, ``],
    [
      'use a key for what is not in S3',
      `Resource: settings.kmsKeyArn, Condition }`,
      `Resource: settings.kmsKeyArn }`,
    ],
    [
      'hand the notifier’s role to anybody',
      `      Condition: { StringEquals: { 'iam:PassedToService': 'autoscaling.amazonaws.com' } },\n`,
      ``,
    ],
    [
      'hand over any role',
      `      Resource: { 'Fn::GetAtt': ['NotifierRole', 'Arn'] },`,
      `      Resource: '*',`,
    ],
    ['let a function write into others’ logs', `log-group:/aws/lambda/\${functionName}:*`, `log-group:*`],
    [
      'let a function read and write every queue',
      `Action: actions, Resource: { 'Fn::GetAtt': [logicalId, 'Arn'] }`,
      `Action: actions, Resource: '*'`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/statements.ts', tests, only: used },
    ['not look at what a collector has moved', `'s3:prefix': [archive, ...moved]`, `'s3:prefix': [archive]`],
    ['take a tag’s value for a pattern', `selected.map(({ value }) => value)`, `['*']`],
  ),
  ...bugsIn({ file: 'deploy/statements.ts', tests, only: 'runs no other document' }, [
    'let a role run any document',
    `Action: ['ssm:SendCommand'], Resource }`,
    `Action: ['ssm:SendCommand'], Resource: regional('ssm', 'document/*') }`,
  ]),
  ...bugsIn(
    { file: 'deploy/roles.ts', tests, only: used },
    [
      'let the audit complete what is held',
      `...onGuarded(settings, [], FLUSHING)`,
      `...onGuarded(settings, HOLDING, FLUSHING)`,
    ],
    ['not let a pass say when it looks again', `          'sqs:ChangeMessageVisibility',\n`, ``],
    [
      'let the sweep begin terminations that nobody wants',
      `rungs.includes('retry') ? [`,
      `rungs.length >= 0 ? [`,
    ],
    [
      'not let the sweep read consoles',
      `['ec2:GetConsoleOutput', 'ec2:RebootInstances']`,
      `['ec2:RebootInstances']`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/roles.ts', tests: ['test/deploy/every-combination.test.ts'], only: 'by name' },
    [
      'not let the sweep mark the disks that the bin keeps',
      `return reboots(settings) || bins(settings) ?`,
      `return reboots(settings) ?`,
    ],
    [
      'not let the sweep look at the volumes that grow',
      `...(clones(settings) || grows(settings) ? anywhere`,
      `...(clones(settings) ? anywhere`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/copying.ts', tests, only: never },
    [
      'let a snapshot be made without our tag',
      `allow(['ec2:CreateSnapshot'], snapshots, made)`,
      `allow(['ec2:CreateSnapshot'], snapshots)`,
    ],
    [
      'let any volume be attached and deleted',
      `'ec2:DeleteVolume'], volumes, ours)`,
      `'ec2:DeleteVolume'], volumes)`,
    ],
    ...(['attached', 'taken off'] as const).map((done): [string, string, string] => [
      `let a volume be ${done} that has a chosen tag, and not ours`,
      `Action: ['ec2:AttachVolume', 'ec2:DetachVolume'], Resource: volumes }`,
      `Action: ['ec2:${done === 'attached' ? 'Detach' : 'Attach'}Volume'], Resource: volumes }`,
    ]),
    [
      'let any snapshot be deleted',
      `'ec2:DeleteSnapshot'], snapshots, ours)`,
      `'ec2:DeleteSnapshot'], snapshots)`,
    ],
    [
      'let what exists become a copy of ours',
      `Null: { 'ec2:CreateAction': 'true' }`,
      `Null: { 'ec2:CreateAction': 'false' }`,
    ],
    [
      'let a copy get any tag as it is made',
      `      'ForAllValues:StringEquals': { 'aws:TagKeys': [key] },\n`,
      ``,
    ],
    [
      'take out of the bin what is not marked',
      `allow('ec2:RestoreVolumeFromRecycleBin', { Null: { [\`aws:ResourceTag/\${keys.disk}\`]: 'false' } })`,
      `allow('ec2:RestoreVolumeFromRecycleBin', {})`,
    ],
    [
      'delete a disk that was not let go',
      `StringEquals: { [\`aws:ResourceTag/\${keys.bin}\`]: LET_GO }`,
      `Null: { [\`aws:ResourceTag/\${keys.bin}\`]: 'false' }`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/copying.ts', tests, only: 'a pass lets go' },
    [
      'let a pass give marked disks any tag',
      `    'ForAllValues:StringEquals': { 'aws:TagKeys': [keys.bin] },\n`,
      ``,
    ],
    ['let go a disk that is not marked', `    Null: { [\`aws:ResourceTag/\${keys.disk}\`]: 'false' },\n`, ``],
  ),
  ...bugsIn(
    { file: 'deploy/messaging.ts', tests, only: 'the notifier’s role' },
    [
      'let the notifier send to every queue',
      `                Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },`,
      `                Resource: '*',`,
    ],
    [
      'let Auto Scaling take the notifier’s role for another account',
      `            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },`,
      `            Action: 'sts:AssumeRole',`,
    ],
  ),
  ...bugsIn(
    { file: 'deploy/instance-policy.ts', tests, only: 'the policy to attach to instances' },
    ['let an instance put logs into a stranger’s bucket', `      Condition: ownedBucket(settings),\n`, ``],
    ['let an instance delete a receipt', `['s3:PutObject*', 's3:DeleteObject*']`, `['s3:PutObject*']`],
    [
      'let an instance put whatever it likes',
      `        inBucket(settings, \`/\${pattern(settings.prefix)}*\`),`,
      `        inBucket(settings, '/*'),`,
    ],
  ),
]
