/**
 * What an instance of a guarded group needs: to be reached by SSM's Run Command, and to put its logs and its manifest. It can neither
 * read nor delete the archive, nor complete a lifecycle action. An Elastic Beanstalk instance profile has the S3 half already.
 */
import type { Settings } from './settings.ts'
import { inBucket, pattern, type Statement } from './statements.ts'

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
    },
    ...(settings.kmsKeyArn
      ? [{ Effect: 'Allow' as const, Action: ['kms:GenerateDataKey'], Resource: settings.kmsKeyArn }]
      : []),
  ]
}

/**
 * As a managed policy that the deployment makes and attaches to nothing: `aws iam attach-role-policy` with the stack's output
 * `InstancePolicyArn` is all that is left to do.
 */
export function instancePolicyResource(settings: Settings): Record<string, unknown> {
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: `What instances guarded by ${settings.name} need: attach it to their role`,
      PolicyDocument: { Version: '2012-10-17', Statement: instanceStatements(settings) },
    },
  }
}
