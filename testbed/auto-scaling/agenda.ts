/** What becomes due by itself. Each thing happens at its own time, however late anybody looks. */
import { actionDueAt, actionsOf, afterDraining, timeOutAction } from './actions.ts'
import { enterService, replaceRejected, replaceUnhealthy } from './capacity.ts'
import { afterProceeding } from './departures.ts'
import { afterShutdown, afterStart, afterStop, noticeDeath } from './machines.ts'
import { advanceRefreshes } from './refreshes.ts'
import type { Action, Instance, MachineStep, Step, World } from './state.ts'
import { applyFirstStorageStep, storageDueAt } from './storage-steps.ts'

type Due = { readonly at: number; readonly instance: Instance } & (
  | { readonly what: Step['what'] | MachineStep['what'] }
  | { readonly what: 'time-out'; readonly action: Action }
)

/** When `applyDue` has something to do, or `undefined` when nothing will happen by itself. */
export function nextDueAt(world: World): number | undefined {
  let first = storageDueAt(world)
  for (const instance of world.instances.values()) first = Math.min(first, instanceDueAt(instance))
  return first === Number.POSITIVE_INFINITY ? undefined : first
}

/** Applies everything due up to and including `now`, in the order in which it became due. */
export function applyDue(world: World, now: number): void {
  do {
    while (applyFirst(world, now)) {}
  } while (world.refreshing.size > 0 && advanceRefreshes(world, now))
}

/** Applies what is due first; of what is due at one time, instances come before their volumes. Answers whether anything was due. */
function applyFirst(world: World, now: number): boolean {
  const instance = earliest(world, now)
  const instanceAt = instance === undefined ? Number.POSITIVE_INFINITY : instanceDueAt(instance)
  const storageAt = storageDueAt(world)
  if (instance !== undefined && instanceAt <= storageAt) apply(world, firstDueOf(instance))
  else if (storageAt <= now) applyFirstStorageStep(world)
  else return false
  return true
}

/** The instance to which something is due first, and by now. */
function earliest(world: World, now: number): Instance | undefined {
  let first: Instance | undefined
  let firstAt = Number.POSITIVE_INFINITY
  for (const instance of world.instances.values()) {
    const at = instanceDueAt(instance)
    if (at > now || at >= firstAt) continue
    first = instance
    firstAt = at
  }
  return first
}

/** This is asked for every instance again and again, so it makes nothing. */
function instanceDueAt(instance: Instance): number {
  const { step, machineStep, arrival, departure } = instance
  let first = step === undefined ? Number.POSITIVE_INFINITY : step.at
  if (machineStep !== undefined && machineStep.at < first) first = machineStep.at
  if (departure === undefined && arrival === undefined) return first
  for (const action of actionsOf(instance)) first = Math.min(first, actionDueAt(action))
  return first
}

/** Of what is due at one time, steps come before time-outs. */
function firstDueOf(instance: Instance): Due {
  const at = instanceDueAt(instance)
  const { step, machineStep } = instance
  if (step?.at === at) return { ...step, instance }
  if (machineStep?.at === at) return { ...machineStep, instance }
  const action = actionsOf(instance).find((one) => actionDueAt(one) === at) as Action
  return { at, what: 'time-out', instance, action }
}

function apply(world: World, due: Due): void {
  const { at, instance } = due
  if (instance.step?.what === due.what) instance.step = undefined
  if (due.what === 'time-out') timeOutAction(world, at, instance, due.action)
  else carryOut[due.what](world, at, instance)
}

const carryOut: Record<
  Step['what'] | MachineStep['what'],
  (world: World, at: number, instance: Instance) => void
> = {
  'in-service': enterService,
  'replace-unhealthy': replaceUnhealthy,
  'launch-abandoned': replaceRejected,
  drained: afterDraining,
  proceeded: afterProceeding,
  terminated: afterShutdown,
  stopped: afterStop,
  started: afterStart,
  notice: noticeDeath,
  forget: (world, _at, { id }) => world.instances.delete(id),
}
