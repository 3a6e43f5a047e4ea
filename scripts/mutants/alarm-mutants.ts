// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** What wakes somebody, the queues, and what may send to them. */
import { bugsIn, type Mutant } from './mutant.ts'

export const alarmMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'deploy/alarms.ts', tests: ['test/deploy/alarm-metrics.test.ts', 'test/deploy/alarms.test.ts'] },
    [
      'look at dead letters that are in flight',
      `'ApproximateNumberOfMessagesVisible'`,
      `'ApproximateNumberOfMessagesNotVisible'`,
    ],
    [
      'look at the live queue for dead letters',
      `{ 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] }`,
      `{ 'Fn::GetAtt': ['Queue', 'QueueName'] }`,
    ],
    [
      'ring for another deployment',
      'dimensions: { service: settings.name },',
      `dimensions: { service: 'termination-guard' },`,
    ],
    [
      'look at another function’s errors',
      'dimensions: { FunctionName: `${name}-${functionName}` },',
      'dimensions: { FunctionName: `${name}-terminations` },',
    ],
    ['look at errors for throttles', `of: of('Throttles'),`, `of: of('Errors'),`],
    [
      'tell nobody',
      `      AlarmActions: [{ Ref: 'AlarmTopic' }],
`,
      '',
    ],
    [
      'hold for half as long again',
      'is: now(settings.heldAlarmSeconds),',
      'is: now(settings.heldAlarmSeconds * 1.5),',
    ],
    [
      'take a sweep that is dead for a good one',
      `is: { below: 1, periods: 2, of: 2, silence: 'breaching' }`,
      `is: { below: 1, periods: 2, of: 2, silence: 'notBreaching' }`,
    ],
    [
      'count audited instances and not audits',
      `of: ours('InstancesAudited', 'SampleCount', 3600)`,
      `of: ours('InstancesAudited', 'Sum', 3600)`,
    ],
    [
      'take a dead sweep for one without copies',
      `is: { ...now(settings.patienceSeconds + 3600), silence: 'notBreaching' as const },`,
      'is: now(settings.patienceSeconds + 3600),',
    ],
    [
      'look at the least of the retained',
      `of: ours('InstancesRetained', 'Maximum'),`,
      `of: ours('InstancesRetained', 'SampleCount'),`,
    ],
    [
      'tell a lost receipt as resolved',
      `      of: ours('ReceiptFailed', 'Sum'),
      is: onceAnHour,
      isEvent: true,`,
      `      of: ours('ReceiptFailed', 'Sum'),
      is: onceAnHour,`,
    ],
  ),
  ...bugsIn(
    {
      file: 'deploy/messaging.ts',
      tests: ['test/deploy/queue-policy.test.ts', 'test/deploy/template.test.ts'],
    },
    [
      'keep dead letters for four days',
      `        QueueName: \`\${settings.name}-dead-letters\`,
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: FOURTEEN_DAYS,`,
      `        QueueName: \`\${settings.name}-dead-letters\`,
        SqsManagedSseEnabled: true,`,
    ],
    [
      'let a message be received for ever',
      `        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
          maxReceiveCount: settings.maxReceiveCount,
        },`,
      '',
    ],
    [
      'show a message again too soon',
      'VisibilityTimeout: settings.visibilitySeconds',
      'VisibilityTimeout: settings.functionTimeoutSeconds',
    ],
    [
      'let dead letters be read without TLS',
      `    DeadLetterQueuePolicy: queuePolicy('DeadLetterQueue', []),
`,
      '',
    ],
    [
      'let any account have the notifier’s role',
      `            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
      Policies`,
      `          },
        ],
      },
      Policies`,
    ],
    [
      'let any account’s alarms publish',
      `            Resource: { Ref: 'AlarmTopic' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },`,
      `            Resource: { Ref: 'AlarmTopic' },`,
    ],
    [
      'let every service publish alarms',
      `Principal: { Service: 'cloudwatch.amazonaws.com' }`,
      `Principal: '*'`,
    ],
    [
      'let every rule send',
      `  Condition: { ArnEquals: { 'aws:SourceArn': ourRules } },
`,
      '',
    ],
    [
      'wake for every command of the account',
      `          'document-name': [documentNameOf(settings)],
`,
      '',
    ],
    [
      'let the rules send to dead letters alone',
      `Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }]`,
      `Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } }]`,
    ],
    ['subscribe nobody', 'Endpoint: settings.alarmEmail },', `Endpoint: '' },`],
    [
      'send alarms to no topic policy',
      `    AlarmTopicPolicy: alarmTopicPolicy(),
`,
      '',
    ],
  ),
  ...bugsIn(
    { file: 'serverless.yml', tests: ['test/deploy/template.test.ts'] },
    [
      'retry a whole batch for one message',
      `          functionResponseType: ReportBatchItemFailures
`,
      '',
    ],
    [
      'let one function have all concurrency',
      `          maximumConcurrency: 5
`,
      '',
    ],
    [
      'let a sweep take as long as its pace',
      `    timeout: 240
`,
      `    timeout: 300
`,
    ],
    [
      'begin an audit as late as the next',
      `    maximumEventAge: 1800
`,
      `    maximumEventAge: 3600
`,
    ],
    ['audit once a day', 'rate(1 hour)', 'rate(1 day)'],
    ['enrol at launches that failed', 'EC2 Instance Launch Successful', 'EC2 Instance Launch Unsuccessful'],
    [
      'make the log groups of the stack',
      `    handler: handlers/sweep.handler
    disableLogs: true
`,
      `    handler: handlers/sweep.handler
`,
    ],
    ['log text', '      logFormat: JSON', '      logFormat: Text'],
    [
      'give the audit the sweep’s role',
      'role: ${self:custom.guard.functions.audit.role}',
      'role: ${self:custom.guard.functions.sweep.role}',
    ],
    [
      'give the audit the wrong environment',
      'environment: ${self:custom.guard.functions.audit.environment}',
      'environment: ${self:custom.guard.functions.terminations.environment}',
    ],
  ),
]
