/** What EC2 says about a machine. SSM has one error for dead and for merely unreachable; EC2 can tell. */
import type { Machine } from '../core/model.ts'
import type { AwsApi } from './api.ts'
import { isUnknownInstance } from './failures.ts'

const GONE = new Set(['shutting-down', 'terminated'])

export async function machineState(aws: AwsApi, instanceId: string): Promise<Machine> {
  try {
    const answer = await aws.describeInstances({ InstanceIds: [instanceId] })
    const instance = answer.Reservations?.flatMap((reservation) => reservation.Instances ?? [])[0]
    return instance?.State?.Name && !GONE.has(instance.State.Name) ? 'alive' : 'gone'
  } catch (error) {
    if (isUnknownInstance(error)) return 'gone'
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
