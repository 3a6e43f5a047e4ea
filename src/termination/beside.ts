/**
 * One instance has one action of our hook at a time, whatever a message calls it: one may pair it with another's real token. So what any
 * earlier flush of this pause took stock of is owed, whoever asked for it (S1).
 */
import type { Invocation, Ownership } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { type Heartbeat, heartbeat } from './lifecycle-actions.ts'
import { activityBegan, terminationsBegan } from './scaling-activities.ts'

/**
 * The termination flushes of this pause that bear another action's name, and came before this action's newest one: they only ever add to what
 * is owed. A flush that was requested since the action began is of this pause. An older one may be, too, since a message may be younger than
 * the pause that it speaks of: it is where the action that it names is in progress. An adopted action has none beside it: each flush since it
 * began is its own.
 */
export async function besides(
  { aws, clock }: Means,
  action: LifecycleAction,
  beat: Heartbeat,
  ours: readonly Invocation[],
  listed: readonly Invocation[],
): Promise<Invocation[]> {
  if (action.token === undefined) return []
  const newestAt = Math.max(...ours.map(({ flush }) => flush.requestedAt))
  const others = listed.filter(
    (one) => one.belongsTo && !ours.includes(one) && one.flush.requestedAt <= newestAt,
  )
  const older = others.filter(({ flush }) => flush.requestedAt < action.startedAt)
  if (older.length === 0) return others
  const isOfThisPause =
    beat === 'held'
      ? await ofActionsInProgress({ aws, clock }, action, older)
      : await sinceThePauseBegan({ aws, clock }, action, ours)
  return others.filter((one) => !older.includes(one) || isOfThisPause(one))
}

type Means = Pick<Guard, 'aws' | 'clock'>
type Test = (one: Invocation) => boolean

async function ofActionsInProgress(
  { aws, clock }: Means,
  action: LifecycleAction,
  older: readonly Invocation[],
): Promise<Test> {
  const { groupName, instanceId } = action
  const isInProgress = async (owner: Ownership) => {
    if ('token' in owner) return (await heartbeat(aws, { ...action, token: owner.token })) === 'held'
    const began = await terminationsBegan(aws, groupName, [instanceId], clock.now())
    // One is in progress, since it is held: where none is told, it may be this.
    return (began.get(instanceId) ?? owner.adoptedAt) === owner.adoptedAt
  }
  const inProgress = new Set<string | number>()
  const owners = new Map(older.map(({ belongsTo }) => [nameOf(belongsTo), belongsTo]))
  for (const [name, owner] of owners) if (owner && (await isInProgress(owner))) inProgress.add(name)
  return ({ belongsTo }) => inProgress.has(nameOf(belongsTo))
}

function nameOf(owner: Ownership | undefined): string | number {
  return owner === undefined ? '' : 'token' in owner ? owner.token : owner.adoptedAt
}

/** Only what is told hinges on it. Where no activity tells how old the pause was, nothing is left out. */
async function sinceThePauseBegan(
  { aws, clock }: Means,
  { groupName, instanceId, startedAt }: LifecycleAction,
  ours: readonly Invocation[],
): Promise<Test> {
  const by = Math.min(startedAt, ...ours.map(({ flush }) => flush.requestedAt))
  const began = await activityBegan(aws, groupName, instanceId, { by, now: clock.now() })
  return ({ flush }) => flush.requestedAt >= (began ?? 0)
}
