/** The deployment's parameters, read and checked before anything is packaged: every bad value at once, with what to write instead. */

import { loadProfile } from '../src/flush/profile.ts'
import { grouped } from '../src/grouped.ts'
import { readRungs } from '../src/rungs.ts'
import { parseSelections } from '../src/selection.ts'
import {
  encryptions,
  type ParameterName,
  type Parameters,
  parameterNames,
  type Settings,
} from './parameters.ts'
import { policyProblems } from './policy-problems.ts'
import { receiveBudget } from './receive-budget.ts'

/** SQS moves a message to the dead-letter queue after at most so many receives. */
const MOST_RECEIVES = 1000
/** Below this, a function that must end within a sixth of half a heartbeat has no time to work. */
const SHORTEST_HEARTBEAT = 360
/** As S3 names them: between two dots there is something, and an address is no name. */
const BUCKET = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
/** A pattern in it would be a right on every key that it matches. */
const KEY = /^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/
/** The periods that CloudWatch Logs accepts. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

/** Written instead of groups by who means that no group is to be guarded any more. */
const NO_GROUPS = 'none'

/** Names of documents that Systems Manager keeps for AWS (API reference, CreateDocument). */
const RESERVED = /^(aws|amazon|amzn)/i

/**
 * Throws one Error that lists every parameter that cannot be used, among them those that were given (`name=value`) and that nobody
 * reads: a misspelt name would leave its parameter at the default, and of one that is given twice, Serverless takes the last.
 */
export function readSettings(name: string, parameters: Parameters, given: readonly string[] = []): Settings {
  const problems: string[] = [
    ...unknownNames(given).map(
      (unknown) => `${unknown}: no such parameter; write one of ${parameterNames.join(', ')}`,
    ),
    ...contradictions(given),
  ]
  if (RESERVED.test(name))
    problems.push(
      `service: Systems Manager takes no document that is named so ('${name}-flush'): write another service in serverless.yml`,
    )
  const isSound = (...names: readonly string[]) =>
    !names.some((parameter) => problems.some((problem) => problem.startsWith(`${parameter}:`)))
  const text = (parameter: ParameterName) => String(parameters[parameter] ?? '').trim()
  const attempt = <Value>(
    parameter: ParameterName,
    fallback: Value,
    read: (text: string) => Value,
  ): Value => {
    try {
      return read(text(parameter))
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      problems.push(`${parameter}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`)
      return fallback
    }
  }
  const whole = (parameter: ParameterName, min: number, max: number) =>
    attempt(parameter, min, (value) => {
      if (/^[0-9]{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
      throw new Error(`write a whole number from ${min} to ${max} instead of '${value}'`)
    })
  const matching = (parameter: ParameterName, pattern: RegExp, advice: string) =>
    attempt(parameter, undefined, (value) => {
      if (value === '') return undefined
      if (pattern.test(value)) return value
      throw new Error(`${advice} instead of '${value}'`)
    })
  const oneOf = <Choice extends string>(
    parameter: ParameterName,
    ...choices: [Choice, ...Choice[]]
  ): Choice =>
    attempt<Choice>(parameter, choices[0], (value) => {
      const choice = choices.find((candidate) => candidate === value)
      if (choice) return choice
      throw new Error(`write ${choices.join(' or ')} instead of '${value}'`)
    })

  const profile = attempt('profile', undefined, loadProfile)
  const heartbeatSeconds = whole('heartbeat', SHORTEST_HEARTBEAT, 7200)
  const lookAgainSeconds = whole('lookAgain', 60, 43_200)
  const maxAttempts = whole('attempts', 1, 100)
  const visibilitySeconds = Math.min(900, Math.floor(heartbeatSeconds / 2))
  const maxReceiveCount = receiveBudget({ heartbeatSeconds, lookAgainSeconds, maxAttempts })
  if (maxReceiveCount > MOST_RECEIVES && isSound('heartbeat', 'lookAgain', 'attempts')) {
    const looks = `an action could be looked at ${maxReceiveCount} times, but SQS gives up after ${MOST_RECEIVES}`
    problems.push(`lookAgain: ${looks}: write a larger lookAgain, or a larger heartbeat`)
  }
  const groups = text('groups') === NO_GROUPS ? '' : text('groups')
  const settings = {
    name,
    groups,
    isGuardingNothing: text('groups') === NO_GROUPS,
    selections: attempt('groups', [], () => parseSelections(groups)),
    bucket: matching('bucket', BUCKET, 'write the name of a bucket, without s3:// and without a path,'),
    bucketOwner: matching(
      'bucketOwner',
      /^[0-9]{12}$/,
      'write the 12 digits of the account that owns the bucket',
    ),
    prefix: text('prefix') || (profile?.archivePrefix ?? ''),
    movedTo: text('movedTo'),
    manifestPrefix: text('manifestPrefix'),
    encryption: oneOf('encryption', ...encryptions),
    kmsKeyArn: matching('kmsKeyArn', KEY, 'write the ARN of one key (arn:aws:kms:REGION:ACCOUNT:key/ID)'),
    retain: oneOf('retain', 'yes', 'no') === 'yes',
    withoutRetention: oneOf('withoutRetention', 'hold', 'abandon'),
    rungs: attempt('recover', [], readRungs),
    recoveriesAtOnce: whole('recoveriesAtOnce', 1, 100),
    binDays: whole('binDays', 1, 7),
    heartbeatSeconds,
    patienceSeconds: whole('patience', 60, 138_240),
    maxAttempts,
    lookAgainSeconds,
    flushTimeoutSeconds: whole('flushTimeout', 60, 172_800),
    auditAfterSeconds: whole('auditAfter', 600, 604_800),
    heldAlarmSeconds: whole('heldAlarm', 60, 172_800),
    alarmEmail: matching('alarmEmail', /^[^@\s]+@[^@\s]+$/, 'write one e-mail address'),
    logRetentionDays: attempt('logRetention', 90, (value) => {
      if (RETENTION_DAYS.includes(Number(value))) return Number(value)
      throw new Error(`write one of ${RETENTION_DAYS.join(', ')} days instead of '${value}'`)
    }),
    visibilitySeconds,
    functionTimeoutSeconds: Math.min(120, Math.floor(visibilitySeconds / 6)),
    maxReceiveCount,
  }
  if (settings.encryption === 'aws:kms' && !settings.kmsKeyArn && isSound('kmsKeyArn'))
    problems.push(`kmsKeyArn: encryption=aws:kms needs the key's ARN: write it, or encryption=none`)
  if (settings.encryption === 'AES256' && settings.kmsKeyArn)
    problems.push(`encryption: AES256 uses no key: write aws:kms, or leave kmsKeyArn out`)
  // With another heartbeat, which is yet to be corrected, the policy might accept what it refuses now.
  if (profile && isSound('heartbeat'))
    for (const { parameter, problem } of policyProblems({ ...settings, profile }))
      if (isSound(parameter)) problems.push(`${parameter}: ${problem}`)
  if (problems.length > 0 || !profile) throw refused(problems)
  return { ...settings, profile }
}

/** One Error that lists everything that is wrong, each as `parameter: what, and what to write instead`. */
export function refused(problems: readonly string[]): Error {
  return new Error(
    `These parameters cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  )
}

function unknownNames(given: readonly string[]): string[] {
  const names = given.map(nameOf)
  return [...new Set(names)].filter((name) => !parameterNames.some((known) => known === name))
}

function contradictions(given: readonly string[]): string[] {
  return [...grouped([...new Set(given)], nameOf)]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => {
      const values = all.map((one) => `'${one.slice(name.length + 1)}'`).join(', ')
      return `${name}: given more than once (${values}): write it once, lists separated by commas`
    })
}

function nameOf(given: string): string {
  return given.split('=', 1)[0] ?? ''
}
