/**
 * One EC2 instance from the inside: a disk with logs that grow, a cron that rotates and publishes them, and an SSM agent. Lines
 * are written when somebody looks, as many as the time since the last look was good for.
 */

import { drawWriters } from './draw-writers.ts'
import { isCalm } from './fault-mix.ts'
import { type Archiving, publish } from './publisher.ts'
import { hour, minute, second } from './setting.ts'
import { Disk, type DiskSurroundings, ROTATIONS_KEPT, type Rotation } from './simulated-disk.ts'
import type { Writer } from './writers.ts'

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
  /** When it was last heard of, where it is not heard of any more. */
  unheardSince: number | undefined
  /** Whether SSM ever knew its agent. */
  readonly wasRegistered: boolean
  /** It stopped at a moment that nobody asked for. */
  hasVanished = false
  /** It was kept, until a person let it go. */
  wasReleased = false
  /** How often the guard tried it again after it was kept. */
  retries = 0
  /** Where its logs are published, once that was worked out. */
  prefix: string | undefined
  /** While a flush holds the script's lock, another one waits. */
  flushFreeAt = 0
  /** What an earlier flush called unaccounted, as the script remembers it. */
  readonly unaccounted = new Set<string>()
  /** How far its clock is off. */
  readonly skewMs: number
  readonly publisherDeletes: boolean
  /** Whether there is a file that nobody can read, as there is on a disk that goes bad. */
  readonly hasUnreadable: boolean
  readonly writers: readonly Writer[]
  /** When it was last started: launched, booted again by somebody, or from a new disk. */
  bootedAt: number
  inServiceSince = 0
  readonly #world: MachineSurroundings
  #whenBack: (() => void)[] = []
  /** A writer that does not obey falls silent by itself some time after the traffic ended, or never does. */
  readonly #defiesForMs: number
  /** The log that is rotated to where nobody publishes. */
  readonly #outsideLog: number | undefined
  readonly #rotationDeletes: boolean

  constructor(world: MachineSurroundings, instanceId: string, groupName: string) {
    this.#world = world
    this.instanceId = instanceId
    this.groupName = groupName
    this.bootedAt = world.time.now
    const { chance, faults, setting } = world
    this.agent = chance.of(faults['agent-was-never-there']) ? 'gone' : 'up'
    this.wasRegistered = this.agent === 'up'
    if (!this.wasRegistered) this.#mayComeBack()
    const defies = chance.of(faults['writer-cannot-be-stopped'])
    this.#defiesForMs = defies ? chance.pick([3 * minute, 30 * minute, Number.POSITIVE_INFINITY]) : 0
    this.writers = drawWriters(world, defies)
    this.#outsideLog = chance.of(faults['rotated-where-nobody-publishes'])
      ? chance.whole(0, setting.logsPerInstance - 1)
      : undefined
    this.#rotationDeletes = chance.of(faults['rotation-deletes'])
    this.publisherDeletes = chance.of(faults['publisher-deletes'])
    this.hasUnreadable = chance.of(faults['file-cannot-be-read'])
    this.skewMs = chance.of(faults['clocks-are-skewed'])
      ? chance.pick([-1, 1]) * chance.logBetween(second, 3 * hour)
      : 0
    this.disks.push(new Disk(world))
    if (chance.of(faults['agent-dies'])) this.#scheduleEnd('gone')
    if (chance.of(faults['agent-is-silent'])) this.#scheduleEnd('silent')
    const [fullDisks, deadAgents] = isCalm(faults) ? [0, 0] : [setting.fullDisks, setting.deadAgents]
    const isFull = chance.of(fullDisks)
    if (isFull || chance.of(deadAgents)) this.#scheduleEnd(chance.pick(['gone', 'silent']), isFull)
    world.time.after(chance.between(0, hour), () => this.#cron())
  }

  get disk(): Disk {
    return this.disks.at(-1) as Disk
  }

  get canRun(): boolean {
    return this.isOn && this.agent === 'up'
  }

  /** Who still has a log open for writing. */
  get writing(): readonly Writer[] {
    return this.writers.filter(({ isRunning }) => isRunning)
  }

  /** Traffic arrives. */
  start(isRegistered = false): void {
    if (isRegistered) this.inServiceSince = this.#world.time.now
    if (!this.isOn) return
    this.write()
    for (const writer of this.writers) writer.start(this.#world.time.now)
  }

  /** The load balancer lets go. Health checks and the like are still written down, until somebody stops the writer. */
  leaveService(): void {
    this.write()
    const { now } = this.#world.time
    for (const writer of this.writers)
      writer.leaveService(this.#defiesForMs > 0 ? now + this.#defiesForMs : Number.POSITIVE_INFINITY)
  }

  /** Every writer is asked to end; some are back before long. */
  quiesce(): void {
    this.write()
    for (const writer of this.writers) {
      if (!writer.isRunning || writer.obedience === 'stays') continue
      writer.stop()
      if (writer.obedience === 'stops') continue
      this.#world.time.after(this.#world.chance.between(1, 10) * second, () => {
        if (this.isOn && !writer.isRunning) writer.start(this.#world.time.now)
      })
    }
  }

  /** Brings the disk up to date. */
  write(): void {
    if (!this.isOn) return
    const { now } = this.#world.time
    for (const writer of this.writers) for (const { log, at } of writer.write(now)) this.disk.append(log, at)
  }

  powerOff(): void {
    this.write()
    this.isOn = false
    this.unheardSince ??= this.#world.time.now
    for (const writer of this.writers) writer.stop()
  }

  /** It boots: its services start, and its agent, if that was well. */
  powerOn(): void {
    if (this.disk.isGone) return
    this.isOn = true
    if (this.canRun) this.unheardSince = undefined
    this.bootedAt = this.#world.time.now
    this.disk.bootedAt = this.bootedAt
    this.flushFreeAt = this.bootedAt
    this.start()
    this.#comeBack()
  }

  /** Once its agent fetches commands again. */
  whenBack(work: () => void): void {
    this.#whenBack.push(work)
  }

  #comeBack(): void {
    if (!this.canRun) return
    const waiting = this.#whenBack
    this.#whenBack = []
    for (const work of waiting) work()
  }

  /** As the guard has it rebooted, which is no excuse for what is written then. */
  reboot(isRunning: () => boolean, hasGrown: () => boolean): void {
    const { chance, setting, time } = this.#world
    if (!this.isOn) return
    this.powerOff()
    time.after(chance.between(20, 90) * second, () => {
      if (!isRunning()) return
      if (this.disk.isFull ? hasGrown() : this.agent !== 'up' && chance.of(setting.rebootsCure))
        [this.agent, this.disk.isFull] = ['up', false]
      const before = this.disk.bootedAt
      this.powerOn()
      this.disk.bootedAt = before
    })
  }

  /** Somebody deletes what flushes keep for themselves. */
  cleanUp(): void {
    this.disk.letGo()
    this.unaccounted.clear()
  }

  destroy(): void {
    this.disk.isGone = true
  }

  /** The root volume is swapped for a fresh one, and the instance goes on. */
  replaceDisk(): void {
    this.write()
    this.disk.isGone = true
    this.bootedAt = this.#world.time.now
    this.disks.push(new Disk(this.#world))
    this.unaccounted.clear()
  }

  /** Rotates every log. A flush holds what it rotates. */
  rotate({ isHeld, fails }: Omit<Rotation, 'isOutside'>): void {
    this.write()
    this.disk.rotate({ isHeld, fails, isOutside: (log) => log === this.#outsideLog })
  }

  /** Every hour, as the platform does it by itself. */
  #cron(): void {
    const world = this.#world
    if (!this.isOn || world.isHealed) return
    this.rotate({ isHeld: () => false, fails: () => false })
    publish(world, this)
    if (this.#rotationDeletes)
      for (const file of this.disk.files.filter(({ isDeleted }) => !isDeleted).slice(0, -ROTATIONS_KEPT))
        this.disk.delete(file)
    world.time.after(hour, () => this.#cron())
  }

  /** Somebody mends the network, the role, or the agent itself. */
  #mayComeBack(): void {
    const { chance, setting, time, trace } = this.#world
    if (!chance.of(setting.agentsComeBack)) return
    time.after(chance.between(10 * minute, 3 * hour), () => {
      if (this.agent === 'up' || this.disk.isFull) return
      this.agent = 'up'
      if (this.isOn) this.unheardSince = undefined
      trace?.note('ec2', `the agent of ${this.instanceId} is back`)
    })
  }

  #scheduleEnd(agent: Agent, isDiskFull = false): void {
    this.#world.time.after(this.#world.chance.between(0, this.#world.setting.chaosMs), () => {
      // What is dead stays dead, healed or not.
      this.agent = agent
      // Half of those that fetch nothing go on saying that they are there.
      const isPinging =
        agent === 'silent' && this.#world.setting.agentsComeBack > 0 && this.#world.chance.of(0.5)
      if (!isPinging) this.unheardSince ??= this.#world.time.now
      this.disk.isFull ||= isDiskFull
      if (!this.disk.isFull) this.#mayComeBack()
      const why = isDiskFull ? ', since its disk is full' : ''
      this.#world.trace?.note('ec2', `the agent of ${this.instanceId} is ${agent}${why}`)
    })
  }
}
