/** What becomes due by itself. Each thing happens at its own time, however late anybody looks. */
import { actionDueAt, timeOutAction } from './auto-scaling-actions.ts'
import { enterService, replaceUnhealthy } from './auto-scaling-capacity.ts'
import { afterDraining, afterProceeding } from './auto-scaling-departures.ts'
import { afterShutdown, noticeDeath } from './auto-scaling-machines.ts'
import type { Action, Instance, MachineStep, Step, World } from './auto-scaling-state.ts'

type Due = { readonly at: number; readonly instance: Instance } & (
  | { readonly what: Step['what'] | MachineStep['what'] }
  | { readonly what: 'time-out'; readonly action: Action }
)

/** When `applyDue` has something to do, or `undefined` when nothing will happen by itself. */
export function nextDueAt(world: World): number | undefined {
  return earliest(world)?.at
}

/** Applies everything due up to and including `now`, in the order in which it became due. */
export function applyDue(world: World, now: number): void {
  for (let due = earliest(world); due !== undefined && due.at <= now; due = earliest(world)) apply(world, due)
}

function earliest(world: World): Due | undefined {
  let first: Due | undefined
  for (const instance of world.instances.values()) {
    const { step, machineStep, departure } = instance
    if (step !== undefined && (first === undefined || step.at < first.at)) first = { ...step, instance }
    if (machineStep !== undefined && (first === undefined || machineStep.at < first.at))
      first = { ...machineStep, instance }
    if (departure === undefined) continue
    for (const action of departure.actions) {
      const at = actionDueAt(action)
      if (first === undefined || at < first.at) first = { at, what: 'time-out', instance, action }
    }
  }
  return first
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
  drained: afterDraining,
  proceeded: afterProceeding,
  terminated: afterShutdown,
  notice: noticeDeath,
  forget: (world, _at, { id }) => world.instances.delete(id),
}
