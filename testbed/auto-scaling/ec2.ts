/** EC2's own API over the same instances. */
import type {
  Instance as Described,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  GetConsoleOutputCommandInput,
  GetConsoleOutputCommandOutput,
  InstanceBlockDeviceMapping,
  InstanceStateChange,
  ModifyInstanceAttributeCommandInput,
  RebootInstancesCommandInput,
  StartInstancesCommandInput,
  StartInstancesCommandOutput,
  StopInstancesCommandInput,
  StopInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { type Attributes, ec2Page, filtered } from './ec2-listing.ts'
import { listedTags } from './ec2-tags.ts'
import { ROOT_DEVICE } from './machine-volumes.ts'
import { startMachines, stopMachines, terminateMachines } from './machines.ts'
import { machineNamed } from './power.ts'
import type { Instance, World } from './state.ts'
import type { Volume } from './storage-state.ts'
import { changeMappings } from './volume-attachments.ts'

type State = Instance['machine']

/** Low bytes of InstanceState.Code. */
const codes: Record<State, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

const LARGEST_PAGE = 1000

const INSTANCE_TYPE = 't3.micro'

const attributes: Attributes<Instance> = {
  'availability-zone': ({ availabilityZone }) => availabilityZone,
  'instance-type': () => INSTANCE_TYPE,
  'instance-id': ({ id }) => id,
  'instance-state-name': ({ machine }) => machine,
}

export function describeInstances(
  world: World,
  _now: number,
  input: DescribeInstancesCommandInput,
): Omit<DescribeInstancesCommandOutput, '$metadata'> {
  const all = input.InstanceIds?.length
    ? input.InstanceIds.map((id) => machineNamed(world, id))
    : [...world.instances.values()]
  const { items, nextToken } = ec2Page(filtered(all, input.Filters, attributes), input, {
    named: input.InstanceIds,
    largest: LARGEST_PAGE,
  })
  return {
    Reservations: items.map((instance) => ({
      ReservationId: `r-${instance.id.slice(2)}`,
      OwnerId: world.options.accountId,
      Groups: [],
      Instances: [describe(instance)],
    })),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  }
}

/** The machine goes first; whatever hooks the group has come too late. */
export function terminateInstances(
  world: World,
  now: number,
  input: TerminateInstancesCommandInput,
): Omit<TerminateInstancesCommandOutput, '$metadata'> {
  return { TerminatingInstances: switched(world, input, (ids) => terminateMachines(world, now, ids)) }
}

export function stopInstances(
  world: World,
  now: number,
  input: StopInstancesCommandInput,
): Omit<StopInstancesCommandOutput, '$metadata'> {
  return { StoppingInstances: switched(world, input, (ids) => stopMachines(world, now, ids)) }
}

export function startInstances(
  world: World,
  now: number,
  input: StartInstancesCommandInput,
): Omit<StartInstancesCommandOutput, '$metadata'> {
  return { StartingInstances: switched(world, input, (ids) => startMachines(world, now, ids)) }
}

function switched(
  world: World,
  { InstanceIds: ids = [] }: { readonly InstanceIds: string[] | undefined },
  change: (ids: readonly string[]) => void,
): InstanceStateChange[] {
  const before = ids.map((id) => machineNamed(world, id).machine)
  change(ids)
  return ids.map((InstanceId, index) => ({
    InstanceId,
    CurrentState: stateOf(machineNamed(world, InstanceId).machine),
    PreviousState: stateOf(before[index] as State),
  }))
}

/** Asynchronous. The disks stay, and so does the instance's state; Auto Scaling takes no notice of one that it holds. */
export function rebootInstances(world: World, _now: number, input: RebootInstancesCommandInput): object {
  const instances = (input.InstanceIds ?? []).map((id) => machineNamed(world, id))
  const other = instances.find(({ machine }) => machine !== 'running')
  if (other)
    throw new AwsError('IncorrectInstanceState', `The instance '${other.id}' is not in the 'running' state.`)
  for (const { id } of instances) world.effects.push({ do: 'reboot', instanceId: id })
  return {}
}

/** What stands on the console, in base 64; here, only which machine it is. */
export function getConsoleOutput(
  world: World,
  now: number,
  input: GetConsoleOutputCommandInput,
): Omit<GetConsoleOutputCommandOutput, '$metadata'> {
  const { id } = machineNamed(world, input.InstanceId ?? '')
  return {
    InstanceId: id,
    Timestamp: new Date(now),
    Output: Buffer.from(`${id} login: \r\n`).toString('base64'),
  }
}

/** Termination protection, or whether volumes go with the machine. */
export function modifyInstanceAttribute(
  world: World,
  _now: number,
  input: ModifyInstanceAttributeCommandInput,
): object {
  const { BlockDeviceMappings: mappings } = input
  const protection = input.DisableApiTermination?.Value
  if ((protection === undefined) === (mappings === undefined))
    throw new AwsError(
      'InvalidParameterCombination',
      'Either DisableApiTermination or BlockDeviceMappings can be modified here',
    )
  const instance = machineNamed(world, input.InstanceId ?? '')
  if (protection !== undefined) instance.terminationProtection = protection
  if (mappings !== undefined) changeMappings(instance, mappings)
  return {}
}

function describe(instance: Instance): Described {
  return {
    InstanceId: instance.id,
    InstanceType: INSTANCE_TYPE,
    LaunchTime: new Date(instance.launchedAt),
    RootDeviceName: ROOT_DEVICE,
    RootDeviceType: 'ebs',
    StateTransitionReason: whyOff(instance),
    BlockDeviceMappings: instance.volumes.flatMap(describeMapping),
    State: stateOf(instance.machine),
    Placement: { AvailabilityZone: instance.availabilityZone },
    Tags: listedTags(instance.tags),
  }
}

/** In whole seconds; of one that runs it is empty. */
function whyOff({ offSince }: Instance): string {
  if (offSince === undefined) return ''
  return `User initiated (${new Date(offSince).toISOString().slice(0, 19).replace('T', ' ')} GMT)`
}

function describeMapping({ id, attachment }: Volume): InstanceBlockDeviceMapping[] {
  if (attachment === undefined) return []
  const { device, state, since, deleteOnTermination } = attachment
  const Ebs = {
    VolumeId: id,
    Status: state,
    AttachTime: new Date(since),
    DeleteOnTermination: deleteOnTermination,
  }
  return [{ DeviceName: device, Ebs }]
}

function stateOf(machine: State): { Code: number; Name: State } {
  return { Code: codes[machine], Name: machine }
}
