/** A mass termination: so many machines at once, and nothing goes wrong but that AWS takes only so many calls a second. */
import { SHARED } from '../../src/aws/sdk.ts'
import { readPolicy } from '../../src/policy.ts'
import { AccountLimits, Environments, type Limits } from './account-limits.ts'
import { createCheckers } from './checkers/all.ts'
import type { Checker } from './checkers/checker.ts'
import type { Service } from './seam-operations.ts'
import { HOOK, hour, minute, type Setting, second } from './setting.ts'
import { World } from './world.ts'

export interface StormOptions {
  readonly instances: number
  readonly limits: Limits
  readonly seed: number
  /** As the deployed functions' clients retry, where nothing else is said. */
  readonly retryMode?: string
}

export interface StormResult {
  /** From the order to terminate to the end of the last action. */
  readonly seconds: number
  /** How many actions ended how; each is counted once, by the best that was told of it. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly violations: readonly string[]
  /** Calls that AWS took until the last action ended, by service. */
  readonly taken: ReadonlyMap<Service, number>
  readonly throttled: number
  readonly failedPasses: number
  /** The longest that an action was without a heartbeat, as a part of the hook's time-out. */
  readonly longestSilence: number
}

const LARGEST_GROUP = 500
const LONGEST_STORM_MS = 47 * hour

export async function storm({
  instances,
  limits,
  seed,
  retryMode = SHARED.retryMode,
}: StormOptions): Promise<StormResult> {
  const account = new AccountLimits(limits)
  const { maxAttempts } = SHARED
  const environments = new Environments(account, () => world, {
    isAdaptive: retryMode === 'adaptive',
    maxAttempts,
  })
  const world: World = new World(
    seed,
    { isTraced: false },
    { setting: deployed(instances), between: (aws, run) => environments.between(aws, run) },
  )
  const silence = watchSilence(world)
  world.watchWith([...createCheckers(world), silence.checker])
  await world.time.run(world.time.now + 10 * minute, () => false)
  world.schedule()
  const startedAt = world.time.now
  for (const { name } of world.setting.groups)
    world.region.call({ by: 'operator' }, 'SetDesiredCapacity', {
      AutoScalingGroupName: name,
      DesiredCapacity: 0,
    })
  const { region } = world
  await world.time.run(
    startedAt + LONGEST_STORM_MS,
    () => region.actions.size === instances && region.openActions().size === 0,
  )
  // What is told afterwards costs calls, too, and no action waits for them.
  const taken = new Map(account.taken)
  await world.time.run(world.time.now + LONGEST_STORM_MS, () => world.queue.isEmpty)
  const ends = [...region.actions.values()].map(({ end }) => end?.at ?? Number.POSITIVE_INFINITY)
  return {
    seconds: (Math.max(...ends) - startedAt) / second,
    outcomes: outcomesOf(world),
    violations: world.violations.map(({ invariant, what }) => `${invariant}: ${what}`),
    taken,
    throttled: account.throttled,
    failedPasses: world.journal.filter(({ event }) => event.event === 'pass-failed').length,
    longestSilence: silence.longestMs() / second / world.setting.policy.heartbeatTimeoutSeconds,
  }
}

/** What the buckets allow at best, where each termination makes the calls that one alone makes. */
export function bestSeconds(instances: number, limits: Limits, alone: StormResult): number {
  const needed = Object.entries(limits).map(([service, { burst, perSecond }]) => {
    const calls = instances * (alone.taken.get(service as Service) ?? 0)
    return Math.max(0, calls - burst) / perSecond
  })
  return alone.seconds + Math.max(...needed)
}

function outcomesOf({ journal }: World): Record<string, number> {
  const told = new Map<string, string>()
  for (const { event } of journal)
    if (event.event === 'action-ended' && told.get(event.instanceId) !== 'archived')
      told.set(event.instanceId, event.outcome)
  const counts: Record<string, number> = {}
  for (const outcome of told.values()) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** How long actions go without a heartbeat. */
function watchSilence(world: World): { readonly checker: Checker; longestMs(): number } {
  const lastAt = new Map<string, number>()
  let longestMs = 0
  const heard = ({ token, startedAt }: { readonly token: string; readonly startedAt: number }) => {
    const { now } = world.time
    longestMs = Math.max(longestMs, now - (lastAt.get(token) ?? startedAt))
    lastAt.set(token, now)
  }
  return {
    longestMs: () => longestMs,
    checker: {
      called(_run, operation, input, tookEffect) {
        if (operation !== 'recordLifecycleActionHeartbeat' || !tookEffect) return
        const named = input as { LifecycleActionToken?: string; InstanceId?: string }
        const { actions } = world.region
        const action =
          actions.get(named.LifecycleActionToken ?? '') ?? world.region.actionOf(named.InstanceId ?? '')
        if (action && !action.end) heard(action)
      },
      actionEnded: heard,
    },
  }
}

/** The guard as `serverless.yml` deploys it when nothing is changed. */
function deployed(instances: number): Setting {
  const groups = Math.ceil(instances / LARGEST_GROUP)
  const environment = {
    HOOK_NAME: HOOK,
    DOCUMENT_NAME: 'termination-guard-flush',
    AWS_REGION: 'eu-west-1',
    QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/guard',
    DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/000000000000/guard-dead',
    ARCHIVE_BUCKET: 'logs-of-the-account',
    ARCHIVE_PREFIX: 'resources/{group}/{instance}/',
    ARCHIVE_KEY_RULE: 'underscores',
    QUEUE_VISIBILITY_SECONDS: '360',
  }
  return {
    policy: readPolicy(environment),
    environment,
    groups: Array.from({ length: groups }, (_, index) => ({
      name: `web-${index}`,
      size: Math.ceil((instances - index) / groups),
      retains: true,
      loadBalanced: false,
      hasOtherHook: false,
      environmentTag: undefined,
    })),
    chaosMs: 0,
    encryption: undefined,
    uploadsKeepSha256: true,
    multipartShare: 0,
    collector: undefined,
    pageSize: 50,
    commandsPerPage: 50,
    batchSize: 10,
    concurrency: 5,
    sweepEveryMs: 10 * minute,
    flushMs: [25 * second, 60 * second],
    callMs: [5, 80],
    logsPerInstance: 2,
    agentsComeBack: 0,
    rebootsCure: 0,
    fullDisks: 0,
    deadAgents: 0,
    ownersKeepDisks: false,
    inlineManifestCharacters: 20_000,
  }
}
