/** What EC2 says about a machine. SSM has one error for dead and for merely unreachable; EC2 can tell. */

import type { Instance } from '@aws-sdk/client-ec2'
import type { AwsApi } from '../aws/api.ts'
import { isUnknownInstance } from '../aws/failures.ts'
import type { Machine } from '../model.ts'
import { whereabouts } from './lifecycle-actions.ts'

const GONE = new Set(['shutting-down', 'terminated'])
const STOPPED = new Set(['stopping', 'stopped'])

/**
 * EC2 shows a terminated machine for about an hour, so before that it has a name for what is gone, and "not found" is a view that has
 * not caught up.
 */
const FORGOTTEN_AFTER_SECONDS = 3900

/**
 * Gone is what EC2 calls gone, since that is the right to say CONTINUE: an answer without the machine tells nothing. A machine that EC2
 * says it never heard of is gone only when it had time to forget it and Auto Scaling, too, has it for dead.
 */
export async function machineState(aws: AwsApi, instanceId: string, ageSeconds: number): Promise<Machine> {
  try {
    const state = (await describedInstance(aws, instanceId))?.State?.Name
    if (!state) return 'unknown'
    if (GONE.has(state)) return 'gone'
    return STOPPED.has(state) ? 'stopped' : 'alive'
  } catch (error) {
    if (!isUnknownInstance(error)) throw error
    if (ageSeconds < FORGOTTEN_AFTER_SECONDS) return 'unknown'
    return (await whereabouts(aws, instanceId))?.isHealthy ? 'unknown' : 'gone'
  }
}

/** When the machine was launched; `undefined` when EC2 no longer knows it. */
export async function launchedAt(aws: AwsApi, instanceId: string): Promise<number | undefined> {
  return (await knownInstance(aws, instanceId))?.LaunchTime?.getTime()
}

/** As EC2 describes it; `undefined`, too, when EC2 no longer knows it. */
export async function knownInstance(aws: AwsApi, instanceId: string): Promise<Instance | undefined> {
  try {
    return await describedInstance(aws, instanceId)
  } catch (error) {
    if (isUnknownInstance(error)) return undefined
    throw error
  }
}

/** As EC2 describes it; `undefined` when the answer is without it. Throws what EC2 refuses, an instance that it never heard of too. */
export async function describedInstance(aws: AwsApi, instanceId: string): Promise<Instance | undefined> {
  const answer = await aws.describeInstances({ InstanceIds: [instanceId] })
  const told = answer.Reservations?.flatMap((reservation) => reservation.Instances ?? [])
  return told?.find((instance) => instance.InstanceId === instanceId)
}
