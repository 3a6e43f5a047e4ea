import type { Instance } from '@aws-sdk/client-ec2'
import type { AwsApi } from '../aws/api.ts'

/** EC2 takes no more in a filter. */
const MOST_VALUES = 200

/** As EC2 describes these, by their id, in EC2's order. By a filter: one id that it has forgotten would fail a request by ids as a whole. */
export async function machinesNamed(
  aws: Pick<AwsApi, 'describeInstances'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Instance>> {
  const found = new Map<string, Instance>()
  for (let from = 0; from < ids.length; from += MOST_VALUES) {
    const Values = ids.slice(from, from + MOST_VALUES)
    const { Reservations = [] } = await aws.describeInstances({ Filters: [{ Name: 'instance-id', Values }] })
    for (const machine of Reservations.flatMap(({ Instances = [] }) => Instances))
      if (machine.InstanceId) found.set(machine.InstanceId, machine)
  }
  return found
}
