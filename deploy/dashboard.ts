/** The dashboard and the saved queries: what happened, how long it took, and what was lost. */
import { functionNames } from './environment.ts'
import type { Settings } from './parameters.ts'

const NAMESPACE = 'TerminationGuard'

export function dashboardResource(settings: Settings): unknown {
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: settings.name,
      DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: laidOut(widgets(settings)) }) },
    },
  }
}

type Widget = { readonly type: string; readonly properties: Record<string, unknown> }

function widgets(settings: Settings): Widget[] {
  const own = (...names: readonly string[]) =>
    names.map((name) => [NAMESPACE, name, 'service', settings.name])
  return [
    graph('Ends', 'Sum', own('ActionArchived', 'ActionNotArchived', 'ActionOverdue')),
    graph('Held now, retained now', 'Maximum', own('ActionsHeld', 'InstancesRetained', 'DeadLetters')),
    graph('Oldest open action (s)', 'Maximum', own('OldestActionHeld')),
    graph('Time an action took (ms)', 'p95', own('ActionHeld', 'FlushDuration')),
    graph('Groups', 'Maximum', own('GroupsEnrolled', 'GroupsNotEnrolled')),
    graph('Audit', 'Sum', own('InstancesAudited', 'AuditFindings')),
    graph(
      'Errors and throttles',
      'Sum',
      functionNames.flatMap((functionName) =>
        ['Errors', 'Throttles'].map((metric) => [
          'AWS/Lambda',
          metric,
          'FunctionName',
          `${settings.name}-${functionName}`,
        ]),
      ),
    ),
    logTable(settings, 'The last losses', losses),
  ]
}

function graph(title: string, stat: string, metrics: readonly unknown[]): Widget {
  return {
    type: 'metric',
    properties: { title, stat, metrics, period: 300, view: 'timeSeries', region: '${AWS::Region}' },
  }
}

function logTable(settings: Settings, title: string, query: string): Widget {
  const sources = journals(settings)
    .map((group) => `SOURCE '${group}'`)
    .join(' | ')
  return {
    type: 'log',
    properties: { title, query: `${sources} | ${query}`, view: 'table', region: '${AWS::Region}' },
  }
}

/** Two in a row, each 12 columns by 6 rows of CloudWatch's 24-column grid. */
function laidOut(widgets: readonly Widget[]): unknown[] {
  return widgets.map((widget, index) => ({
    ...widget,
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
  }))
}

const losses = `filter event = 'action-ended' and outcome in ['lost', 'expired', 'retained']
| fields @timestamp, instanceId, groupName, outcome, reason
| sort @timestamp desc
| limit 100`

const queries: Readonly<Record<string, { readonly title: string; readonly query: string }>> = {
  InstanceHistory: {
    title: 'history of an instance',
    query: `# Write the instance's id instead of i-
fields @timestamp, event, trigger, saw.hold, decided, did, reason, outcome, error, errorMessage
| filter instanceId like /^i-/
| sort @timestamp asc
| limit 1000`,
  },
  OutcomesPerDay: {
    title: 'outcomes per day',
    query: `filter event = 'action-ended'
| stats latest(outcome) as ended by instanceId, groupName, datefloor(@timestamp, 1d) as day
| stats count(*) as actions by day, ended
| sort day desc`,
  },
  SlowestFlushes: {
    title: 'slowest flushes',
    query: `filter event = 'action-ended'
| fields @timestamp, instanceId, groupName, flushMs / 1000 as flushSeconds, heldMs / 1000 as heldSeconds, attempts, files, bytes
| sort flushSeconds desc
| limit 50`,
  },
  Losses: { title: 'losses', query: losses },
}

/** Saved Logs Insights queries over the journals. CloudWatch Logs accepts only log groups that exist: the plugin makes them first. */
export function queryResources(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(queries).map(([id, { title, query }]) => [
      `${id}Query`,
      {
        Type: 'AWS::Logs::QueryDefinition',
        Properties: {
          Name: `${settings.name}/${title}`,
          QueryString: query,
          LogGroupNames: journals(settings),
        },
      },
    ]),
  )
}

/** The log groups of the functions that end actions. */
function journals({ name }: Settings): string[] {
  return ['terminations', 'sweep'].map((functionName) => `/aws/lambda/${name}-${functionName}`)
}
