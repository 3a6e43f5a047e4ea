/** Whether SSM agents answer, without sending them anything. */
import type { AwsApi } from '../aws/api.ts'
import { isUnreachable } from '../aws/failures.ts'

export interface Agent {
  readonly isOnline: boolean
  readonly lastPingAt: number
}

/** A filter takes so many values, and a page so many answers. */
const AT_ONCE = 50

/**
 * The agents that SSM knows. An instance whose agent never registered is left out; but one answer without it does not say so, and such a
 * machine is rebooted, or no healthy one to salvage another's disk.
 */
export async function agentsOf(
  aws: AwsApi,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, Agent>> {
  const found = new Map<string, Agent>()
  await readAll(aws, instanceIds, found)
  const untold = instanceIds.filter((one) => !found.has(one))
  await readAll(aws, untold, found)
  return found
}

async function readAll(aws: AwsApi, ids: readonly string[], found: Map<string, Agent>): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE)
    await readAgents(aws, ids.slice(from, from + AT_ONCE), found)
}

async function readAgents(aws: AwsApi, Values: string[], found: Map<string, Agent>): Promise<void> {
  let next: string | undefined
  try {
    do {
      const answer = await aws.describeInstanceInformation({
        Filters: [{ Key: 'InstanceIds', Values }],
        MaxResults: AT_ONCE,
        ...(next && { NextToken: next }),
      })
      for (const { InstanceId, PingStatus, LastPingDateTime } of answer.InstanceInformationList ?? [])
        if (InstanceId)
          found.set(InstanceId, {
            isOnline: PingStatus === 'Online',
            lastPingAt: LastPingDateTime?.getTime() ?? 0,
          })
      next = answer.NextToken
    } while (next)
  } catch (error) {
    // The API lists this error; whether one unknown id spoils a whole question is not documented.
    if (!isUnreachable(error)) throw error
    if (Values.length > 1) for (const one of Values) await readAgents(aws, [one], found)
  }
}
