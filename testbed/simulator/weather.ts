/** What goes wrong for a while: outages, throttling, permissions that were taken away, a guard that is down. */
import type { FaultKind } from './fault-mix.ts'
import { type Operation, serviceOf } from './seam-operations.ts'
import { minute } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import { TokenBucket } from './token-bucket.ts'

interface WeatherSurroundings extends Surroundings {
  readonly healsAt: number
  readonly functions: { killAll(): void; poll(): void }
}

const spells = {
  'guard-is-down': [5 * minute, 150 * minute],
  'throttling-storm': [2 * minute, 60 * minute],
  's3-denies': [5 * minute, 90 * minute],
  'ssm-is-down': [minute, 45 * minute],
  's3-is-down': [minute, 45 * minute],
  'an-operation-is-denied': [5 * minute, 150 * minute],
} as const satisfies Partial<Record<FaultKind, readonly [short: number, long: number]>>

/** What begins at some time and never ends. */
const lasting = [
  'bucket-is-gone-for-good',
  'bucket-is-elsewhere-for-good',
  'key-is-disabled-for-good',
  's3-denies-for-good',
  'sending-is-denied-for-good',
  'sending-fails-for-good',
  'heartbeats-are-denied-for-good',
  'document-is-gone-for-good',
  'ssm-denies-for-good',
  'ec2-denies-for-good',
] as const satisfies readonly FaultKind[]

const operations = Object.keys(serviceOf) as Operation[]

export type Spell = keyof typeof spells | (typeof lasting)[number]

interface Window {
  readonly spell: Spell
  readonly from: number
  readonly to: number
  /** Of a right that is taken: which one. */
  readonly operation?: Operation
}

export class Weather {
  readonly #world: WeatherSurroundings
  readonly #windows: Window[] = []
  /** Calls that are left in a storm, by service: Auto Scaling's and SSM's buckets are the account's. */
  readonly #tokens = new Map<string, TokenBucket>()
  readonly #refillPerSecond: number

  constructor(world: WeatherSurroundings) {
    this.#world = world
    const { chance, faults, setting, time } = world
    this.#refillPerSecond = chance.logBetween(0.05, 3)
    for (const spell of lasting) {
      if (!chance.of(faults[spell])) continue
      const from = time.now + chance.between(0, setting.chaosMs)
      this.#windows.push({ spell, from, to: Number.POSITIVE_INFINITY })
    }
    for (const spell of Object.keys(spells) as (keyof typeof spells)[]) {
      for (let expected = faults[spell]; expected > 0; expected--) {
        if (!chance.of(expected)) continue
        const from = time.now + chance.between(0, setting.chaosMs)
        const to = Math.min(from + chance.logBetween(...spells[spell]), world.healsAt)
        const operation = spell === 'an-operation-is-denied' ? chance.pick(operations) : undefined
        this.#windows.push({ spell, from, to, ...(operation && { operation }) })
      }
    }
  }

  /** The times at which a spell begins and ends are things that happen. */
  begin(): void {
    for (const { spell, from, to, operation } of this.#windows) {
      this.#world.time.at(from, () => {
        this.#world.trace?.note(
          'weather',
          `${operation ? `${operation} is denied` : spell} until ${to === Number.POSITIVE_INFINITY ? 'the end' : new Date(to).toISOString().slice(11, 19)}`,
        )
        if (spell === 'guard-is-down') this.#world.functions.killAll()
      })
      if (spell === 'guard-is-down') this.#world.time.at(to, () => this.#world.functions.poll())
    }
  }

  is(spell: Spell, operation?: Operation): boolean {
    const { now } = this.#world.time
    for (const window of this.#windows)
      if (
        window.spell === spell &&
        window.from <= now &&
        now < window.to &&
        (operation === undefined || window.operation === operation)
      )
        return true
    return false
  }

  /** Whether S3 takes nothing that anybody wants to put there. */
  get refusesUploads(): boolean {
    return (
      this.is('s3-is-down') ||
      this.is('bucket-is-gone-for-good') ||
      this.is('bucket-is-elsewhere-for-good') ||
      this.is('key-is-disabled-for-good')
    )
  }

  /** Whether there was any such spell since then. */
  was(spell: Spell, since: number): boolean {
    const { now } = this.#world.time
    return this.#windows.some((window) => window.spell === spell && window.from <= now && since <= window.to)
  }

  /** One call against the service's bucket. */
  isThrottled(service: string): boolean {
    if (!this.is('throttling-storm')) return false
    const { now } = this.#world.time
    const bucket =
      this.#tokens.get(service) ?? new TokenBucket({ burst: 5, perSecond: this.#refillPerSecond }, now)
    this.#tokens.set(service, bucket)
    return !bucket.take(now)
  }
}
