/** AWS's limits that a template can meet, computed before CloudFormation finds them: what was written, what it takes, and what to do. */
import { MAX_DOCUMENT_BYTES } from '../src/flush/document.ts'
import { salvageDocumentOf } from '../src/flush/salvage-document.ts'
import { alarmResources } from './alarms.ts'
import {
  environmentBytes,
  environmentOf,
  type FunctionName,
  functionNames,
  MOST_ENVIRONMENT_BYTES,
} from './environment.ts'
import type { ParameterName, Settings } from './parameters.ts'
import {
  charactersOf,
  MOST_INLINE_CHARACTERS,
  MOST_MANAGED_CHARACTERS,
  MOST_MANAGED_POLICIES,
  packed,
} from './policies.ts'
import type { ParameterProblem } from './policy-problems.ts'
import { statementsOf } from './roles.ts'

/** One limit, with how much of it a deployment takes. */
export interface Limit {
  readonly what: string
  readonly used: number
  readonly most: number
  /** Which parameter to change, and how. */
  readonly parameter: ParameterName | 'stage'
  readonly advice: string
}

/** What Serverless adds for the functions: themselves, their rules, permissions and the queue's mapping. */
export const RESOURCES_OF_SERVERLESS = 30
const CHARACTERS_OF_SERVERLESS = 40_000

/** `resources`: those of the template that are ours, as `template.ts` makes them. */
export function limitsOf(settings: Settings, resources: Readonly<Record<string, unknown>>): Limit[] {
  return [
    ...functionNames.flatMap((name) => policyLimits(settings, name)),
    ...functionNames.map((name) => environmentLimit(settings, name)),
    ...templateLimits(resources),
    ...nameLimits(settings),
    ...alarmLimits(settings),
  ]
}

/** What does not fit, as it is said of the parameters. */
export function limitProblems(limits: readonly Limit[]): ParameterProblem[] {
  return limits.flatMap(({ what, used, most, parameter, advice }) =>
    used > most ? [{ parameter, problem: `${what}: ${used}, and AWS allows ${most}: ${advice}` }] : [],
  )
}

const FEWER_GROUPS =
  'choose many groups by one tag that they share (tag:KEY=VALUE), or deploy the guard twice, under another --stage'

function policyLimits(settings: Settings, name: FunctionName): Limit[] {
  const { inline, managed } = packed(statementsOf(settings, name))
  const of = { parameter: 'groups' as const, advice: FEWER_GROUPS }
  return [
    {
      what: `characters of the inline policy of ${name}`,
      used: charactersOf(inline),
      most: MOST_INLINE_CHARACTERS,
      ...of,
    },
    {
      what: `characters of the largest managed policy of ${name}`,
      used: Math.max(0, ...managed.map(charactersOf)),
      most: MOST_MANAGED_CHARACTERS,
      ...of,
    },
    { what: `managed policies of ${name}`, used: managed.length, most: MOST_MANAGED_POLICIES, ...of },
  ]
}

function environmentLimit(settings: Settings, name: FunctionName): Limit {
  return {
    what: `bytes of the environment of ${name}`,
    used: environmentBytes(environmentOf(settings, name)),
    most: MOST_ENVIRONMENT_BYTES,
    parameter: 'movedTo',
    advice: 'write fewer or shorter prefixes',
  }
}

function templateLimits(resources: Readonly<Record<string, unknown>>): Limit[] {
  const few = { parameter: 'groups' as const, advice: FEWER_GROUPS }
  const { FlushDocument, SalvageDocument, Dashboard, ...rest } = resources as Record<
    string,
    { Properties?: object }
  >
  const bytesOf = (document?: { Properties?: object }) =>
    Buffer.byteLength(JSON.stringify(Object(document?.Properties).Content))
  const body = String(Object(Dashboard?.Properties).DashboardBody?.['Fn::Sub'])
  return [
    {
      what: 'resources of the stack',
      used: Object.keys(resources).length + RESOURCES_OF_SERVERLESS,
      most: 500,
      ...few,
    },
    {
      what: 'bytes of the template',
      // Serverless writes it with an indentation.
      used: Buffer.byteLength(JSON.stringify(resources, null, 2)) + CHARACTERS_OF_SERVERLESS,
      most: 1_000_000,
      ...few,
    },
    {
      what: 'bytes of the larger SSM document',
      used: Math.max(bytesOf(FlushDocument), bytesOf(SalvageDocument)),
      most: MAX_DOCUMENT_BYTES,
      parameter: 'profile',
      advice: 'write a shorter profile',
    },
    {
      what: 'widgets of the dashboard',
      used: JSON.parse(body).widgets.length,
      most: 500,
      parameter: 'profile',
      advice: 'take widgets out of deploy/dashboard.ts',
    },
    {
      what: 'statements of a queue policy',
      used: Math.max(...Object.values(rest).map(statementsOfQueuePolicy)),
      most: 20,
      parameter: 'profile',
      advice: 'take statements out of deploy/messaging.ts',
    },
  ]
}

function statementsOfQueuePolicy(resource: object): number {
  const { Type, Properties } = resource as { Type?: string; Properties?: Record<string, unknown> }
  return Type === 'AWS::SQS::QueuePolicy' ? Object(Properties?.PolicyDocument).Statement.length : 0
}

/** Everything of a deployment is named after its stage. */
function nameLimits(settings: Settings): Limit[] {
  const named = (what: string, name: string, most: number): Limit => ({
    what: `characters of ${what}`,
    used: name.length,
    most,
    parameter: 'stage',
    advice: `'${name}' is too long: write a shorter --stage`,
  })
  const { name } = settings
  return [
    ...functionNames.map((functionName) => named('a function’s name', `${name}-${functionName}`, 64)),
    ...['flush-ended', 'launches', 'sweep', 'audit'].map((rule) =>
      named('a rule’s name', `${name}-${rule}`, 64),
    ),
    named('a queue’s name', `${name}-dead-letters`, 80),
    named('a document’s name', salvageDocumentOf(name), 128),
    named('the hook’s name', name, 255),
    named('the key of our mark', `termination-guard:${name}`, 128),
    named('the topic’s name', `${name}-alarms`, 256),
  ]
}

function alarmLimits(settings: Settings): Limit[] {
  const alarms = Object.values(alarmResources(settings)) as {
    Properties: { AlarmName: string; AlarmDescription: string; EvaluationPeriods: number; Period: number }
  }[]
  const longest = (read: (properties: (typeof alarms)[0]['Properties']) => number) =>
    Math.max(...alarms.map(({ Properties }) => read(Properties)))
  const of = { parameter: 'stage' as const, advice: 'write a shorter --stage' }
  return [
    {
      what: 'characters of an alarm’s name',
      used: longest(({ AlarmName }) => AlarmName.length),
      most: 255,
      ...of,
    },
    {
      what: 'characters of an alarm’s description',
      used: longest(({ AlarmDescription }) => AlarmDescription.length),
      most: 1024,
      ...of,
    },
    {
      what: 'seconds that an alarm looks back',
      used: longest(({ EvaluationPeriods, Period }) => EvaluationPeriods * Period),
      most: 86_400,
      ...of,
    },
  ]
}
