/** What no function may ask of AWS, whatever is deployed: of a deployment that has every rung, and groups by name and by tag. */
import { markKey } from '../../src/enrolment/mark.ts'
import { RECEIPT_PREFIX } from '../../src/receipt-prefix.ts'
import { copyKey } from '../../src/recovery/copy-mark.ts'
import { growthKey, rebootKey } from '../../src/recovery/once-mark.ts'
import { binKey, KEEP, PROVEN, RESTORED, STAYS } from '../../src/termination/disk-mark.ts'
import { ACCOUNT, REGION } from './packaged.ts'
import {
  type Deployed,
  deadLettersArn,
  documentArn,
  groupArn,
  type IamRequest,
  instanceArn,
  instanceTags,
  NAME,
  notifierRoleArn,
  OUR_BUCKET,
  queueArn,
  snapshotArn,
  taggedAsDisk,
  volumeArn,
} from './requests.ts'

export const kmsKeyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-0000-4000-8000-000000000000`
export const deployed: Deployed = {
  groups: [
    { name: 'web-asg', tags: {} },
    {
      name: 'awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1',
      tags: { 'elasticbeanstalk:environment-name': 'collector-prod' },
    },
    { name: 'other-asg', tags: { team: 'data' } },
  ],
  bucket: 'logs-of-the-account',
  prefix: 'resources/environments/logs/publish/e-abcdefghij/i-0123456789abcdef0/',
  movedTo: ['collected/', 'elsewhere/'],
  manifestPrefix: 'termination-guard/manifests/',
  kmsKeyArn,
}
export const via = (service: string) => ({ 'kms:ViaService': `${service}.${REGION}.amazonaws.com` })
const receiptArn = `arn:aws:s3:::${deployed.bucket}/${RECEIPT_PREFIX}i-0123456789abcdef0/x.json`

const foreign = 'payments-asg'
const ask = (action: string, resource: string, context: IamRequest['context'] = {}) => ({
  action,
  resource,
  context,
})
const update = (context: IamRequest['context']) =>
  ask('autoscaling:UpdateAutoScalingGroup', groupArn('web-asg'), context)
const tag = (...keys: string[]) =>
  ask('autoscaling:CreateOrUpdateTags', groupArn('web-asg'), { 'aws:TagKeys': keys })
export const forbidden: readonly (readonly [string, IamRequest])[] = [
  [
    'flush an instance of another group',
    ask('ssm:SendCommand', instanceArn, instanceTags({ name: foreign, tags: { team: 'payments' } })),
  ],
  ['flush an instance of no group', ask('ssm:SendCommand', instanceArn)],
  [
    'run another document',
    ask('ssm:SendCommand', documentArn.replace(/document\/.*/, 'document/AWS-RunShellScript')),
  ],
  [
    'run another document that has a chosen tag',
    ask('ssm:SendCommand', documentArn.replace(/document\/.*/, 'document/anything'), {
      'aws:ResourceTag/team': 'data',
    }),
  ],
  [
    'put a hook on a group of another Region that has a chosen tag',
    ask('autoscaling:PutLifecycleHook', groupArn('x').replace(REGION, 'us-east-1'), {
      'aws:ResourceTag/team': 'data',
    }),
  ],
  [
    'keep an instance of such a group waiting',
    ask('autoscaling:RecordLifecycleActionHeartbeat', groupArn('x').replace(REGION, 'us-east-1'), {
      'aws:ResourceTag/team': 'data',
    }),
  ],
  [
    'complete the action of another group’s hook',
    ask('autoscaling:CompleteLifecycleAction', groupArn(foreign), { 'aws:ResourceTag/team': 'payments' }),
  ],
  [
    'keep another group’s instance waiting',
    ask('autoscaling:RecordLifecycleActionHeartbeat', groupArn(foreign)),
  ],
  ...['MinSize', 'MaxSize'].map(
    (size) => [`set the ${size} of a guarded group`, update({ [`autoscaling:${size}`]: '0' })] as const,
  ),
  [
    'change what a guarded group launches, by a launch configuration',
    update({ 'autoscaling:LaunchConfigurationName': 'miner' }),
  ],
  [
    'change what a guarded group launches, by the version of a launch template',
    update({ 'autoscaling:LaunchTemplateVersionSpecified': 'true' }),
  ],
  [
    'change which types of instances a guarded group launches',
    update({ 'autoscaling:InstanceTypes': ['x'] }),
  ],
  ['move a guarded group to other networks', update({ 'autoscaling:VPCZoneIdentifiers': ['subnet-1'] })],
  ['copy a volume without our tag', ask('ec2:CreateSnapshot', snapshotArn)],
  ['make a volume without our tag', ask('ec2:CreateVolume', volumeArn)],
  ['make a volume of another snapshot', ask('ec2:CreateVolume', snapshotArn)],
  ['delete another volume', ask('ec2:DeleteVolume', volumeArn)],
  ['delete a marked volume whose logs are not proven', ask('ec2:DeleteVolume', volumeArn, taggedAsDisk)],
  ...[KEEP, STAYS, PROVEN, RESTORED].map(
    (fate) =>
      [
        `delete a disk whose mark says ${fate}`,
        ask('ec2:DeleteVolume', volumeArn, {
          ...taggedAsDisk,
          [`aws:ResourceTag/${binKey(NAME)}`]: fate,
        }),
      ] as const,
  ),
  ['delete another snapshot', ask('ec2:DeleteSnapshot', snapshotArn)],
  ['attach another volume', ask('ec2:AttachVolume', volumeArn)],
  ['take another volume off', ask('ec2:DetachVolume', volumeArn)],
  ...['ec2:AttachVolume', 'ec2:DetachVolume'].map((action): [string, IamRequest] => [
    `${action} of another volume, although it has a chosen tag`,
    ask(action, volumeArn, { 'aws:ResourceTag/team': 'data' }),
  ]),
  [
    'attach a volume to an instance of another group',
    ask('ec2:AttachVolume', instanceArn, instanceTags({ name: foreign, tags: {} })),
  ],
  [
    'take a volume off an instance of another group',
    ask('ec2:DetachVolume', instanceArn, instanceTags({ name: foreign, tags: {} })),
  ],
  ['take another volume out of the Recycle Bin', ask('ec2:RestoreVolumeFromRecycleBin', volumeArn)],
  ['tag a volume with anything else', ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': ['team'] })],
  [
    'make a volume its own by a tag, although it has a chosen one',
    ask('ec2:CreateTags', volumeArn, {
      'aws:TagKeys': [copyKey(NAME)],
      'aws:ResourceTag/team': 'data',
    }),
  ],
  ['make a volume larger that was not marked before', ask('ec2:ModifyVolume', volumeArn)],
  [
    'make a volume larger that has a chosen tag',
    ask('ec2:ModifyVolume', volumeArn, { 'aws:ResourceTag/team': 'data' }),
  ],
  [
    'mark a volume with anything else',
    ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': [growthKey(NAME), 'team'] }),
  ],
  ['mark a snapshot', ask('ec2:CreateTags', snapshotArn, { 'aws:TagKeys': [growthKey(NAME)] })],
  ['make a volume its own by a tag', ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': [copyKey(NAME)] })],
  [
    'tag what it makes with anything else',
    ask('ec2:CreateTags', volumeArn, {
      'aws:TagKeys': [copyKey(NAME), 'team'],
      'ec2:CreateAction': 'CreateVolume',
    }),
  ],
  [
    'tag what it makes with the mark of another rung',
    ask('ec2:CreateTags', volumeArn, {
      'aws:TagKeys': [copyKey(NAME), growthKey(NAME)],
      'ec2:CreateAction': 'CreateVolume',
    }),
  ],
  [
    'mark a volume as what only machines are',
    ask('ec2:CreateTags', volumeArn, { 'aws:TagKeys': [growthKey(NAME), rebootKey(NAME)] }),
  ],
  ['put another tag on a guarded group', tag('team')],
  ['put another tag beside the mark on a guarded group', tag(markKey(NAME), 'team')],
  ['remove the mark', { ...tag(markKey(NAME)), action: 'autoscaling:DeleteTags' }],
  ['put a hook on another group', ask('autoscaling:PutLifecycleHook', groupArn(foreign))],
  [
    'delete a hook, which lets go whatever waits',
    ask('autoscaling:DeleteLifecycleHook', groupArn('web-asg')),
  ],
  [
    'list another bucket',
    ask('s3:ListBucket', 'arn:aws:s3:::other-bucket', { 's3:prefix': deployed.prefix, ...OUR_BUCKET }),
  ],
  ['list the whole bucket', ask('s3:ListBucket', `arn:aws:s3:::${deployed.bucket}`, OUR_BUCKET)],
  [
    'list the bucket where a stranger has taken its name',
    ask('s3:ListBucket', `arn:aws:s3:::${deployed.bucket}`, {
      's3:prefix': deployed.prefix,
      's3:ResourceAccount': '999988887777',
    }),
  ],
  [
    'read the bucket where a stranger has taken its name',
    ask('s3:GetObject', `arn:aws:s3:::${deployed.bucket}/${deployed.prefix}x.gz`, {
      's3:ResourceAccount': '999988887777',
    }),
  ],
  [
    'read another bucket',
    ask('s3:GetObject', `arn:aws:s3:::other-bucket/${deployed.prefix}x.gz`, OUR_BUCKET),
  ],
  [
    'read something else of the bucket',
    ask('s3:GetObject', `arn:aws:s3:::${deployed.bucket}/payroll.csv`, OUR_BUCKET),
  ],
  ['delete an object', ask('s3:DeleteObject', `arn:aws:s3:::${deployed.bucket}/${deployed.prefix}x.gz`)],
  ['write an object', ask('s3:PutObject', `arn:aws:s3:::${deployed.bucket}/${deployed.prefix}x.gz`)],
  ['write over a receipt', ask('s3:PutObject', receiptArn, OUR_BUCKET)],
  [
    'write a receipt where a stranger has taken the bucket’s name',
    ask('s3:PutObject', receiptArn, { 's3:if-none-match': '*', 's3:ResourceAccount': '999988887777' }),
  ],
  [
    'write anything but a receipt',
    ask('s3:PutObject', `arn:aws:s3:::${deployed.bucket}/${deployed.manifestPrefix}x`, {
      's3:if-none-match': '*',
      ...OUR_BUCKET,
    }),
  ],
  ['delete a receipt', ask('s3:DeleteObject', receiptArn, OUR_BUCKET)],
  ['terminate an instance', ask('ec2:TerminateInstances', instanceArn)],
  [
    'reboot an instance of another group',
    ask('ec2:RebootInstances', instanceArn, instanceTags({ name: foreign, tags: { team: 'payments' } })),
  ],
  ['read the console of an instance of no group', ask('ec2:GetConsoleOutput', instanceArn)],
  [
    'give a guarded instance another tag',
    ask('ec2:CreateTags', instanceArn, {
      ...instanceTags({ name: 'web-asg', tags: {} }),
      'aws:TagKeys': ['aws-backup'],
    }),
  ],
  [
    'give a guarded instance another tag beside ours',
    ask('ec2:CreateTags', instanceArn, {
      ...instanceTags({ name: 'web-asg', tags: {} }),
      'aws:TagKeys': [rebootKey(NAME), 'aws-backup'],
    }),
  ],
  [
    'begin a termination in another group',
    ask('autoscaling:TerminateInstanceInAutoScalingGroup', groupArn(foreign), {
      'aws:ResourceTag/team': 'payments',
    }),
  ],
  ...['kms:Decrypt', 'kms:GenerateDataKey'].flatMap((action): [string, IamRequest][] => [
    [`${action} of a secret`, ask(action, kmsKeyArn, via('secretsmanager'))],
    [`${action} of what it has itself`, ask(action, kmsKeyArn)],
  ]),
  [
    'write into another function’s log',
    ask('logs:PutLogEvents', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/payments:log-stream:x`),
  ],
  ['send to its own queue', ask('sqs:SendMessage', queueArn)],
  ['empty the dead-letter queue', ask('sqs:DeleteMessage', deadLettersArn)],
  [
    'pass the notifier’s role to another service',
    ask('iam:PassRole', notifierRoleArn, { 'iam:PassedToService': 'ec2.amazonaws.com' }),
  ],
  [
    'pass another role',
    ask('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/admin`, {
      'iam:PassedToService': 'autoscaling.amazonaws.com',
    }),
  ],
]
