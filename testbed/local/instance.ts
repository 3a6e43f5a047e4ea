import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attachDisk, detachDisk, unmountAll, unmountOfTheEnded } from './instance/attached-disks.ts'
import type { CollectorProcess } from './instance/collector-process.ts'
import { startCollector } from './instance/collector-process.ts'
import { layDisk, PATHS, PROGRAM_DIRECTORIES, type Programs } from './instance/disk.ts'
import { type Fault, faultEnvironment, noSpaceForScript } from './instance/instance-faults.ts'
import { breakLogrotate, mendLogrotate } from './instance/logrotate-fault.ts'
import { SYSTEM_PATH } from './instance/programs.ts'
import { rootedScript } from './instance/rooted-script.ts'
import { type Session, startSession } from './instance/session.ts'
import { copyWhileStill } from './instance/still-copy.ts'
import type { AttachedDisk, Machine, ShellResult } from './machine.ts'

export interface InstanceOptions {
  readonly instanceId: string
  readonly groupName: string
  /** An empty or missing directory that becomes its disk. */
  readonly disk: string
  readonly programs: Programs
  /** What its processes find in their environment besides PATH and the place of the disk: credentials, endpoints, EB_*. */
  readonly environment: Readonly<Record<string, string>>
  /** How often the collector's buffer reaches the disk. Tomcat: about 10 s. */
  readonly bufferMs: number
  /** How often logs are rotated and published. Elastic Beanstalk: once an hour. `undefined`: never. */
  readonly publishEveryMs: number | undefined
  /**
   * A full hour on the machine's clock, in epoch milliseconds. Cron goes by it, and the collector's buffer is flushed half a
   * period later: what is written while logrotate is between its copy and its truncation is lost, on real machines too, and
   * hours that pass in seconds would make much of that.
   */
  readonly fullHourAt: number
  /** Scripts name paths as on a machine of their own, and do not know where its root is. */
  readonly rootedScripts?: boolean
}

/** A local EC2 instance with a collector on it. */
export interface Instance extends Machine {
  readonly groupName: string
  /** Where its collector listens. */
  readonly url: string
  isRunning(): boolean
  /** What is broken. */
  broken(): readonly Fault[]
  /** Breaks something, until it is mended. */
  inject(fault: Fault): void
  mend(fault: Fault): void
  /** Stops the collector as an operator would who recovers a kept machine: what it still had in memory is on the disk afterwards. */
  stopCollector(): Promise<void>
}

const HOURLY = fileURLToPath(new URL('instance/bin/hourly.sh', import.meta.url))

/** Lays the disk, starts the collector and the hourly publishing. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  layDisk(options.disk, options.instanceId, options.programs)
  return new LocalInstance(options, await boot(options, new Set()))
}

function boot(options: InstanceOptions, faults: ReadonlySet<Fault>): Promise<CollectorProcess> {
  return startCollector(options.disk, flushOf(options), environmentOf(options, faults))
}

/** Half a period after the full hour. */
function flushOf({ bufferMs, fullHourAt }: InstanceOptions) {
  return { everyMs: bufferMs, at: fullHourAt + bufferMs / 2 }
}

class LocalInstance implements Instance {
  readonly instanceId: string
  readonly groupName: string
  readonly disk: string
  url: string
  readonly #options: InstanceOptions
  #collector: CollectorProcess
  readonly #faults = new Set<Fault>()
  readonly #sessions = new Set<Session>()
  #nextPublication: NodeJS.Timeout | undefined
  #running = true
  #standsStill: Promise<void> = Promise.resolve()

  constructor(options: InstanceOptions, collector: CollectorProcess) {
    this.instanceId = options.instanceId
    this.groupName = options.groupName
    this.disk = options.disk
    this.url = collector.url
    this.#options = options
    this.#collector = collector
    this.#planPublication()
  }

  isRunning(): boolean {
    return this.#running
  }

  agentOnline(): boolean {
    return this.#running && !this.#faults.has('agent-dead') && !this.#faults.has('agent-asleep')
  }

  broken(): readonly Fault[] {
    return [...this.#faults]
  }

  inject(fault: Fault): void {
    this.#faults.add(fault)
    if (fault === 'collector-unhealthy') this.#collector.tell({ answers: 'unhealthy' })
    if (fault === 'rotation-broken') breakLogrotate(this.disk)
    if (fault === 'disk-full') this.#collector.limitFiles('nothing')
  }

  mend(fault: Fault): void {
    if (!this.#faults.delete(fault)) return
    if (fault === 'collector-unhealthy') this.#collector.tell({ answers: 'healthy' })
    if (fault === 'rotation-broken') mendLogrotate(this.disk, this.#options.programs)
    if (fault === 'disk-full') this.#collector.limitFiles('unlimited')
  }

  async run(script: string, timeoutMs: number, stop?: AbortSignal): Promise<ShellResult> {
    // The agent begins with a file for the script; without it, the plugin fails.
    if (this.#faults.has('disk-full')) return noSpaceForScript
    const directory = join(this.disk, PATHS.agent, randomUUID())
    mkdirSync(directory, { mode: 0o700 })
    const file = join(directory, '_script.sh')
    const text = this.#options.rootedScripts ? rootedScript(script, this.disk) : script
    writeFileSync(file, text, { mode: 0o700 })
    // As the agent does it: the shell starts the file, whose first line may name another shell.
    return this.#inSession(['sh', '-c', file], timeoutMs, stop)
  }

  async stopCollector(): Promise<void> {
    this.#collector.stop()
    await this.#collector.ended
  }

  /** Nothing is started meanwhile either. */
  copyDisk(to: string): Promise<void> {
    const sessions = [this.#collector, ...this.#sessions].map(({ pid }) => pid)
    const copied = copyWhileStill(this.disk, to, sessions)
    this.#standsStill = copied.catch(() => {})
    return copied
  }

  attach(disk: AttachedDisk): void {
    attachDisk(this.disk, disk)
  }

  detach(volumeId: string): void {
    detachDisk(this.disk, volumeId)
  }

  /** As EC2 ends a machine: services are asked to stop, and write down what they have. */
  async shutDown(): Promise<void> {
    if (this.#running) {
      this.#collector.stop()
      await this.#collector.ended
    }
    await this.powerOff()
  }

  async powerOff(): Promise<void> {
    this.#running = false
    clearTimeout(this.#nextPublication)
    this.#collector.kill()
    await this.#endAll()
  }

  /** Gently, as EC2 does it first: services are asked to stop, and write down what they have. */
  async reboot(): Promise<void> {
    if (!this.#running) return
    this.#collector.stop()
    await this.#endAll()
    if (this.#running) await this.#boot()
  }

  async powerOn(): Promise<void> {
    if (this.#running) return
    this.#running = true
    await this.#boot()
    this.#planPublication()
  }

  async #boot(): Promise<void> {
    this.#collector = await boot(this.#options, this.#faults)
    this.url = this.#collector.url
    this.#faults.delete('agent-asleep')
    if (!this.#running) this.#collector.kill()
  }

  async #endAll(): Promise<void> {
    for (const session of this.#sessions) session.kill()
    await Promise.all([this.#collector.ended, ...[...this.#sessions].map((session) => session.ended)])
    unmountAll(this.disk)
  }

  async destroy(): Promise<void> {
    await this.powerOff()
    rmSync(this.disk, { recursive: true, force: true })
  }

  async #inSession(command: readonly string[], timeoutMs?: number, stop?: AbortSignal): Promise<ShellResult> {
    await this.#standsStill
    if (!this.#running) throw new Error(`${this.instanceId} is switched off: nothing runs on it`)
    const session = startSession(command, {
      directory: this.disk,
      environment: environmentOf(this.#options, this.#faults),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    this.#sessions.add(session)
    stop?.addEventListener('abort', session.kill)
    if (stop?.aborted) session.kill()
    try {
      return await session.ended
    } finally {
      this.#sessions.delete(session)
      unmountOfTheEnded(this.disk)
    }
  }

  #planPublication(): void {
    const { publishEveryMs, fullHourAt } = this.#options
    if (publishEveryMs === undefined || !this.#running) return
    this.#nextPublication = setTimeout(
      async () => {
        await this.#inSession(['/bin/bash', HOURLY])
        this.#planPublication()
      },
      publishEveryMs - ((Date.now() - fullHourAt) % publishEveryMs),
    )
  }
}

function environmentOf(options: InstanceOptions, faults: ReadonlySet<Fault>): Record<string, string> {
  return {
    ...options.environment,
    ...faultEnvironment(faults),
    PATH: [...PROGRAM_DIRECTORIES.map((path) => join(options.disk, path)), ...SYSTEM_PATH].join(':'),
    HOME: options.disk,
    TMPDIR: join(options.disk, 'tmp'),
    TERMINATION_GUARD_ROOT: options.disk,
    EB_INSTANCE_ID: options.instanceId,
  }
}
