/** EC2's XML does not use its API's names: it has its own for every field. */
import type {
  DescribeInstancesCommandOutput,
  GetConsoleOutputCommandOutput,
  Instance,
  InstanceState,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2'

export function describedInstances({
  Reservations,
}: Pick<DescribeInstancesCommandOutput, 'Reservations'>): object {
  return {
    reservationSet: Reservations?.map(({ ReservationId, OwnerId, Instances }) => ({
      reservationId: ReservationId,
      ownerId: OwnerId,
      groupSet: [],
      instancesSet: Instances?.map(instance),
    })),
  }
}

export function terminatedInstances({
  TerminatingInstances,
}: Pick<TerminateInstancesCommandOutput, 'TerminatingInstances'>): object {
  return {
    instancesSet: TerminatingInstances?.map(({ InstanceId, CurrentState, PreviousState }) => ({
      instanceId: InstanceId,
      currentState: state(CurrentState),
      previousState: state(PreviousState),
    })),
  }
}

export function consoleOutput({
  InstanceId,
  Timestamp,
  Output,
}: Pick<GetConsoleOutputCommandOutput, 'InstanceId' | 'Timestamp' | 'Output'>): object {
  return { instanceId: InstanceId, timestamp: Timestamp, output: Output }
}

/** EC2 names lists in the singular in requests: `InstanceId.1`, `Filter.1.Value.1`. */
export function ec2Input({
  InstanceId,
  ResourceId,
  Tag,
  Latest,
  Filter,
  DisableApiTermination: protection,
  ...rest
}: Record<string, unknown>): Record<string, unknown> {
  const filters = Array.isArray(Filter) ? (Filter as { Name?: string; Value?: string[] }[]) : undefined
  return {
    ...rest,
    ...(Array.isArray(InstanceId) ? { InstanceIds: InstanceId } : { InstanceId }),
    ...(typeof protection === 'object' && protection !== null && 'Value' in protection
      ? { DisableApiTermination: { Value: protection.Value === 'true' } }
      : {}),
    ...(ResourceId === undefined ? {} : { Resources: ResourceId }),
    ...(Tag === undefined ? {} : { Tags: Tag }),
    ...(Latest === undefined ? {} : { Latest: Latest === 'true' }),
    ...(filters ? { Filters: filters.map(({ Name, Value }) => ({ Name, Values: Value })) } : {}),
  }
}

function instance({
  InstanceId,
  InstanceType,
  LaunchTime,
  State,
  Placement,
  Tags,
  ...disks
}: Instance): object {
  return {
    instanceId: InstanceId,
    instanceState: state(State),
    instanceType: InstanceType,
    launchTime: LaunchTime,
    placement: { availabilityZone: Placement?.AvailabilityZone },
    tagSet: Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    rootDeviceName: disks.RootDeviceName,
    blockDeviceMapping: disks.BlockDeviceMappings?.map(({ DeviceName, Ebs }) => ({
      deviceName: DeviceName,
      ebs: { attachTime: Ebs?.AttachTime },
    })),
  }
}

function state(value: InstanceState | undefined): object {
  return { code: value?.Code, name: value?.Name }
}
