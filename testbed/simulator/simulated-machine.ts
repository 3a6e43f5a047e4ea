/**
 * One EC2 instance from the inside: a disk with logs that grow, a cron that rotates and publishes them, and an SSM agent. Lines
 * are written when somebody looks, as many as the time since the last look was good for.
 */

import { type Archiving, publish } from './publisher.ts'
import { hour, minute, second } from './setting.ts'
import { Disk, type DiskSurroundings } from './simulated-disk.ts'

export interface MachineSurroundings extends Archiving, DiskSurroundings {
  /** Nothing goes wrong any more, and nothing happens by itself. */
  readonly isHealed: boolean
}

/** `silent`: registered, but it fetches nothing. `gone`: SSM knows no agent there. */
export type Agent = 'up' | 'silent' | 'gone'

export class Machine {
  readonly instanceId: string
  readonly groupName: string
  readonly disks: Disk[] = []
  agent: Agent
  isOn = true
  /** It stopped at a moment that nobody asked for. */
  hasVanished = false
  /** It was kept, until a person let it go. */
  wasReleased = false
  /** Where its logs are published, once that was worked out. */
  prefix: string | undefined
  /** While a flush holds the script's lock, another one waits. */
  flushFreeAt = 0
  readonly #world: MachineSurroundings
  readonly #lineMs: number
  /** A writer that does not obey writes often; it falls silent by itself some time after the traffic ended, or never does. */
  readonly #defiesForMs: number
  #writtenUntil = 0
  #isWriting = false
  #isDefiant = false
  #defiantUntil = Number.POSITIVE_INFINITY

  constructor(world: MachineSurroundings, instanceId: string, groupName: string) {
    this.#world = world
    this.instanceId = instanceId
    this.groupName = groupName
    const { chance, faults } = world
    this.agent = chance.of(faults['agent-was-never-there']) ? 'gone' : 'up'
    const defies = chance.of(faults['writer-cannot-be-stopped'])
    this.#defiesForMs = defies ? chance.pick([3 * minute, 30 * minute, Number.POSITIVE_INFINITY]) : 0
    this.#lineMs = chance.between(1, 6) * minute
    this.disks.push(new Disk(world))
    if (chance.of(faults['agent-dies'])) this.#scheduleEnd('gone')
    if (chance.of(faults['agent-is-silent'])) this.#scheduleEnd('silent')
    world.time.after(chance.between(0, hour), () => this.#cron())
  }

  get disk(): Disk {
    return this.disks.at(-1) as Disk
  }

  get canRun(): boolean {
    return this.isOn && this.agent === 'up'
  }

  /** Traffic arrives. */
  start(): void {
    if (!this.isOn) return
    this.write()
    this.#isWriting = true
    this.#writtenUntil = this.#world.time.now
    this.#isDefiant = false
    this.#defiantUntil = Number.POSITIVE_INFINITY
  }

  /** The load balancer lets go. Health checks and the like are still written down, until somebody stops the writer. */
  leaveService(): void {
    this.write()
    if (this.#defiesForMs === 0) return
    this.#isDefiant = true
    this.#defiantUntil = this.#world.time.now + this.#defiesForMs
  }

  /** Stops the writer, where it can be stopped. */
  quiesce(): boolean {
    this.write()
    if (this.#defiesForMs > 0) return false
    this.#isWriting = false
    return true
  }

  /** Brings the disk up to date. */
  write(): void {
    const { now } = this.#world.time
    if (!this.#isWriting || !this.isOn) return
    const until = Math.min(now, this.#defiantUntil)
    // After the traffic a defiant writer leaves no pause that a flush could mistake for the end.
    const everyMs = this.#isDefiant ? 7 * second : this.#lineMs
    while (this.#writtenUntil + everyMs <= until) {
      this.#writtenUntil += everyMs
      this.disk.append()
    }
    if (this.#isDefiant && now > this.#defiantUntil + everyMs) this.#isWriting = false
  }

  powerOff(): void {
    this.write()
    this.isOn = false
    this.#isWriting = false
  }

  /** It boots: its services start, and its agent, if that was well. */
  powerOn(): void {
    if (this.disk.isGone) return
    this.isOn = true
    this.start()
  }

  destroy(): void {
    this.disk.isGone = true
  }

  /** The root volume is swapped for a fresh one, and the instance goes on. */
  replaceDisk(): void {
    this.write()
    this.disk.isGone = true
    this.disks.push(new Disk(this.#world))
  }

  /** Every hour, as the platform does it by itself. */
  #cron(): void {
    const world = this.#world
    if (!this.isOn || world.isHealed) return
    this.write()
    this.disk.rotate()
    publish(world, this)
    world.time.after(hour, () => this.#cron())
  }

  #scheduleEnd(agent: Agent): void {
    this.#world.time.after(this.#world.chance.between(0, this.#world.setting.chaosMs), () => {
      // What is dead stays dead, healed or not.
      this.agent = agent
      this.#world.trace?.note('ec2', `the agent of ${this.instanceId} is ${agent}`)
    })
  }
}
