/**
 * Describe calls as AWS answers them: "eventual consistency" is in the API documents of Auto Scaling and EC2. A state may be shown as it was
 * a little before, a scaling activity may be listed late or never, and now and then an answer is empty, or lacks one of many. Times are told
 * in whole seconds, by some services always.
 */
import type { Activity } from '@aws-sdk/client-auto-scaling'
import type { Instance } from '../auto-scaling/auto-scaling.ts'
import { minute, second } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import { inWholeSeconds } from './whole-seconds.ts'

/** An instance as it was until then. */
interface Past {
  readonly until: number
  readonly lifecycleState: string
  readonly machine: string
}

/** No state is shown that is older than this. */
export const STALEST_VIEW_MS = minute

/** An empty answer about one instance is not repeated sooner: what is seen empty twice is empty. */
const EMPTY_AGAIN_MS = 15 * minute

export class StaleViews {
  readonly #world: Surroundings
  readonly #now = new Map<string, Omit<Past, 'until'>>()
  readonly #past = new Map<string, Past>()
  /** From when on each activity is listed. */
  readonly #listedFrom = new Map<string, number>()
  readonly #emptied = new Map<string, number>()
  readonly #failed = new Map<string, boolean>()
  /** What EC2 answered about each thing a little before, newest last. */
  readonly #told = new Map<string, { readonly at: number; readonly one: object }[]>()
  readonly #areTimesWhole: boolean

  constructor(world: Surroundings) {
    this.#world = world
    this.#areTimesWhole = world.chance.of(world.faults['times-are-in-whole-seconds'])
  }

  /** Takes down what has changed. */
  record(instances: readonly Readonly<Instance>[]): void {
    if (this.#world.faults['states-are-stale'] === 0) return
    for (const { id, lifecycleState, machine } of instances) {
      const before = this.#now.get(id)
      if (before?.lifecycleState === lifecycleState && before.machine === machine) continue
      if (before) this.#past.set(id, { ...before, until: this.#world.time.now })
      this.#now.set(id, { lifecycleState, machine })
    }
  }

  /** An answer of the model, as the caller gets it. */
  seen(operation: string, input: Request, answer: unknown): unknown {
    const seen = this.#consistent(operation, input, answer)
    const isWhole = operation === 'describeInstances' || operation === 'describeVolumes'
    return isWhole || (this.#areTimesWhole && listOf[operation]) ? inWholeSeconds(seen) : seen
  }

  #consistent(operation: string, input: Request, answer: unknown): unknown {
    const { chance, faults } = this.#world
    // A listing that is empty begins with nothing; none stops half way.
    const list = input.NextToken === undefined ? listOf[operation] : undefined
    if (list && chance.of(faults['answer-is-empty'])) {
      const subject = subjectOf(operation, input)
      if (this.#mayBeEmpty(subject)) {
        this.#world.trace?.note('fault', `${subject} answers nothing`)
        return { ...(answer as object), [list]: [], NextToken: undefined }
      }
    }
    if (operation === 'describeSnapshots' || operation === 'describeVolumes')
      return this.#someFailed(this.#asStored(answer as { Snapshots?: Stored[]; Volumes?: Stored[] }))
    if (operation === 'describeAutoScalingInstances' && chance.of(faults['answer-lacks-somebody']))
      return this.#stale(operation, this.#withoutOne(answer as { AutoScalingInstances: Listed[] }))
    return this.#stale(operation, answer)
  }

  #stale(operation: string, answer: unknown): unknown {
    const { chance, faults } = this.#world
    if (operation === 'describeScalingActivities')
      return this.#activities(answer as { Activities: Activity[] })
    if (!chance.of(faults['states-are-stale'])) return answer
    const lagMs = chance.logBetween(second, STALEST_VIEW_MS)
    switch (operation) {
      case 'describeAutoScalingInstances': {
        const { AutoScalingInstances: members, ...rest } = answer as { AutoScalingInstances: Listed[] }
        return { ...rest, AutoScalingInstances: members.map((member) => this.#asItWas(member, lagMs)) }
      }
      case 'describeAutoScalingGroups': {
        const { AutoScalingGroups: groups, ...rest } = answer as {
          AutoScalingGroups: { Instances: Listed[] }[]
        }
        const stale = groups.map((group) => ({
          ...group,
          Instances: group.Instances.map((member) => this.#asItWas(member, lagMs)),
        }))
        return { ...rest, AutoScalingGroups: stale }
      }
      case 'describeInstances': {
        const { Reservations: all } = answer as { Reservations: { Instances: Machine[] }[] }
        const asItWas = (one: Machine) => {
          const Name = this.#before(one.InstanceId, lagMs)?.machine ?? one.State.Name
          return { ...this.#asTold(one.InstanceId, one), State: { ...one.State, Name } }
        }
        return { Reservations: all.map((rest) => ({ ...rest, Instances: rest.Instances.map(asItWas) })) }
      }
    }
    return answer
  }

  /** With its tags, volumes and attachments as they were when somebody last looked, where that was a moment ago. */
  #asTold<One extends object>(id: string | undefined, one: One): One {
    const { now } = this.#world.time
    const told = (this.#told.get(id ?? '') ?? []).filter(({ at }) => at > now - STALEST_VIEW_MS)
    this.#told.set(id ?? '', [...told, { at: now, one }])
    return (told.length > 0 ? this.#world.chance.pick(told).one : one) as One
  }

  #asStored({ Snapshots, Volumes, ...rest }: { Snapshots?: Stored[]; Volumes?: Stored[] }) {
    const { chance, faults } = this.#world
    const asTold = (one: Stored) =>
      this.#asTold(one.VolumeId ? `${one.VolumeId} ${one.SnapshotId}` : one.SnapshotId, one)
    if (!chance.of(faults['states-are-stale']))
      return { ...rest, ...(Snapshots && { Snapshots }), ...(Volumes && { Volumes }) }
    return {
      ...rest,
      ...(Snapshots && { Snapshots: Snapshots.map(asTold) }),
      ...(Volumes && { Volumes: Volumes.map(asTold) }),
    }
  }

  /** EC2 says yes to a copy, and finds out later that it cannot be made: a key that is disabled, a snapshot that is gone. */
  #someFailed({ Snapshots, Volumes, ...rest }: { Snapshots?: Stored[]; Volumes?: Stored[] }) {
    const asItCame = (one: Stored) => (this.#hasFailed(one) ? { ...one, State: 'error' } : one)
    return {
      ...rest,
      ...(Snapshots && { Snapshots: Snapshots.map(asItCame) }),
      ...(Volumes && { Volumes: Volumes.map(asItCame) }),
    }
  }

  /** Once and for all as it is first shown. A machine's own volume is none, nor one that was made once. */
  #hasFailed({ SnapshotId, VolumeId = '', State }: Stored): boolean {
    const isSnapshot = State === 'pending' || State === 'completed'
    const isCopy = isSnapshot || Boolean(SnapshotId)
    const id = isSnapshot ? (SnapshotId ?? '') : VolumeId
    const known = this.#failed.get(id)
    if (known !== undefined) return known
    const { chance, faults } = this.#world
    const hasFailed = isCopy && State !== 'in-use' && chance.of(faults['copy-fails'])
    this.#failed.set(id, hasFailed)
    return hasFailed
  }

  /** Not about the only one that is asked for: what is seen empty twice is empty. */
  #withoutOne({ AutoScalingInstances: all, ...rest }: { AutoScalingInstances: Listed[] }) {
    const lacking = all.length > 1 ? this.#world.chance.pick(all) : undefined
    return { ...rest, AutoScalingInstances: all.filter((one) => one !== lacking) }
  }

  #asItWas(member: Listed, lagMs: number): Listed {
    const before = this.#before(member.InstanceId, lagMs)
    return before ? { ...member, LifecycleState: before.lifecycleState } : member
  }

  #before(instanceId: string | undefined, lagMs: number): Past | undefined {
    const past = this.#past.get(instanceId ?? '')
    return past && past.until > this.#world.time.now - lagMs ? past : undefined
  }

  #mayBeEmpty(subject: string): boolean {
    const { now } = this.#world.time
    if ((this.#emptied.get(subject) ?? 0) > now - EMPTY_AGAIN_MS) return false
    this.#emptied.set(subject, now)
    return true
  }

  #activities({ Activities, ...rest }: { Activities: Activity[] }): unknown {
    const { now } = this.#world.time
    return { ...rest, Activities: Activities.filter((activity) => this.#isListedFrom(activity) <= now) }
  }

  #isListedFrom({ ActivityId = '', StartTime }: Activity): number {
    const known = this.#listedFrom.get(ActivityId)
    if (known !== undefined) return known
    const { chance, faults } = this.#world
    const began = StartTime?.getTime() ?? 0
    const isLate = chance.of(faults['activity-is-late'])
    const from = chance.of(faults['activity-is-missing'])
      ? Number.POSITIVE_INFINITY
      : began + (isLate ? chance.logBetween(second, 20 * minute) : 0)
    this.#listedFrom.set(ActivityId, from)
    return from
  }
}

interface Request {
  readonly InstanceIds?: string[] | undefined
  readonly VolumeIds?: string[] | undefined
  readonly AutoScalingGroupName?: string | undefined
  readonly AutoScalingGroupNames?: string[] | undefined
  readonly Filters?: readonly { readonly Values?: string[] | undefined }[] | undefined
  readonly NextToken?: string | undefined
}

/** What is asked about whom. */
function subjectOf(operation: string, asked: Request): string {
  const { InstanceIds, VolumeIds, AutoScalingGroupName, AutoScalingGroupNames, Filters } = asked
  const names = [InstanceIds, VolumeIds, AutoScalingGroupName, AutoScalingGroupNames]
  return [operation, ...names, Filters?.map(({ Values }) => Values)].flat(3).filter(Boolean).join(' ')
}

interface Listed {
  readonly InstanceId?: string
  readonly LifecycleState?: string
}

/** A snapshot, or a volume; a volume names the snapshot of which it was made. */
interface Stored {
  readonly SnapshotId?: string
  readonly VolumeId?: string
  readonly State?: string
}

interface Machine {
  readonly InstanceId?: string
  readonly State: { readonly Name?: string }
}

/** What may come back empty, and the name of the list. */
const listOf: Readonly<Record<string, string>> = {
  describeAutoScalingInstances: 'AutoScalingInstances',
  describeAutoScalingGroups: 'AutoScalingGroups',
  describeLifecycleHooks: 'LifecycleHooks',
  describeScalingActivities: 'Activities',
  describeInstanceInformation: 'InstanceInformationList',
  describeVolumesModifications: 'VolumesModifications',
  describeInstances: 'Reservations',
  describeSnapshots: 'Snapshots',
  describeVolumes: 'Volumes',
  listVolumesInRecycleBin: 'Volumes',
  listCommandInvocations: 'CommandInvocations',
}
