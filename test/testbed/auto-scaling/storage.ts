/** A fleet whose volumes are looked at: two machines beside each other, and others in other zones. */
import type { OperationName } from '../../../testbed/auto-scaling/auto-scaling.ts'
import type { Effect } from '../../../testbed/auto-scaling/effects.ts'
import type { Timings } from '../../../testbed/auto-scaling/timings.ts'
import { Fleet, minute, refusal, second } from '../simulator/fleet.ts'

interface Listed {
  readonly VolumeId?: string
  readonly SnapshotId?: string
}

export class Storage {
  readonly fleet: Fleet
  readonly lost: string
  readonly helper: string
  readonly elsewhere: string

  constructor(timings: Partial<Timings> = {}) {
    this.fleet = new Fleet(timings).group('web', { size: 4 })
    const [first, ...others] = this.fleet.model.instances()
    const zoneOfFirst = first?.availabilityZone
    this.lost = first?.id ?? ''
    this.helper = others.find(({ availabilityZone }) => availabilityZone === zoneOfFirst)?.id ?? ''
    this.elsewhere = others.find(({ availabilityZone }) => availabilityZone !== zoneOfFirst)?.id ?? ''
  }

  /** A call, and its answer as it comes. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at from outside, property by property
  ask(name: OperationName, input: object = {}): any {
    return this.fleet.model.call(this.fleet.now, name, input as never) as Record<string, never>
  }

  /** The code and the text of what is refused. */
  refused(name: OperationName, input: object = {}): string {
    return refusal(() => this.ask(name, input))
  }

  pass(ms: number): this {
    this.fleet.pass(ms)
    return this
  }

  volumes(input: object = {}): Record<string, unknown>[] {
    return this.ask('DescribeVolumes', input).Volumes ?? []
  }

  volume(id: string): Record<string, unknown> | undefined {
    return this.volumes().find(({ VolumeId }) => VolumeId === id)
  }

  /** A volume's state and its attachment's. */
  states(id: string): (string | undefined)[] {
    const { State, Attachments } = (this.volume(id) ?? {}) as {
      State?: string
      Attachments?: { State?: string }[]
    }
    return [State, Attachments?.[0]?.State]
  }

  root(instanceId: string): string {
    const Filters = [
      { Name: 'attachment.instance-id', Values: [instanceId] },
      { Name: 'attachment.device', Values: ['/dev/xvda'] },
    ]
    return (this.volumes({ Filters })[0] as Listed | undefined)?.VolumeId ?? ''
  }

  /** A completed snapshot of a machine's root volume. */
  snapshot(instanceId = this.lost): string {
    const { SnapshotId = '' } = this.ask('CreateSnapshot', { VolumeId: this.root(instanceId) }) as Listed
    this.pass(3 * minute)
    return SnapshotId
  }

  /** An empty volume that can be attached. */
  available(more: object = {}): string {
    const AvailabilityZone = this.volume(this.root(this.helper))?.AvailabilityZone
    const { VolumeId = '' } = this.ask('CreateVolume', { AvailabilityZone, Size: 1, ...more }) as Listed
    this.pass(10 * second)
    return VolumeId
  }

  attached(instanceId = this.helper, Device = '/dev/sdf'): string {
    const VolumeId = this.available()
    this.ask('AttachVolume', { VolumeId, InstanceId: instanceId, Device })
    this.pass(10 * second)
    return VolumeId
  }

  end(instanceId: string): this {
    this.ask('TerminateInstances', { InstanceIds: [instanceId] })
    return this.pass(30 * second)
  }

  /** What happened to disks and machines, in order. */
  effects(): Effect[] {
    return this.fleet.effects.filter(
      (effect) => 'volumeId' in effect || 'snapshotId' in effect || /^(destroy|replace)/.test(effect.do),
    )
  }
}
