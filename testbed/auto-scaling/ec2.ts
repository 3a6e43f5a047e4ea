/** EC2's own API over the same instances. */
import type {
  CreateTagsCommandInput,
  Instance as Described,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  GetConsoleOutputCommandInput,
  GetConsoleOutputCommandOutput,
  ModifyInstanceAttributeCommandInput,
  RebootInstancesCommandInput,
  StartInstancesCommandInput,
  StopInstancesCommandInput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'
import { startMachines, stopMachines, terminateMachines } from './machines.ts'
import { machineNamed } from './power.ts'
import type { Instance, World } from './state.ts'

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

/** Filters: `availability-zone`, `instance-id`, `instance-state-name`, `instance-type`, `tag:<key>`, `tag-key`. */
export function describeInstances(
  world: World,
  _now: number,
  input: DescribeInstancesCommandInput,
): Omit<DescribeInstancesCommandOutput, '$metadata'> {
  const all = input.InstanceIds?.length
    ? input.InstanceIds.map((id) => machineNamed(world, id))
    : [...world.instances.values()]
  const found = all.filter((instance) =>
    (input.Filters ?? []).every(
      ({ Name, Values }) =>
        Values === undefined ||
        attributes(instance, Name).some((value) => Values.some((wanted) => isLike(wanted, value))),
    ),
  )
  return {
    Reservations: found.map((instance) => ({
      ReservationId: `r-${instance.id.slice(2)}`,
      OwnerId: world.options.accountId,
      Instances: [describe(instance)],
    })),
  }
}

/** The machine goes first; whatever hooks the group has come too late. */
export function terminateInstances(
  world: World,
  now: number,
  input: TerminateInstancesCommandInput,
): Omit<TerminateInstancesCommandOutput, '$metadata'> {
  const ids = input.InstanceIds ?? []
  const before = new Map(ids.map((id) => [id, machineNamed(world, id).machine]))
  return {
    TerminatingInstances: terminateMachines(world, now, ids).map(({ id, machine }) => ({
      InstanceId: id,
      CurrentState: stateOf(machine),
      PreviousState: stateOf(before.get(id) ?? machine),
    })),
  }
}

export function stopInstances(world: World, now: number, input: StopInstancesCommandInput): object {
  stopMachines(world, now, input.InstanceIds ?? [])
  return {}
}

export function startInstances(world: World, now: number, input: StartInstancesCommandInput): object {
  startMachines(world, now, input.InstanceIds ?? [])
  return {}
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

export function createTags(world: World, _now: number, input: CreateTagsCommandInput): object {
  const instances = (input.Resources ?? []).map((id) => machineNamed(world, id))
  for (const { tags } of instances)
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value)
  return {}
}

/** Termination protection only. */
export function modifyInstanceAttribute(
  world: World,
  _now: number,
  input: ModifyInstanceAttributeCommandInput,
): object {
  const protection = input.DisableApiTermination?.Value
  if (protection === undefined)
    throw new AwsError('InvalidParameterCombination', 'Only DisableApiTermination can be modified here')
  machineNamed(world, input.InstanceId ?? '').terminationProtection = protection
  return {}
}

const ROOT = '/dev/xvda'
const INSTANCE_TYPE = 't3.micro'

function describe(instance: Instance): Described {
  return {
    InstanceId: instance.id,
    InstanceType: INSTANCE_TYPE,
    LaunchTime: new Date(instance.launchedAt),
    RootDeviceName: ROOT,
    BlockDeviceMappings: [{ DeviceName: ROOT, Ebs: { AttachTime: new Date(instance.rootAttachedAt) } }],
    State: stateOf(instance.machine),
    Placement: { AvailabilityZone: instance.availabilityZone },
    Tags: [...instance.tags].map(([Key, Value]) => ({ Key, Value })),
  }
}

function stateOf(machine: State): { Code: number; Name: State } {
  return { Code: codes[machine], Name: machine }
}

function attributes(instance: Instance, name = ''): readonly string[] {
  if (name.startsWith('tag:')) return [instance.tags.get(name.slice('tag:'.length)) ?? []].flat()
  switch (name) {
    case 'availability-zone':
      return [instance.availabilityZone]
    case 'instance-type':
      return [INSTANCE_TYPE]
    case 'instance-id':
      return [instance.id]
    case 'instance-state-name':
      return [instance.machine]
    case 'tag-key':
      return [...instance.tags.keys()]
  }
  throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`)
}

/** In a filter's value `*` stands for any characters and `?` for one. */
function isLike(wanted: string, value: string): boolean {
  if (!/[*?]/.test(wanted)) return wanted === value
  const pattern = wanted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 's').test(value)
}
