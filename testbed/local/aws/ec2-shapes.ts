/** EC2's requests and answers do not use its API's names: its XML has its own for every field. */

/** EC2 names lists in the singular in requests: `InstanceId.1`, `Filter.1.Value.1`. */
const lists: Readonly<Record<string, string>> = {
  BlockDeviceMapping: 'BlockDeviceMappings',
  ExcludeDataVolumeId: 'ExcludeDataVolumeIds',
  Filter: 'Filters',
  InstanceId: 'InstanceIds',
  Owner: 'OwnerIds',
  ResourceId: 'Resources',
  SnapshotId: 'SnapshotIds',
  Tag: 'Tags',
  TagSpecification: 'TagSpecifications',
  Value: 'Values',
  VolumeId: 'VolumeIds',
}

/** A request in the API's own names. */
export function ec2Input(input: Record<string, unknown>): Record<string, unknown> {
  const { DisableApiTermination: protection, ...rest } = renamed(input) as Record<string, unknown>
  return typeof protection === 'object' && protection !== null && 'Value' in protection
    ? { ...rest, DisableApiTermination: { Value: protection.Value === 'true' } }
    : rest
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, field]) => [
    Array.isArray(field) ? (lists[name] ?? name) : name,
    renamed(field),
  ])
  return Object.fromEntries(fields)
}

/** What is called otherwise in an answer than with a small first letter. */
const names: Readonly<Record<string, string>> = {
  Attachments: 'attachmentSet',
  BlockDeviceMappings: 'blockDeviceMapping',
  Groups: 'groupSet',
  Instances: 'instancesSet',
  Reservations: 'reservationSet',
  Snapshots: 'snapshotSet',
  Tags: 'tagSet',
  StartingInstances: 'instancesSet',
  StateTransitionReason: 'reason',
  StoppingInstances: 'instancesSet',
  TerminatingInstances: 'instancesSet',
  Volumes: 'volumeSet',
  VolumesModifications: 'volumeModificationSet',
}

/** An answer as EC2 writes it; where there is nothing to say, that it was done. */
export function ec2Answer(operation: string, output: object): object {
  const answer = written(operation, output) as object
  return Object.keys(answer).length === 0 ? { return: true } : answer
}

function written(operation: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => written(operation, one))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const fields = Object.entries(value).map(([name, field]) => [
    name === 'State' ? stateName(operation, field) : (names[name] ?? uncapitalized(name)),
    written(operation, field),
  ])
  return Object.fromEntries(fields)
}

/** An instance has an `instanceState`, a volume or a snapshot a `status`, but what CreateSnapshots makes a `state`. */
function stateName(operation: string, state: unknown): string {
  if (typeof state === 'object') return 'instanceState'
  return operation === 'CreateSnapshots' ? 'state' : 'status'
}

function uncapitalized(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
