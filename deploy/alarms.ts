/** What wakes somebody. docs/operate.md says for each alarm what it means and what to type. */
import { functionNames, type Value } from './environment.ts'
import type { Settings } from './parameters.ts'

const NAMESPACE = 'TerminationGuard'

interface Alarm {
  readonly title: string
  readonly says: string
  readonly of: Record<string, unknown>
  readonly above: number
  /** `breaching`: no data means that nobody looks any more. */
  readonly silence?: 'breaching'
  readonly below?: true
}

/** The alarms as CloudFormation resources, by logical id. */
export function alarmResources(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(alarms(settings)).map(([id, alarm]) => [`${id}Alarm`, resource(settings, alarm)]),
  )
}

function alarms(settings: Settings): Record<string, Alarm> {
  const ours = (metric: string, statistic: string, seconds = 300) =>
    metricOf(NAMESPACE, metric, statistic, seconds, { service: settings.name })
  return {
    DeadLetters: {
      title: 'dead-letters',
      says: 'Messages that the guard could not understand or never got done lie in the dead-letter queue.',
      of: metricOf('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', 300, {
        QueueName: { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] },
      }),
      above: 0,
    },
    NotArchived: {
      title: 'action-not-archived',
      says: 'A termination ended, or is about to end, without proof that its logs are in S3.',
      of: {
        Metrics: [
          expression('FILL(ended, 0) + FILL(overdue, 0)', 'not archived'),
          query('ended', metricStat(NAMESPACE, 'ActionNotArchived', 'Sum', 300, { service: settings.name })),
          query('overdue', metricStat(NAMESPACE, 'ActionOverdue', 'Sum', 300, { service: settings.name })),
        ],
      },
      above: 0,
    },
    Retained: {
      title: 'instance-retained',
      says: 'An instance is kept because its logs are not proven to be in S3. It costs money until somebody ends it.',
      of: ours('InstancesRetained', 'Maximum'),
      above: 0,
    },
    OldestAction: {
      title: 'oldest-open-action',
      says: `A termination has been held for longer than ${settings.heldAlarmSeconds} s.`,
      of: ours('OldestActionHeld', 'Maximum'),
      above: settings.heldAlarmSeconds,
    },
    Errors: {
      title: 'function-errors',
      says: 'A function of the guard crashed, or did not start.',
      of: overFunctions(settings, 'Errors'),
      above: 0,
    },
    Throttles: {
      title: 'function-throttles',
      says: 'Lambda did not let a function of the guard run: the account’s concurrency is used up.',
      of: overFunctions(settings, 'Throttles'),
      above: 0,
    },
    AuditFindings: {
      title: 'audit-findings',
      says: 'A running instance did not publish its logs by itself, or could not be flushed.',
      of: ours('AuditFindings', 'Sum', 3600),
      above: 0,
    },
    NothingEnrolled: {
      title: 'nothing-enrolled',
      says: 'No group is guarded, or the sweep does not run.',
      of: ours('GroupsEnrolled', 'Maximum', 900),
      above: 1,
      below: true,
      silence: 'breaching',
    },
    NotEnrolled: {
      title: 'group-not-enrolled',
      says: 'A group that was chosen could not be enrolled: it is not guarded.',
      of: ours('GroupsNotEnrolled', 'Maximum', 900),
      above: 0,
    },
  }
}

function resource({ name }: Settings, { title, says, of, above, below, silence }: Alarm): unknown {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${name}-${title}`,
      AlarmDescription: `${says} What to type: docs/operate.md#${title}`,
      ...of,
      EvaluationPeriods: below ? 2 : 1,
      ComparisonOperator: below ? 'LessThanThreshold' : 'GreaterThanThreshold',
      Threshold: above,
      TreatMissingData: silence ?? 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
    },
  }
}

type Dimensions = Readonly<Record<string, Value>>

function metricOf(
  namespace: string,
  name: string,
  statistic: string,
  seconds: number,
  dimensions: Dimensions,
): Record<string, unknown> {
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: listed(dimensions),
    Statistic: statistic,
    Period: seconds,
  }
}

function metricStat(
  namespace: string,
  name: string,
  statistic: string,
  seconds: number,
  dimensions: Dimensions,
): unknown {
  return {
    Metric: { Namespace: namespace, MetricName: name, Dimensions: listed(dimensions) },
    Period: seconds,
    Stat: statistic,
  }
}

function query(id: string, stat: unknown): unknown {
  return { Id: id, MetricStat: stat, ReturnData: false }
}

function expression(formula: string, label: string): unknown {
  return { Id: 'sum', Expression: formula, Label: label, ReturnData: true }
}

/** One alarm over all functions: which one it was is on the dashboard and in the logs. */
function overFunctions({ name }: Settings, metric: string): Record<string, unknown> {
  return {
    Metrics: [
      expression(functionNames.map((functionName) => `FILL(${functionName}, 0)`).join(' + '), metric),
      ...functionNames.map((functionName) =>
        query(
          functionName,
          metricStat('AWS/Lambda', metric, 'Sum', 300, { FunctionName: `${name}-${functionName}` }),
        ),
      ),
    ],
  }
}

function listed(dimensions: Dimensions): unknown {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
}
