/** The packaged template has everything that an operator needs, wired as the guard needs it. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { functionNames } from '../../deploy/environment.ts'
import { buildDocument } from '../../src/flush/document.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { readPolicy } from '../../src/policy.ts'
import { packageProject, type Resource, resolved, type Template } from './packaged.ts'

let template: Template
let file: string
let remove: () => Promise<void>
beforeAll(async () => {
  const parameters = {
    groups: 'tag:elasticbeanstalk:environment-name=collector-prod',
    alarmEmail: 'ops@example.com',
  }
  ;({ template, file, remove } = await packageProject(parameters))
}, 120_000)
afterAll(() => remove())

const resource = (id: string) => template.Resources[id] as Resource
const properties = (id: string) => resource(id)?.Properties ?? {}
const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type)
const functionOf = (name: string) =>
  properties(`${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`)
const FOURTEEN_DAYS = 1_209_600

describe('the queue', () => {
  it('is encrypted by SQS and keeps messages for 14 days, and so does the dead-letter queue', () => {
    for (const id of ['Queue', 'DeadLetterQueue']) {
      expect(properties(id)).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: FOURTEEN_DAYS,
      })
    }
  })
  it('hides a message for at least six times as long as the function may take', () => {
    expect(properties('Queue').VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * functionOf('terminations').Timeout,
    )
  })
  it('hands messages over to the dead-letter queue only when its receive budget is used up', () => {
    const { deadLetterTargetArn, maxReceiveCount } = properties('Queue').RedrivePolicy
    expect(deadLetterTargetArn).toEqual({ 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] })
    expect(maxReceiveCount).toBeGreaterThan(200)
    expect(maxReceiveCount).toBeLessThanOrEqual(1000)
  })
  it('refuses everything that is not TLS, and takes events only from the rule', () => {
    for (const policy of ofType('AWS::SQS::QueuePolicy')) {
      expect(policy.Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Principal: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      )
    }
    const allowed = properties('QueuePolicy').PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    )
    expect(allowed).toEqual([
      expect.objectContaining({
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': [{ 'Fn::GetAtt': ['FlushEndedRule', 'Arn'] }] } },
      }),
    ])
  })
  it('feeds the function, with partial failures and a ceiling of concurrency', () => {
    const [mapping] = ofType('AWS::Lambda::EventSourceMapping')
    expect(mapping?.Properties).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: expect.any(Number) },
      BatchSize: 10,
      Enabled: true,
    })
  })
})

describe('events', () => {
  it('the end of a flush reaches the queue, however Cancelled is spelt', () => {
    const { EventPattern, Targets } = properties('FlushEndedRule')
    expect(EventPattern).toEqual({
      source: ['aws.ssm'],
      'detail-type': ['EC2 Command Invocation Status-change Notification'],
      detail: {
        'document-name': ['termination-guard-prod-flush'],
        status: ['Success', 'Failed', 'TimedOut', 'Canceled', 'Cancelled'],
      },
    })
    expect(Targets[0].Arn).toEqual({ 'Fn::GetAtt': ['Queue', 'Arn'] })
  })
  it.each([
    ['sweep', 'rate(5 minutes)'],
    ['audit', 'rate(1 hour)'],
  ])('%s runs at %s', (name, schedule) => {
    const rules = ofType('AWS::Events::Rule').filter(
      ({ Properties }) => Properties.ScheduleExpression === schedule,
    )
    expect(rules.map(({ Properties }) => Properties.Name)).toEqual([`termination-guard-prod-${name}`])
  })
  it.each([
    ['Sweep', 5 * 60],
    ['Audit', 3600],
  ])(
    '%s never runs beside itself: Lambda does not start it again, nor so late that the next one comes',
    (name, every) => {
      const [config, ...others] = ofType('AWS::Lambda::EventInvokeConfig').filter(
        ({ Properties }) =>
          JSON.stringify(Properties.FunctionName) === JSON.stringify({ Ref: `${name}LambdaFunction` }),
      )
      expect([config?.Properties.MaximumRetryAttempts, others]).toEqual([0, []])
      const { Timeout } = properties(`${name}LambdaFunction`)
      expect(config?.Properties.MaximumEventAgeInSeconds + Timeout).toBeLessThanOrEqual(every)
    },
  )
  it('a launch runs the enrolment', () => {
    const [rule] = ofType('AWS::Events::Rule').filter(
      ({ Properties }) => Properties.Name === 'termination-guard-prod-launches',
    )
    expect(rule?.Properties.EventPattern).toEqual({
      source: ['aws.autoscaling'],
      'detail-type': ['EC2 Instance Launch Successful'],
    })
  })
})

describe('the functions', () => {
  it.each(functionNames)('%s runs on arm64 and Node 24, logs JSON, and has a role of its own', (name) => {
    expect(functionOf(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON' },
    })
    const role = name.charAt(0).toUpperCase() + name.slice(1)
    expect(functionOf(name).Role).toEqual({ 'Fn::Sub': `\${${role}Role.Arn}` })
  })
  it.each(functionNames)('%s has an environment that the policy accepts', (name) => {
    const environment = resolved(functionOf(name).Environment.Variables) as Record<string, string>
    const policy = readPolicy({ ...environment, AWS_REGION: 'eu-west-1' })
    expect(policy.queueVisibilitySeconds).toBe(properties('Queue').VisibilityTimeout)
    expect(policy.documentName).toBe(properties('FlushDocument').Name)
    expect(policy.archive.bucket).toBe('elasticbeanstalk-eu-west-1-111122223333')
    expect(policy.enrolment?.selections.length).toBe(name === 'terminations' ? undefined : 1)
  })
})

describe('the rest', () => {
  it('has no log group: what is written there outlives a removal', () => {
    expect(ofType('AWS::Logs::LogGroup')).toEqual([])
  })
  it('has no custom resource', () => {
    expect(Object.values(template.Resources).filter(({ Type }) => /Custom/.test(Type))).toEqual([])
  })
  it('the document is the profile’s, and a new version of it keeps its name', () => {
    expect(properties('FlushDocument')).toMatchObject({ DocumentType: 'Command', UpdateMethod: 'NewVersion' })
    expect(properties('FlushDocument').Content).toEqual(buildDocument(loadProfile('beanstalk')))
  })
  it('the document for disks of dead machines is the profile’s, and no function may send it', () => {
    const { Name, Content } = properties('SalvageDocument')
    expect(Content).toEqual(buildDocument(loadProfile('beanstalk'), 'salvage'))
    const others = Object.entries(template.Resources).filter(([name]) => name !== 'SalvageDocument')
    expect(JSON.stringify(others)).not.toContain(Name)
  })
  it('the notifier’s role is Auto Scaling’s, for groups of this account', () => {
    const [trust] = properties('NotifierRole').AssumeRolePolicyDocument.Statement
    expect(trust).toMatchObject({
      Principal: { Service: 'autoscaling.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })
  })
  it.each([
    'dead-letters',
    'action-not-archived',
    'instance-retained',
    'oldest-open-action',
    ...functionNames.flatMap((name) => [`function-errors-${name}`, `function-throttles-${name}`]),
    'action-overdue',
    'passes-fail',
    'passes-deferred',
    'nothing-audited',
    'audit-findings',
    'nothing-enrolled',
    'group-not-enrolled',
  ])('the alarm %s tells the topic', (title) => {
    const [alarm] = ofType('AWS::CloudWatch::Alarm').filter(
      ({ Properties }) => Properties.AlarmName === `termination-guard-prod-${title}`,
    )
    expect(alarm?.Properties.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }])
  })
  it('the topic sends e-mail to whom it was told', () => {
    expect(ofType('AWS::SNS::Subscription')[0]?.Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    })
  })
  it('has a dashboard of known metrics', () => {
    const [dashboard] = ofType('AWS::CloudWatch::Dashboard')
    const body = JSON.parse(String(resolved(dashboard?.Properties.DashboardBody)))
    expect(body.widgets.length).toBeGreaterThan(5)
  })
  it.each(['history of an instance', 'outcomes per day', 'slowest flushes', 'losses'])(
    'has the saved query %s',
    (title) => {
      const names = ofType('AWS::Logs::QueryDefinition').map(({ Properties }) => Properties.Name)
      expect(names).toContain(`termination-guard-prod/${title}`)
    },
  )
})

const cfnLint = spawnSync('cfn-lint', ['--version']).status === 0
;(cfnLint ? it : it.skip)(
  'cfn-lint finds nothing (skipped where cfn-lint is not installed)',
  () => {
    const regions = ['eu-west-1', 'cn-north-1', 'us-gov-west-1']
    const found = spawnSync('cfn-lint', ['--template', file, '--regions', ...regions], { encoding: 'utf8' })
    expect([found.status, found.stdout]).toEqual([0, ''])
  },
  120_000,
)
