/**
 * What wakes somebody. docs/operate.md says for each alarm what it means and what to type. Every alarm looks at one metric: metric math over
 * FILL takes a point that is late for a zero, and a metric without any point may empty a whole sum. A point may be late by minutes, so no
 * alarm judges by the newest period alone.
 */
import { type FunctionName, functionNames, type Value } from './environment.ts'
import type { Settings } from './parameters.ts'

const NAMESPACE = 'TerminationGuard'

interface Alarm {
  readonly title: string
  /** The chapter of the operating manual, where it is not the title. */
  readonly chapter?: string
  readonly says: string
  readonly of: Metric
  readonly is: Judgement
  /** What happened once: no quiet hour makes it good, so nothing says that it is over. */
  readonly isEvent?: true
}

interface Metric {
  readonly namespace: string
  readonly name: string
  readonly statistic: 'Sum' | 'Maximum' | 'SampleCount'
  readonly seconds: number
  readonly dimensions: Readonly<Record<string, Value>>
}

/** So many of the last periods must be beyond the threshold. */
interface Judgement {
  readonly above?: number
  readonly below?: number
  readonly periods: number
  readonly of: number
  /** No data: all is well, nobody looks any more, or it is as it was. */
  readonly silence: 'notBreaching' | 'breaching' | 'ignore'
}

/** Of an event, for an hour: a second one soon after has the same mail, a later one its own. */
const onceAnHour: Judgement = { above: 0, periods: 1, of: 12, silence: 'notBreaching' }
/** One throttled call is nothing; who fails for long tries again at least every quarter of an hour. */
const againAndAgain: Judgement = { above: 0, periods: 2, of: 12, silence: 'notBreaching' }
/** Of a state that the sweep tells every five minutes; while the sweep is dead, it is as it was. */
const now = (above: number): Judgement => ({ above, periods: 1, of: 3, silence: 'ignore' })

/** The alarms as CloudFormation resources, by logical id. */
export function alarmResources(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(alarms(settings)).map(([id, alarm]) => [`${id}Alarm`, resource(settings, alarm)]),
  )
}

function alarms(settings: Settings): Record<string, Alarm> {
  const ours = (name: string, statistic: Metric['statistic'], seconds = 300): Metric => ({
    namespace: NAMESPACE,
    name,
    statistic,
    seconds,
    dimensions: { service: settings.name },
  })
  return {
    NotArchived: {
      title: 'action-not-archived',
      says: 'A termination ended without proof that its logs are in S3.',
      of: ours('ActionNotArchived', 'Sum'),
      is: onceAnHour,
      isEvent: true,
    },
    Overdue: {
      title: 'action-overdue',
      says: 'A termination is about to end without proof that its logs are in S3: its group does not retain.',
      of: ours('ActionOverdue', 'Sum'),
      is: onceAnHour,
    },
    Retained: {
      title: 'instance-retained',
      says: 'An instance is kept because its logs are not proven to be in S3. It costs money until somebody ends it.',
      of: ours('InstancesRetained', 'Maximum'),
      is: now(0),
    },
    OldestAction: {
      title: 'oldest-open-action',
      says: `A termination has been held for longer than ${settings.heldAlarmSeconds} s.`,
      of: ours('OldestActionHeld', 'Maximum'),
      is: now(settings.heldAlarmSeconds),
    },
    PassesFail: {
      title: 'passes-fail',
      says: 'Again and again the guard cannot judge a termination: AWS does not answer it.',
      of: ours('PassFailed', 'Sum'),
      is: againAndAgain,
    },
    ...(settings.rungs.includes('clone') && {
      OldCopy: {
        title: 'old-copy',
        says: 'The copy of a dead machine’s disk is still there. It costs money until it is deleted.',
        of: ours('OldestCopy', 'Maximum'),
        is: { ...now(settings.patienceSeconds + 3600), silence: 'notBreaching' as const },
      },
    }),
    ReceiptFailed: {
      title: 'receipt-failed',
      says: 'A machine was let go with its logs proven, and the receipt of it could not be written.',
      of: ours('ReceiptFailed', 'Sum'),
      is: onceAnHour,
      isEvent: true,
    },
    PassesDeferred: {
      title: 'passes-deferred',
      says: 'Again and again the guard has no time left for a termination, and leaves it undecided.',
      of: ours('PassesDeferred', 'Sum'),
      is: againAndAgain,
    },
    DeadLetters: {
      title: 'dead-letters',
      says: 'Messages that the guard could not understand or never got done lie in the dead-letter queue.',
      of: {
        namespace: 'AWS/SQS',
        name: 'ApproximateNumberOfMessagesVisible',
        statistic: 'Maximum',
        seconds: 300,
        dimensions: { QueueName: { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] } },
      },
      is: now(0),
    },
    ...Object.assign({}, ...functionNames.map((name) => functionAlarms(settings, name))),
    AuditFindings: {
      title: 'audit-findings',
      says: 'A running instance did not publish its logs by itself, or could not be flushed.',
      of: ours('AuditFindings', 'Sum', 3600),
      is: { above: 0, periods: 1, of: 3, silence: 'notBreaching' },
    },
    NothingAudited: {
      title: 'nothing-audited',
      says: 'No audit of the running instances has come to its end for three hours.',
      of: ours('InstancesAudited', 'SampleCount', 3600),
      is: { below: 1, periods: 3, of: 3, silence: 'breaching' },
    },
    NothingEnrolled: {
      title: 'nothing-enrolled',
      says: 'No group is guarded, or the sweep does not run.',
      of: ours('GroupsEnrolled', 'Maximum', 900),
      is: { below: 1, periods: 2, of: 2, silence: 'breaching' },
    },
    NotEnrolled: {
      title: 'group-not-enrolled',
      says: 'A group that was chosen could not be enrolled: it is not guarded.',
      of: ours('GroupsNotEnrolled', 'Maximum'),
      is: now(0),
    },
  }
}

/** One for each function: the sum of all would be empty where one of them was never called. */
function functionAlarms({ name }: Settings, functionName: FunctionName): Record<string, Alarm> {
  const id = functionName.charAt(0).toUpperCase() + functionName.slice(1)
  const of = (metric: string): Metric => ({
    namespace: 'AWS/Lambda',
    name: metric,
    statistic: 'Sum',
    seconds: 300,
    dimensions: { FunctionName: `${name}-${functionName}` },
  })
  const is: Judgement = { above: 0, periods: 1, of: 3, silence: 'notBreaching' }
  return {
    [`${id}Errors`]: {
      title: `function-errors-${functionName}`,
      chapter: 'function-errors',
      says: `The function ${functionName} crashed, or did not start.`,
      of: of('Errors'),
      is,
    },
    [`${id}Throttles`]: {
      title: `function-throttles-${functionName}`,
      chapter: 'function-throttles',
      says: `Lambda did not let the function ${functionName} run: the account’s concurrency is used up.`,
      of: of('Throttles'),
      is,
    },
  }
}

function resource({ name }: Settings, { title, chapter = title, says, of, is, isEvent }: Alarm): unknown {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${name}-${title}`,
      AlarmDescription: `${says} What to type: docs/operate.md#${chapter}`,
      Namespace: of.namespace,
      MetricName: of.name,
      Dimensions: Object.entries(of.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: of.statistic,
      Period: of.seconds,
      EvaluationPeriods: is.of,
      DatapointsToAlarm: is.periods,
      ComparisonOperator: is.below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: is.below ?? is.above,
      TreatMissingData: is.silence,
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      ...(!isEvent && { OKActions: [{ Ref: 'AlarmTopic' }] }),
    },
  }
}
