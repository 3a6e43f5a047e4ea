/** The queue that holds the obligations, what may send to it, and where people are told. */
import { documentNameOf } from './environment.ts'
import type { Settings } from './parameters.ts'

const FOURTEEN_DAYS = 1_209_600

export function messagingResources(settings: Settings): Record<string, unknown> {
  return {
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: settings.name,
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: FOURTEEN_DAYS,
        VisibilityTimeout: settings.visibilitySeconds,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
          maxReceiveCount: settings.maxReceiveCount,
        },
      },
    },
    DeadLetterQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${settings.name}-dead-letters`,
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: FOURTEEN_DAYS,
      },
    },
    QueuePolicy: queuePolicy('Queue', [rulesMaySend, nobodyElseMaySend]),
    DeadLetterQueuePolicy: queuePolicy('DeadLetterQueue', []),
    NotifierRole: notifierRole(),
    ...rules(settings),
    AlarmTopic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${settings.name}-alarms` } },
    AlarmTopicPolicy: alarmTopicPolicy(),
    ...(settings.alarmEmail && {
      AlarmEmail: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: settings.alarmEmail },
      },
    }),
  }
}

/** The rules whose events wake the guard through its queue, by logical id. */
function rules(settings: Settings): Record<(typeof ruleIds)[number], unknown> {
  return { FlushEndedRule: flushEndedRule(settings) }
}

const ruleIds = ['FlushEndedRule'] as const
const ourRules = ruleIds.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }))

const rulesMaySend = {
  Sid: 'OurRules',
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  Condition: { ArnEquals: { 'aws:SourceArn': ourRules } },
}

/**
 * A role of this account that may send to any queue would be admitted by its own policy: a forged notification costs passes, and its token
 * might be another instance's. Both keys must differ for the statement to hold, and one that is missing does.
 */
const nobodyElseMaySend = {
  Sid: 'NobodyButAutoScalingAndOurRules',
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:SendMessage',
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  Condition: {
    ArnNotEquals: {
      'aws:PrincipalArn': { 'Fn::GetAtt': ['NotifierRole', 'Arn'] },
      'aws:SourceArn': ourRules,
    },
  },
}

function queuePolicy(queue: string, statements: readonly unknown[]): unknown {
  const tlsOnly = {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: queue }],
      PolicyDocument: { Version: '2012-10-17', Statement: [tlsOnly, ...statements] },
    },
  }
}

/** Auto Scaling's service-linked role may not send to queues: it takes this one for it, on behalf of groups of this account. */
function notifierRole(): unknown {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: 'Lets Auto Scaling tell the termination guard that an instance waits',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'autoscaling.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'notify',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: ['sqs:SendMessage', 'sqs:GetQueueUrl'],
                Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              },
            ],
          },
        },
      ],
    },
  }
}

/** A flush ended: look at its instance now. The event spells Canceled where the API says Cancelled, so both are asked for. */
function flushEndedRule(settings: Settings): unknown {
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: `${settings.name}-flush-ended`,
      Description: 'Wakes the guard when a flush has ended; best effort, the queue itself is the fallback',
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['EC2 Command Invocation Status-change Notification'],
        detail: {
          'document-name': [documentNameOf(settings)],
          status: ['Success', 'Failed', 'TimedOut', 'Canceled', 'Cancelled'],
        },
      },
      Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
    },
  }
}

function alarmTopicPolicy(): unknown {
  return {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'AlarmTopic' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AlarmsOfThisAccount',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: 'AlarmTopic' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    },
  }
}
