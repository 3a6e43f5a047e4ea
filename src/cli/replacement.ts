import { counted } from './counted.ts'
import type { Traffic } from './serving.ts'
import { Refusal } from './surroundings.ts'
import type { Typed } from './typed.ts'

/** A replacement as data: known before anything is done, so that a dry run costs nothing. */
export interface Replacement {
  readonly groupName: string
  readonly instanceId: string
  readonly desired: number
  /** The group's maximum must make room for the second instance, for as long as there are two. */
  readonly raisesMaximumFrom: number | undefined
  readonly guarded: boolean
  /** It was begun before, and broke off. */
  readonly isResumed: boolean
  /** Resumed, and the old instance is on its way out or gone: only what was raised is left to be lowered. */
  readonly isOut: boolean
  /** What is wanted already, by then. */
  readonly desiredNow: number
  readonly traffic: Traffic
}

/** What a replacement remembers on the group while it is under way, so that it can be taken up again. */
export interface Replacing {
  readonly instanceId: string
  readonly desired: number
  readonly maximum: number
}

/** The tag of the group that holds it. */
export const REPLACING = 'termination-guard:replacing'

export function writeReplacing({ instanceId, desired, maximum }: Replacing): string {
  return `${instanceId} ${desired} ${maximum}`
}

/** `undefined`: it is none of ours. */
export function readReplacing(text: string): Replacing | undefined {
  const [, instanceId, desired, maximum] = /^(i-[0-9a-f]{8,32}) (\d{1,5}) (\d{1,5})$/.exec(text) ?? []
  if (!instanceId) return undefined
  return { instanceId, desired: Number(desired), maximum: Number(maximum) }
}

export interface GroupFacts {
  readonly groupName: string
  readonly desired: number
  readonly maximum: number
  readonly lifecycleState: string
  /** Whether the guard's hook would hold the instance. */
  readonly guarded: boolean
  /** What a replacement that broke off has left. */
  readonly replacing?: Replacing | undefined
  readonly traffic: Traffic
}

/** What a person has decided. */
export interface Wishes {
  /** The name of the guard's hook. */
  readonly hook: string
  /** Go on although nothing holds the instance. */
  readonly unguarded: boolean
}

/** Throws a Refusal that says why there is nothing to replace, or why it would lose logs. */
export function planReplacement(
  instanceId: string,
  group: GroupFacts | undefined,
  { hook, unguarded }: Wishes,
  typed: Typed['typed'],
): Replacement {
  const next = `What it is:  ${typed(`explain ${instanceId}`)}`
  if (!group) throw new Refusal(`${instanceId} is in no Auto Scaling group, so none can replace it. ${next}`)
  const { groupName, lifecycleState, guarded, replacing } = group
  if (replacing && replacing.instanceId !== instanceId)
    throw new Refusal(
      `${groupName} is in the middle of replacing ${replacing.instanceId}. To go on with that:  ${typed(`replace ${replacing.instanceId}`)}\n` +
        `To take it back:  ${typed(`replace ${replacing.instanceId} --undo`)}`,
    )
  // What it was before, not what the first run has made of it: or each run would make the group larger.
  const { desired, maximum } = replacing ?? group
  const isOut = replacing !== undefined && lifecycleState !== 'InService'
  if (lifecycleState !== 'InService' && !isOut) {
    throw new Refusal(
      `${instanceId} is ${lifecycleState}, not InService: it is being replaced already, or not serving. ${next}`,
    )
  }
  if (!guarded && !unguarded) {
    throw new Refusal(
      `${groupName} has no hook ${hook} for terminations: nothing would hold ${instanceId} until its logs are in S3.\n` +
        'Name the deployment with --stage and --service, enrol the group first, or type --unguarded to replace it all the same.',
    )
  }
  return {
    groupName,
    instanceId,
    desired,
    // Nor is a maximum that somebody has raised since lowered again.
    raisesMaximumFrom: desired >= maximum && group.maximum <= desired + 1 ? maximum : undefined,
    guarded,
    isResumed: replacing !== undefined,
    isOut,
    desiredNow: group.desired,
    traffic: group.traffic,
  }
}

export function replacementLines({
  groupName,
  instanceId,
  desired,
  raisesMaximumFrom,
  guarded,
  isResumed,
  isOut,
  traffic,
}: Replacement): string[] {
  const raise =
    raisesMaximumFrom === undefined
      ? []
      : [`raise the maximum of ${groupName} from ${raisesMaximumFrom} to ${desired + 1}`]
  const lower = raisesMaximumFrom === undefined ? [] : [`set the maximum back to ${raisesMaximumFrom}`]
  const then = guarded
    ? 'the guard holds it until its logs are in S3'
    : 'NOTHING HOLDS IT, its logs may be lost'
  if (isOut)
    return [`go on: ${instanceId} is on its way out, leave ${groupName} with ${desired} instances`, ...lower]
  return [
    ...(isResumed ? [`go on with what was begun: ${groupName} had ${desired} instances then`] : []),
    ...raise,
    `raise the desired capacity of ${groupName} from ${desired} to ${desired + 1}`,
    `wait until ${counted(desired, 'other instance')} of it ${desired === 1 ? 'is' : 'are'} in service${balanced(traffic)}`,
    ...traffic.unasked.map((source) => `ask nobody whether they are healthy in ${source}: look yourself`),
    `terminate ${instanceId} through Auto Scaling, back to ${desired}; ${then}`,
    ...lower,
  ]
}

function balanced({ targetGroups }: Traffic): string {
  const names = targetGroups.map((arn) => arn.split('/').at(1) ?? arn)
  return names.length === 0
    ? ''
    : ` and healthy in ${counted(names.length, 'target group')} ${names.join(', ')}`
}

/** What a replacement has changed so far, or may have, where the answer was lost. */
export interface Changes {
  tag: boolean
  maximum: boolean
  desired: boolean
}

/** What was changed, and what to type to undo it. */
export function undoLines(
  { groupName, instanceId, desired, raisesMaximumFrom }: Replacement,
  changes: Changes,
  typed: Typed['typed'],
): string[] {
  if (!changes.tag) return ['Nothing was changed.']
  const maximum = changes.maximum ? raisesMaximumFrom : undefined
  const told = [
    ...(changes.desired ? [`the desired capacity (from ${desired} to ${desired + 1})`] : []),
    ...(maximum === undefined ? [] : [`the maximum (from ${maximum} to ${desired + 1})`]),
    `the tag ${REPLACING}`,
  ]
  return [
    `Changed in ${groupName}: ${told.join(' and ')}. To go on where it was, type the same again. To undo it, type:`,
    `  ${typed(`replace ${instanceId} --undo`)}`,
  ]
}

/** The way back, as data. */
export interface Undoing {
  readonly groupName: string
  readonly instanceId: string
  /** What was wanted before. */
  readonly desired: number
  /** One more than that is wanted now; whoever wants more by now wants it for a reason. */
  readonly lowersDesired: boolean
  readonly raisesMaximumFrom: number | undefined
}

/** Throws a Refusal that says why there is nothing to undo, or no way back. */
export function planUndoing(
  instanceId: string,
  group: GroupFacts | undefined,
  typed: Typed['typed'],
): Undoing {
  const { groupName, replacing, lifecycleState, desired = 0, maximum = 0 } = group ?? {}
  if (groupName === undefined || replacing?.instanceId !== instanceId)
    throw new Refusal(`No replacement of ${instanceId} is under way: there is nothing to undo.`)
  if (lifecycleState !== 'InService')
    throw new Refusal(
      `${instanceId} is ${lifecycleState}: it is replaced already. What is left to be done:  ${typed(`replace ${instanceId}`)}`,
    )
  const raised = replacing.desired >= replacing.maximum && maximum === replacing.desired + 1
  return {
    ...{ groupName, instanceId, desired: replacing.desired },
    lowersDesired: desired === replacing.desired + 1,
    raisesMaximumFrom: raised ? replacing.maximum : undefined,
  }
}

export function undoingLines({ groupName, desired, lowersDesired, raisesMaximumFrom }: Undoing): string[] {
  return [
    ...(lowersDesired
      ? [`leave ${groupName} with ${counted(desired, 'instance')}: the one that came last goes`]
      : []),
    ...(raisesMaximumFrom === undefined ? [] : [`set the maximum back to ${raisesMaximumFrom}`]),
    `take the tag ${REPLACING} from ${groupName}`,
  ]
}
