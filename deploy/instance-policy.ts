/**
 * What an instance of a guarded group needs: to be reached by SSM's Run Command, and to put its logs and its manifest. It can neither
 * read nor delete the archive, nor write a receipt, nor complete a lifecycle action. An Elastic Beanstalk instance profile has the S3 half already.
 */
import { RECEIPT_PREFIX } from '../src/receipt-prefix.ts'
import type { Value } from './environment.ts'
import type { Settings } from './parameters.ts'
import { inBucket, ownedBucket, pattern, type Statement, withOwnKey } from './statements.ts'

/** What the SSM agent calls to register, to be given a command and to answer it. IAM cannot confine these to a resource. */
export const AGENT_ACTIONS = [
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
] as const

export function instanceStatements(settings: Settings): Statement[] {
  return [
    { Effect: 'Allow', Action: AGENT_ACTIONS, Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [
        inBucket(settings, `/${pattern(settings.prefix)}*`),
        inBucket(settings, `/${settings.manifestPrefix}*`),
      ],
      Condition: ownedBucket(settings),
    },
    // Whatever else allows it, and however the prefixes are chosen: an instance has no say in what was proven of it.
    {
      Effect: 'Deny',
      // With everything that begins so: versions, which deleting an object alone leaves, and how long they are kept.
      Action: ['s3:PutObject*', 's3:DeleteObject*'],
      Resource: inBucket(settings, `/${RECEIPT_PREFIX}*`),
    },
    // An upload in parts under a key of one's own reads the parts again as it is completed.
    ...withOwnKey(settings, 'kms:GenerateDataKey', 'kms:Decrypt'),
  ]
}

/**
 * The policy as one line of JSON, to be put on the instances' role. Not a resource of the stack: a managed policy that is still attached
 * somewhere would keep the stack from being removed.
 */
export function instancePolicy(settings: Settings): Value {
  const document = { Version: '2012-10-17', Statement: instanceStatements(settings) }
  // Each ARN in it is an Fn::Sub of its own; one around the whole does the same.
  return { 'Fn::Sub': JSON.stringify(document, (_, value) => value?.['Fn::Sub'] ?? value) }
}
