/** What one seed's world is like where nothing is wrong: the deployment, its groups, its archive, and how long things take. */
import { type Policy, readPolicy } from '../../src/policy.ts'
import type { Chance } from './chance.ts'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

export const HOOK = 'termination-guard'
/** Another team's hook on the same group. */
export const OTHER_HOOK = 'drain-sessions'
/** Another deployment's. */
export const OTHER_QUEUE_ARN = 'arn:aws:sqs:eu-west-1:000000000000:another-guard'
export const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:000000000000:guard'
export const NOTIFIER_ROLE_ARN = 'arn:aws:iam::000000000000:role/notifier'

export interface GroupSetting {
  readonly name: string
  readonly size: number
  readonly retains: boolean
  readonly loadBalanced: boolean
  /** Whether another hook of the group has a say too. */
  readonly hasOtherHook: boolean
  /** The tag by which an environment is known whose group's name does not show it. */
  readonly environmentTag: string | undefined
}

export interface Setting {
  /** As the guard is deployed now. */
  policy: Policy
  /** What that policy was read from. */
  readonly environment: Readonly<Record<string, string>>
  readonly groups: readonly GroupSetting[]
  /** How long things go wrong, if any do. */
  readonly chaosMs: number
  readonly encryption: 'AES256' | 'aws:kms' | undefined
  /** Whether direct uploads carry a SHA-256 that S3 keeps. */
  readonly uploadsKeepSha256: boolean
  /** The share of the publisher's objects that are put in parts. */
  readonly multipartShare: number
  /** Whether, how often, and after what age objects are moved on by the pipeline behind the archive. */
  readonly collector: { readonly everyMs: number; readonly minAgeMs: number } | undefined
  /** AWS may answer fewer records than a page can hold. */
  readonly pageSize: number
  readonly commandsPerPage: number
  readonly batchSize: number
  readonly concurrency: number
  readonly sweepEveryMs: number
  readonly flushMs: readonly [min: number, max: number]
  readonly callMs: readonly [min: number, max: number]
  readonly logsPerInstance: number
  /** The share of the agents that are dead which somebody mends. */
  readonly agentsComeBack: number
  /** And the share that a reboot cures. */
  readonly rebootsCure: number
  /** The share of the machines whose disk fills until their agent dies, which neither a reboot nor time mends; of none in a calm world. */
  readonly fullDisks: number
  /** And of those whose agent dies where the guard makes copies of disks, which nothing else is needed for. */
  readonly deadAgents: number
  /** Whether root volumes outlive their machines by their owner's wish. */
  readonly ownersKeepDisks: boolean
  /** How many characters of a manifest fit into standard output before it goes through S3. */
  readonly inlineManifestCharacters: number
}

/** At least two sweeps happen between the age of adoption and the hook's time-out. */
const SWEEPS_BEFORE_TIMEOUT = 2

/** What was added to the worlds later draws `apart`, so that the other worlds stay as they are. */
export function drawSetting(chance: Chance, apart: Chance): Setting {
  // A machine that nothing retains is held for days, and every look at it is simulated: such worlds are few.
  const isRetainedEverywhere = chance.of(0.9)
  const isHeldForDays = !isRetainedEverywhere && chance.of(0.2)
  const heartbeatSeconds = isHeldForDays ? 7200 : chance.pick([900, 1200, 1800, 3600, 3600, 7200])
  const sweepEveryMs = chance.pick([5, 10, 10]) * minute
  const hasEnvironments = chance.of(0.5)
  const drawn = drawEnvironment(chance, { heartbeatSeconds, sweepEveryMs, hasEnvironments, isHeldForDays })
  const groups = drawGroups(chance, { hasEnvironments, isRetainedEverywhere })
  const isEnrolling = isRetainedEverywhere && apart.of(0.3)
  const enrolling = isEnrolling ? { ...drawn, ...enrolmentOf(apart, groups) } : drawn
  const isRecovering = apart.of(0.3)
  const recovering = isRecovering ? { ...enrolling, ...recoveryOf(apart, isEnrolling) } : enrolling
  const agentsComeBack = isRecovering ? apart.pick([0, 0.5, 1]) : 0
  const rebootsCure = isRecovering ? apart.pick([0, 0.5, 1]) : 0
  const isGrowing = isRecovering && apart.of(0.5)
  const environment = isGrowing ? growingToo(recovering) : recovering
  return {
    policy: readPolicy(environment),
    environment,
    groups,
    chaosMs: chance.between(0.6, 1.6) * hour,
    encryption: chance.pick([undefined, 'AES256', 'AES256', 'aws:kms']),
    uploadsKeepSha256: chance.of(0.7),
    multipartShare: chance.pick([0, 0, 0.3]),
    collector: chance.of(0.4)
      ? { everyMs: chance.between(5, 60) * minute, minAgeMs: chance.between(0, 30) * minute }
      : undefined,
    pageSize: chance.pick([4, 50, 50, 50]),
    commandsPerPage: chance.pick([1, 2, 50]),
    batchSize: chance.pick([1, 2, 10, 10]),
    concurrency: chance.whole(2, 5),
    sweepEveryMs,
    flushMs: chance.pick([
      [25 * second, 60 * second],
      [25 * second, 5 * minute],
      [minute, 12 * minute],
    ]),
    callMs: [5, 80],
    logsPerInstance: chance.pick([1, 2, 3, 8]),
    agentsComeBack,
    rebootsCure,
    fullDisks: isGrowing ? apart.pick([0, 0.1, 0.4]) : 0,
    deadAgents: environment.RECOVER?.includes('clone') ? apart.pick([0.2, 0.6]) : 0,
    ownersKeepDisks: environment.RECOVER?.includes('bin') === true && apart.of(0.4),
    inlineManifestCharacters: chance.pick([20_000, 20_000, 20_000, 1200]),
  }
}

function drawEnvironment(
  chance: Chance,
  drawn: { heartbeatSeconds: number; sweepEveryMs: number; hasEnvironments: boolean; isHeldForDays: boolean },
): Record<string, string> {
  const { heartbeatSeconds, sweepEveryMs, hasEnvironments, isHeldForDays } = drawn
  const latestAdoption = Math.min(
    heartbeatSeconds / 2,
    heartbeatSeconds - (SWEEPS_BEFORE_TIMEOUT * sweepEveryMs) / 1000,
  )
  return {
    HOOK_NAME: HOOK,
    DOCUMENT_NAME: 'termination-guard-flush',
    AWS_REGION: 'eu-west-1',
    QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/guard',
    DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/guard-dead',
    QUEUE_VISIBILITY_SECONDS: String(Math.min(900, chance.pick([360, heartbeatSeconds / 2]))),
    ARCHIVE_BUCKET: 'logs-of-the-account',
    ARCHIVE_PREFIX: `resources/${hasEnvironments ? 'environments/logs/publish/{environment}' : '{group}'}/{instance}/`,
    ARCHIVE_KEY_RULE: chance.pick(['underscores', 'path']),
    ARCHIVE_MOVED_TO: chance.pick(['', 'collected/', 'elsewhere/,collected/']),
    HASH_LIMIT_BYTES: chance.pick(['0', '1000', '536870912', '536870912', '536870912']),
    HEARTBEAT_TIMEOUT_SECONDS: String(heartbeatSeconds),
    PATIENCE_SECONDS: chance.pick(['1800', '1800', '3600']),
    MAX_ATTEMPTS: chance.pick(['2', '3', '5', '8']),
    RETRY_SECONDS: chance.pick(['0', '30', '120']),
    LOOK_AGAIN_SECONDS: isHeldForDays ? '1800' : chance.pick(['300', '900', '1800']),
    PENDING_SECONDS: chance.pick(['5', '20', '60']),
    DELIVERY_TIMEOUT_SECONDS: chance.pick(['30', '60', '600']),
    EXECUTION_TIMEOUT_SECONDS: chance.pick(['1500', '1800']),
    WITHOUT_RETENTION: isHeldForDays ? 'hold' : 'abandon',
    ADOPT_AFTER_SECONDS: String(Math.max(0, Math.min(latestAdoption, chance.pick([0, 300, 1200])))),
    PASS_SECONDS: '15',
  }
}

/** The guard enrols the groups by itself, and audits their running instances. */
function enrolmentOf(chance: Chance, groups: readonly GroupSetting[]): Record<string, string> {
  return {
    GROUPS: groups.map(({ name }) => name).join(','),
    QUEUE_ARN,
    NOTIFIER_ROLE_ARN,
    AUDIT_AFTER_SECONDS: chance.pick(['2700', '3600']),
  }
}

/** What is kept is tried again by the guard itself. */
function recoveryOf(chance: Chance, isEnrolling: boolean): Record<string, string> {
  // Whose disks are marked, the enrolment says.
  const bin = isEnrolling ? ',bin' : ''
  const copying = ['clone', 'reboot,clone', `clone${bin}`, `retry,reboot,clone${bin}`]
  const rungs = chance.pick(['retry', 'retry,reboot', 'retry,reboot', 'reboot', ...copying])
  return {
    RECOVER: rungs,
    // What a copy takes is longer than patience is here otherwise.
    ...(rungs.includes('clone') && { PATIENCE_SECONDS: chance.pick(['3600', '7200']) }),
    REBOOT_AFTER_SECONDS: chance.pick(['60', '300']),
    RETRY_KEPT_AFTER_SECONDS: chance.pick(['120', '300', '900']),
    RECOVERIES_AT_ONCE: chance.pick(['1', '5']),
  }
}

/** Full disks are made larger, too, which takes longer than patience is here otherwise. */
function growingToo(environment: Record<string, string>): Record<string, string> {
  const RECOVER = `${environment.RECOVER},grow`
  return {
    ...environment,
    RECOVER,
    PATIENCE_SECONDS: String(Math.max(3600, Number(environment.PATIENCE_SECONDS))),
  }
}

function drawGroups(
  chance: Chance,
  { hasEnvironments, isRetainedEverywhere }: { hasEnvironments: boolean; isRetainedEverywhere: boolean },
): GroupSetting[] {
  const sizes = chance.pick([[10], [5, 5], [4, 3, 3]])
  return sizes.map((size, index) => {
    const isNamedByEnvironment = hasEnvironments && chance.of(0.6)
    const name = isNamedByEnvironment
      ? `awseb-e-abc${index}defgh-stack-AWSEBAutoScalingGroup-1ABCDEFGHIJK${index}`
      : // A name of more than 63 characters does not fit into a Comment beside a token.
        chance.pick([`web-${index}`, `web ${index} of a group with a long name: ${'x'.repeat(40)}`])
    return {
      name: name.replaceAll(/[:/]/g, '-'),
      size,
      retains: isRetainedEverywhere || chance.of(0.3),
      loadBalanced: chance.of(0.5),
      hasOtherHook: chance.of(0.15),
      environmentTag: hasEnvironments && !isNamedByEnvironment ? `e-tagged${index}` : undefined,
    }
  })
}
