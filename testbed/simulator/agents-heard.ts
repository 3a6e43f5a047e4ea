/** What the SSM agents last said of themselves. */
import type {
  DescribeInstanceInformationCommandInput,
  DescribeInstanceInformationCommandOutput,
} from '@aws-sdk/client-ssm'
import type { Answer } from '../../src/aws/api.ts'
import { minute } from './setting.ts'
import type { Machine } from './simulated-machine.ts'

/** The agent says that it is there every five minutes; when SSM calls one lost is not documented. */
const PING_EVERY_MS = 5 * minute
const LOST_AFTER_MS = 2 * PING_EVERY_MS

export function describeInstanceInformation(
  now: number,
  machinesById: ReadonlyMap<string, Machine>,
  input: DescribeInstanceInformationCommandInput,
): Answer<DescribeInstanceInformationCommandOutput> {
  const ids = input.Filters?.find(({ Key }) => Key === 'InstanceIds')?.Values ?? []
  const machines = ids.flatMap((id) => machinesById.get(id) ?? [])
  return {
    InstanceInformationList: machines
      .filter(({ wasRegistered, canRun }) => wasRegistered || canRun)
      .map(({ instanceId, unheardSince }) => {
        const lastPingAt = Math.floor((unheardSince ?? now) / PING_EVERY_MS) * PING_EVERY_MS
        const isOnline = now - lastPingAt < LOST_AFTER_MS
        return {
          InstanceId: instanceId,
          PingStatus: isOnline ? ('Online' as const) : ('ConnectionLost' as const),
          LastPingDateTime: new Date(lastPingAt),
        }
      }),
  }
}
