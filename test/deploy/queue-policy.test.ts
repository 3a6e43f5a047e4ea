/** Who may send to the queue: Auto Scaling with its role, and our rules; nobody else, whatever else they may. Evaluated by a real IAM. */
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { describe, expect, it } from '@jest/globals'
import { deployment } from '../../deploy/template.ts'
import { defaults } from './defaults.ts'
import { ACCOUNT, REGION, type Resource, resolved } from './packaged.ts'
import { deadLettersArn, queueArn } from './requests.ts'

const { resources } = deployment('termination-guard-prod', { ...defaults, groups: 'web' })
const document = (id: string) => (resources[id] as Resource).Properties.PolicyDocument
const rule = (name: string) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`
/** As `aws:PrincipalArn` names whoever has taken a role. */
const session = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`

/** What is asked for, of what, and by which policy of it. */
interface Asked {
  readonly action: string
  readonly resource: string
  readonly policy: string
}
const sending: Asked = { action: 'sqs:SendMessage', resource: queueArn, policy: 'QueuePolicy' }

async function maySend(
  principal: string,
  context: Readonly<Record<string, string>>,
  { action, resource, policy } = sending,
): Promise<boolean> {
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: {
          'aws:SecureTransport': 'true',
          ...(principal.startsWith('arn:') && { 'aws:PrincipalArn': principal }),
          ...context,
        },
      },
      identityPolicies: principal.startsWith('arn:') ? [{ name: 'role', policy: everything }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: resolved(document(policy)),
    },
    {},
  )
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors))
  return answer.overallResult === 'Allowed'
}

describe('the queue', () => {
  it('takes what Auto Scaling sends with the notifier’s role', async () => {
    expect(await maySend(session('NotifierRole'), {})).toBe(true)
  })
  it('takes the events of our rule, and of no other', async () => {
    const events = (source: string) => maySend('events.amazonaws.com', { 'aws:SourceArn': rule(source) })
    expect([await events('FlushEndedRule'), await events('somebody-elses')]).toEqual([true, false])
  })
  it.each(['admin', 'TerminationsRole', 'NotifierRole-of-another-stack'])(
    'takes nothing from the role %s, though that may do everything',
    async (role) => {
      expect(await maySend(session(role), {})).toBe(false)
    },
  )
  it('takes nothing from a user, and nothing without TLS', async () => {
    expect(await maySend(`arn:aws:iam::${ACCOUNT}:user/operator`, {})).toBe(false)
    expect(await maySend(session('NotifierRole'), { 'aws:SecureTransport': 'false' })).toBe(false)
  })
  it('knows every rule of the template that sends to it', () => {
    const targets = Object.entries(resources as Record<string, Resource>).flatMap(
      ([id, { Type, Properties }]) =>
        Type === 'AWS::Events::Rule' && JSON.stringify(Properties.Targets).includes('"Queue"') ? [id] : [],
    )
    const [, , denial] = document('QueuePolicy').Statement
    expect(denial.Condition.ArnNotEquals['aws:SourceArn']).toEqual(
      targets.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
    )
  })
})

describe('the dead letters', () => {
  const reading = { action: 'sqs:ReceiveMessage', resource: deadLettersArn, policy: 'DeadLetterQueuePolicy' }
  it('are read by whoever may, over TLS alone', async () => {
    expect(await maySend(session('operator'), {}, reading)).toBe(true)
    expect(await maySend(session('operator'), { 'aws:SecureTransport': 'false' }, reading)).toBe(false)
  })
})

it('each queue has a policy', () => {
  const ofType = (type: string) =>
    Object.entries(resources as Record<string, Resource>).filter(([, { Type }]) => Type === type)
  expect(ofType('AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) => Properties.Queues)).toEqual(
    ofType('AWS::SQS::Queue').map(([Ref]) => ({ Ref })),
  )
})

describe('the topic of the alarms', () => {
  const topicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:termination-guard-prod-alarms`
  const publishing = { action: 'sns:Publish', resource: topicArn, policy: 'AlarmTopicPolicy' }
  it.each([
    ['an alarm of this account', 'cloudwatch.amazonaws.com', ACCOUNT, true],
    ['an alarm of another account', 'cloudwatch.amazonaws.com', '999988887777', false],
    ['another service', 'events.amazonaws.com', ACCOUNT, false],
  ])('is told by %s, or not', async (_, service, account, expected) => {
    expect(await maySend(service, { 'aws:SourceAccount': account }, publishing)).toBe(expected)
  })
})
