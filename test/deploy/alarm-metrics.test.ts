/** What each alarm looks at: what its own deployment counts of what happens, and what AWS counts of its own functions and queue. */
import { expect, it } from '@jest/globals'
import { alarmResources } from '../../deploy/alarms.ts'
import { environmentOf, functionNames } from '../../deploy/environment.ts'
import { messagingResources } from '../../deploy/messaging.ts'
import { readSettings } from '../../deploy/settings.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { metricsOf } from '../../src/journal/metrics.ts'
import { RUNGS } from '../../src/rungs.ts'
import { defaults } from './defaults.ts'
import type { Resource } from './packaged.ts'

interface Alarm {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[]
  readonly Statistic: 'Sum' | 'Maximum' | 'SampleCount'
  readonly ComparisonOperator: string
  readonly Threshold: number
  readonly AlarmActions: unknown
}

const NAME = 'guard-of-another-stage'
const settings = readSettings(NAME, {
  ...{ ...defaults, groups: 'web', heldAlarm: 3600, patience: 7200 },
  recover: RUNGS.join(','),
})
const alarms = new Map(
  Object.entries(alarmResources(settings) as Record<string, { readonly Properties: Alarm }>).map(
    ([id, { Properties }]) => [id.replace(/Alarm$/, ''), Properties],
  ),
)

/** Those that one such event would make ring, whenever it comes; a pulse rings where it does not. */
function ringing(event: object): string[] {
  const counted = metricsOf(event as JournalEvent)
  return [...alarms].flatMap(([id, { Namespace, MetricName, ComparisonOperator, ...alarm }]) => {
    const point = counted.find(({ name }) => name === MetricName)
    if (Namespace !== 'TerminationGuard' || !point || ComparisonOperator !== 'GreaterThanThreshold') return []
    const value = alarm.Statistic === 'SampleCount' ? 1 : point.value
    return value > alarm.Threshold ? [id] : []
  })
}

const sweep = {
  event: 'sweep',
  held: 9,
  adopted: 9,
  failed: 9,
  retained: [],
  deadLetters: 0,
  oldestHeldSeconds: 3600,
}
const enrolment = { event: 'enrolment', trigger: 'sweep', guarded: ['web'], refused: [] }
const ended = { event: 'action-ended', by: 'completed', heldMs: 1, flushMs: 1, bytes: 1 }

it.each([
  [[], { ...ended, outcome: 'archived' }],
  [['NotArchived'], { ...ended, outcome: 'retained' }],
  [['Overdue'], { event: 'pass', overdue: true }],
  [[], sweep],
  [['Retained'], { ...sweep, retained: ['i-1'] }],
  [['OldestAction'], { ...sweep, oldestHeldSeconds: 3601 }],
  [['PassesFail'], { event: 'pass-failed' }],
  [['PassesFail'], { event: 'recovery-failed' }],
  [['PassesFail'], { event: 'disks-failed' }],
  [[], { event: 'copies', copies: 99, oldestSeconds: 10_800, failed: [] }],
  [['OldCopy'], { event: 'copies', copies: 1, oldestSeconds: 10_801, failed: [] }],
  [['ReceiptFailed'], { event: 'receipt-failed' }],
  [['PassesDeferred'], { event: 'passes-deferred', messages: 1 }],
  [['AuditFindings'], { event: 'audit-failed' }],
  [['AuditFindings'], { event: 'audited', finding: 'unreachable' }],
  [[], { event: 'audit', instances: 9 }],
  [[], enrolment],
  [['NotEnrolled'], { ...enrolment, refused: ['api'] }],
])('%j of %j', (expected, event) => {
  expect(ringing(event)).toEqual(expected)
})

it.each([
  ['NothingAudited', 'SampleCount', { event: 'audit', instances: 0 }, 'InstancesAudited'],
  ['NothingEnrolled', 'Maximum', enrolment, 'GroupsEnrolled'],
])('%s is quiet while there is %s of %j', (id, statistic, event, metric) => {
  expect(metricsOf(event as unknown as JournalEvent).map(({ name }) => name)).toContain(metric)
  expect(alarms.get(id)).toMatchObject({
    ...{ MetricName: metric, Statistic: statistic, Threshold: 1, ComparisonOperator: 'LessThanThreshold' },
  })
})

it('what a deployment counts is told apart from what others of the account do', () => {
  const own = [...alarms.values()].filter(({ Namespace }) => Namespace === 'TerminationGuard')
  expect(own.length).toBeGreaterThan(10)
  for (const name of functionNames) {
    const service = environmentOf(settings, name).POWERTOOLS_SERVICE_NAME
    expect(new Set(own.map(({ Dimensions }) => JSON.stringify(Dimensions)))).toEqual(
      new Set([JSON.stringify([{ Name: 'service', Value: service }])]),
    )
  }
})

it.each(functionNames)('%s has an alarm for its own errors, and one for being kept from running', (name) => {
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  for (const metric of ['Errors', 'Throttles'])
    expect(alarms.get(`${id}${metric}`)).toMatchObject({
      ...{ Namespace: 'AWS/Lambda', MetricName: metric, Statistic: 'Sum' },
      Dimensions: [{ Name: 'FunctionName', Value: `${NAME}-${name}` }],
    })
})

it('dead letters are those that lie where the queue puts them', () => {
  const { Queue } = messagingResources(settings) as Record<string, Resource>
  const [id] = Queue?.Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'] ?? []
  expect(alarms.get('DeadLetters')).toMatchObject({
    ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' },
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
  })
})

it('each tells the topic', () => {
  for (const { AlarmActions } of alarms.values()) expect(AlarmActions).toEqual([{ Ref: 'AlarmTopic' }])
})
