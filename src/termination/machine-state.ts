/** What EC2 says about a machine. SSM has one error for dead and for merely unreachable; EC2 can tell. */

import type { AwsApi } from '../aws/api.ts'
import { isUnknownInstance } from '../aws/failures.ts'
import type { Machine } from '../model.ts'

const GONE = new Set(['shutting-down', 'terminated'])

/**
 * EC2 is eventually consistent: a machine that was terminated right after its launch may not be found at first, and "not found" is
 * the right to say CONTINUE. So it counts only when the action is old enough.
 */
const CONSISTENT_AFTER_SECONDS = 600

export async function machineState(aws: AwsApi, instanceId: string, ageSeconds: number): Promise<Machine> {
  const unfound = ageSeconds > CONSISTENT_AFTER_SECONDS ? 'gone' : 'unknown'
  try {
    const answer = await aws.describeInstances({ InstanceIds: [instanceId] })
    const state = answer.Reservations?.flatMap((reservation) => reservation.Instances ?? [])[0]?.State?.Name
    if (!state) return unfound
    return GONE.has(state) ? 'gone' : 'alive'
  } catch (error) {
    if (isUnknownInstance(error)) return unfound
    throw error
  }
}

/** When the machine was launched; `undefined` when EC2 no longer knows it. */
export async function launchedAt(aws: AwsApi, instanceId: string): Promise<number | undefined> {
  try {
    const answer = await aws.describeInstances({ InstanceIds: [instanceId] })
    const instance = answer.Reservations?.flatMap((reservation) => reservation.Instances ?? [])[0]
    return instance?.LaunchTime?.getTime()
  } catch (error) {
    if (isUnknownInstance(error)) return undefined
    throw error
  }
}
