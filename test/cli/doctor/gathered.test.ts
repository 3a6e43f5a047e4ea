/** What the checks look at, as it is asked for: the first answer is not all, and silence is no answer. */
import { beforeEach, expect, it } from '@jest/globals'
import type { JournalEvent } from '../../../src/journal/journal.ts'
import { consume } from '../../../src/termination/consume.ts'
import { awsError, KEY, PREFIX } from '../../one-instance.ts'
import { notification, record } from '../../termination/messages.ts'
import { action, MINUTE, policy } from '../../termination/observations.ts'
import { CommandLine } from '../command-line.ts'

let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.lifecycleState = 'InService'
})
async function found(check: string): Promise<{ is: string; says: string; about: string }[]> {
  const { out } = await line.run('doctor', '--group', action.groupName, '--json')
  return JSON.parse(out).findings.filter((one: { check: string }) => one.check === check)
}
const [TOLD, UNTOLD] = ['told', 'untold'].map((name) => `arn:aws:sns:eu-west-1:111122223333:${name}`)

it('alarms on every page, and who has confirmed to be told of them', async () => {
  const alarm = (AlarmName: string, topic = TOLD) => ({
    ...{ AlarmName, ActionsEnabled: true, AlarmActions: topic ? [topic] : [] },
  })
  line.inspection = {
    describeAlarms: async ({ NextToken }) =>
      NextToken === undefined
        ? { MetricAlarms: [alarm('first')], NextToken: 'more' }
        : { MetricAlarms: [alarm('second', UNTOLD)] },
    listSubscriptionsByTopic: async ({ TopicArn }) => ({
      Subscriptions: [
        { SubscriptionArn: TopicArn === TOLD ? `${TOLD}:0123` : 'PendingConfirmation', Endpoint: 'a@b' },
      ],
    }),
  }
  expect(await found('alarms')).toMatchObject([
    { is: 'fail', says: 'nobody has confirmed to be told of 1 of them (first: second)' },
  ])
})

it('a queue that does not tell how many letters it has is not empty', async () => {
  line.answering.getQueueAttributes = async () => ({ Attributes: {} })
  expect(await found('dead-letters')).toMatchObject([{ is: 'unknown' }])
})

it('policies as IAM counts them: decoded, and without white space', async () => {
  line.answering.getFunctionConfiguration = async () => ({
    ...{ State: 'Active', Role: 'arn:aws:iam::111122223333:role/guard' },
  })
  const document = JSON.stringify({ Statement: [{ Effect: 'Allow' }] }, undefined, 4)
  line.inspection = {
    listRolePolicies: async () => ({ PolicyNames: ['one', 'two'] }),
    getRolePolicy: async () => ({ PolicyDocument: encodeURIComponent(document) }) as never,
    listAttachedRolePolicies: async () => ({ AttachedPolicies: [{ PolicyName: 'x' }] }),
  }
  const [first] = await found('policy-sizes')
  const characters = 2 * JSON.stringify({ Statement: [{ Effect: 'Allow' }] }).length
  expect(first?.says).toBe(`${characters} of 10240 characters, 1 of 10 policies`)
})

it('of enrolments the newest', async () => {
  const enrolment = (refused: { groupName: string; why: string }[]): JournalEvent => ({
    ...{ event: 'enrolment', trigger: 'sweep', guarded: [], enrolled: [], changed: [], differs: [] },
    ...{ refused, missing: [] },
  })
  line.journal.push(enrolment([{ groupName: 'web', why: 'it has a hook named x already' }]), enrolment([]))
  expect(await found('enrolment')).toMatchObject([{ is: 'pass' }])
})

it('of the journal the last day', async () => {
  const counts = { held: 0, adopted: 0, failed: 0, oldestHeldSeconds: 0, retained: [], deadLetters: 0 }
  const sweepBefore = (minutes: number) => {
    const timestamp = new Date(line.now - minutes * MINUTE).toISOString()
    line.journal.splice(0, 1, { ...{ event: 'sweep', ...counts }, ...{ timestamp } })
  }
  sweepBefore(24 * 60)
  const says = async () => (await found('last-success')).map((one) => one.says)
  const noAudit = 'the journal tells of no audit lately'
  expect(await says()).toEqual(['the last sweep ended 1440 min ago', noAudit])
  sweepBefore(24 * 60 + 1)
  expect(await says()).toEqual(['the journal tells of no sweep lately', noAudit])
})

it('a test of the queue, which its own remedy asks for, as a notification that arrived', async () => {
  line.journal.push({ event: 'message-ignored', messageId: 'm', why: 'not enough words' })
  expect(await found('test-notification')).toMatchObject([{ is: 'unknown' }])
  await consume(line.guard, [record({ Event: 'autoscaling:TEST_NOTIFICATION' })], () => 60_000)
  expect(await found('test-notification')).toMatchObject([{ is: 'pass' }])
})

it('the notification of an action, and nothing else that a pass looked for', async () => {
  line.lifecycleState = 'Terminating:Wait'
  await consume(line.guard, [record(notification)], () => 60_000)
  const [pass] = line.journal.splice(0)
  if (pass?.event !== 'pass') throw new Error('there was no pass')
  for (const trigger of ['sweep', 'event', 'command-status'] as const) line.journal.push({ ...pass, trigger })
  expect(await found('test-notification')).toMatchObject([{ is: 'unknown' }])
  line.journal.push(pass)
  expect(await found('test-notification')).toMatchObject([{ is: 'pass' }])
})

it('of crashes the newest, in whatever order they come', async () => {
  const crash = (minutes: number, message: string) => ({
    ...{ functionName: 'x-sweep', at: line.now - minutes * MINUTE, message },
  })
  line.crashes = [crash(61, 'oldest'), crash(9, 'old'), crash(1, 'new'), crash(5, 'older')]
  expect((await found('crashes'))[0]?.says).toMatch(/^3 in the last hour; .*: new$/)
})

it('of objects the newest', async () => {
  line.answering.listObjectsV2 = async () => ({
    Contents: [500, 1, 300].map((minutes, index) => ({
      ...{ Key: `${KEY}${index}`, Size: 1, ETag: '"x"' },
      LastModified: new Date(line.now - minutes * MINUTE),
    })),
  })
  expect(await found('publication')).toMatchObject([
    { is: 'pass', says: `the newest object is of ${new Date(line.now - MINUTE).toISOString()}` },
  ])
})

it('nothing of a machine that is kept: it is out of service', async () => {
  line.lifecycleState = 'Terminating:Retained'
  expect(await found('agent')).toEqual([])
})

it('whether a machine is protected, and the agent that answers there', async () => {
  const { instanceId: InstanceId } = action
  line.information = { InstanceId, PingStatus: 'Online', AgentVersion: '3.3.2746.0' }
  let Value = true
  line.inspection = { describeInstanceAttribute: async () => ({ DisableApiTermination: { Value } }) }
  expect(await found('agent')).toMatchObject([{ is: 'pass', says: 'online, version 3.3.2746.0' }])
  expect(await found('termination-protection')).toMatchObject([{ is: 'pass' }])
  expect(await found('instance-role')).toMatchObject([{ is: 'fail', says: 'it has no role' }])
  Value = false
  expect(await found('termination-protection')).toMatchObject([{ is: 'fail' }])
})

it('the role that Auto Scaling is to notify with as the sweep is told it', async () => {
  let Variables: Record<string, string> = {}
  line.answering.getFunctionConfiguration = async () => ({ State: 'Active', Environment: { Variables } })
  expect(await found('hook-target')).toMatchObject([{ is: 'pass' }])
  Variables = { NOTIFIER_ROLE_ARN: 'arn:aws:iam::111122223333:role/notifier' }
  expect(await found('hook-target')).toMatchObject([
    { is: 'fail', says: 'it notifies as nobody, not as arn:aws:iam::111122223333:role/notifier' },
  ])
})

it('a right of which IAM says nothing is not there', async () => {
  const machines = line.guard.aws.describeInstances
  const Arn = 'arn:aws-cn:iam::111122223333:instance-profile/web'
  line.answering.describeInstances = async (input) => {
    const { Reservations = [] } = await machines(input)
    const Instances = Reservations.flatMap((one) => one.Instances ?? [])
    return {
      Reservations: [{ Instances: Instances.map((one) => ({ ...one, IamInstanceProfile: { Arn } })) }],
    }
  }
  let silence = ''
  const asked: [string | undefined, string][] = []
  const owners: unknown[] = []
  line.inspection = {
    getInstanceProfile: async () => ({
      InstanceProfile: { Roles: [{ Arn: 'arn:aws:iam::111122223333:role/web' }] } as never,
    }),
    simulatePrincipalPolicy: async ({ ActionNames = [], ResourceArns: [on] = [], ContextEntries = [] }) => {
      owners.push(...ContextEntries.map((one) => one.ContextKeyValues))
      for (const action of ActionNames) asked.push([on, action])
      return {
        EvaluationResults: ActionNames.filter((action) => action !== silence).map((EvalActionName) => ({
          EvalActionName,
          EvalDecision: /Delete|Complete/.test(EvalActionName) ? 'implicitDeny' : 'allowed',
        })),
      }
    },
  }
  expect(await found('instance-role')).toMatchObject([{ is: 'pass' }])
  // Each on what it is about, once: an object of the machine's, in the partition that it is in, or anything.
  const object = `arn:aws-cn:s3:::${policy.archive.bucket}/${PREFIX}doctor`
  expect(asked.map(([on, right]) => [on, right.split(':')[0]])).toEqual([
    ...[
      [object, 's3'],
      [object, 's3'],
      [object, 's3'],
    ],
    ...[
      ['*', 'ssm'],
      ['*', 'ssmmessages'],
      ['*', 'autoscaling'],
    ],
  ])
  expect(owners).toEqual([])
  const archive = { ...policy.archive, bucketOwner: '111122223333' }
  line.guard = { ...line.guard, policy: { ...policy, archive } }
  silence = 's3:PutObject'
  expect(await found('instance-role')).toMatchObject([{ is: 'unknown' }])
  expect(owners).toEqual([['111122223333']])
})

it('who may not ask is told so of each', async () => {
  line.inspection = {
    describeAlarms: async () => {
      throw awsError('AccessDenied', `not for ${policy.hookName}`)
    },
  }
  expect(await found('alarms')).toMatchObject([{ is: 'unknown' }])
})
