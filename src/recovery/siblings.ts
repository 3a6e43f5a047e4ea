/** The healthy machines of a group, which could salvage the disk of a dead one. */
import { groupOf } from '../aws/group-of.ts'
import type { Guard } from '../guard.ts'
import { shuffled } from '../shuffled.ts'
import { agentsOf } from './agents.ts'
import type { Sibling } from './decide-copy.ts'

/** In service, healthy, and online; in an order of chance, so that one which cannot, for a reason of its own, is not asked for ever. */
export async function siblingsOf(
  { aws, random }: Pick<Guard, 'aws' | 'random'>,
  groupName: string,
): Promise<Sibling[]> {
  const group = await groupOf(aws, groupName)
  const healthy = (group?.Instances ?? []).flatMap((one) =>
    one.InstanceId && one.LifecycleState === 'InService' && /^healthy$/i.test(one.HealthStatus ?? '')
      ? [{ instanceId: one.InstanceId, zone: one.AvailabilityZone ?? '' }]
      : [],
  )
  const ids = healthy.map(({ instanceId }) => instanceId)
  const agents = await agentsOf(aws, ids)
  const online = healthy.filter(({ instanceId }) => agents.get(instanceId)?.isOnline)
  return shuffled(online, random)
}
