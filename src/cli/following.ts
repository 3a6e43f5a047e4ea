/** Following an instance until what was begun has ended: each change of mind of the guard is told once. */

import { isKept } from '../model.ts'
import { explain } from '../termination/explain.ts'
import { whereabouts } from '../termination/lifecycle-actions.ts'
import { oneLine } from '../visible.ts'
import type { Deployment } from './deployment.ts'
import { ifInterrupted, unlessInterrupted } from './interruption.ts'
import type { Surroundings } from './surroundings.ts'

const LOOK_MS = 5000

/** `left`: no group has the instance any more. `kept`: it is retained. */
export type Ending = 'left' | 'kept' | 'in service' | 'interrupted' | 'timed out'

/** Progress goes to standard error, so that standard output has the result alone. */
export async function follow(
  deployment: Deployment,
  surroundings: Surroundings,
  instanceId: string,
  waitMs: number,
): Promise<Ending> {
  const ending = untilEnded(deployment, surroundings, instanceId, surroundings.clock.now() + waitMs)
  return await unlessInterrupted(ending, surroundings.interruption).catch(
    ifInterrupted('interrupted' as const),
  )
}

async function untilEnded(
  { aws, policy }: Deployment,
  { terminal, clock, pause, interruption }: Surroundings,
  instanceId: string,
  until: number,
): Promise<Ending> {
  let told = ''
  for (;;) {
    const where = await whereabouts(aws, instanceId)
    if (!where) return 'left'
    if (isKept(where.lifecycleState)) return 'kept'
    if (where.lifecycleState === 'InService') return 'in service'
    const explanation = await explain({ aws, clock, policy }, instanceId)
    const state =
      explanation.is === 'held'
        ? `${explanation.decision.do}: ${explanation.decision.reason}`
        : where.lifecycleState
    if (state !== told) terminal.complain(oneLine(`${instanceId}  ${state}`))
    told = state
    if (interruption.aborted) return 'interrupted'
    if (clock.now() >= until) return 'timed out'
    await pause(LOOK_MS)
  }
}

/** Waits until our hook holds the instance; `false`: it does not within the time. */
export async function untilHeld(
  { aws }: Deployment,
  { clock, interruption, pause }: Surroundings,
  instanceId: string,
  waitMs: number,
): Promise<boolean> {
  const until = clock.now() + waitMs
  for (;;) {
    const where = await unlessInterrupted(whereabouts(aws, instanceId), interruption)
    if (where?.lifecycleState.endsWith(':Wait')) return true
    if (!where || clock.now() >= until) return false
    await pause(LOOK_MS / 5)
  }
}
