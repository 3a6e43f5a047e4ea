/** One world: an AWS account with its own clock, a fleet, people, and the guard. Everything in it follows from the seed. */

import type { AwsApi, ObjectBody } from '../../src/aws/api.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { AwsError } from '../aws-error.ts'
import { Bucket } from './bucket.ts'
import { Bus } from './bus.ts'
import { Chance } from './chance.ts'
import type { Checker } from './checkers/checker.ts'
import { drawFaults, type FaultRates, isCalm, noFaults, type Wanted } from './fault-mix.ts'
import { startForger } from './forger.ts'
import { Functions } from './lambda.ts'
import { startMeddlers } from './meddlers.ts'
import { startCollector } from './object-mover.ts'
import { Operators } from './operators.ts'
import { startPassersBy } from './passers-by.ts'
import { Queue } from './queue.ts'
import type { DeadLetter, Message } from './queue-message.ts'
import { Region } from './region.ts'
import type { Run } from './run.ts'
import { RunCommand } from './run-command.ts'
import { Scheduler } from './scheduler.ts'
import { drawSetting, hour, type Setting, second } from './setting.ts'
import { StaleViews } from './stale-views.ts'
import { Trace } from './trace.ts'
import { Trouble } from './trouble.ts'
import { Weather } from './weather.ts'

export interface Violation {
  readonly invariant: string
  readonly at: number
  readonly what: string
}

/** Something that the guard told, as it was told. */
export interface Told {
  readonly at: number
  readonly event: JournalEvent
}

const MORNING = Date.UTC(2026, 0, 2, 3)

const BODY_TIMEOUT_MS = 10 * second

/** One piece comes, and then nothing more. */
async function* stalled(time: Scheduler, body: ObjectBody): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    yield piece
    break
  }
  await time.sleep(BODY_TIMEOUT_MS)
  throw new AwsError('TimeoutError', 'The body stopped flowing')
}

/** What a world is that is not drawn: nothing goes wrong in it but what lies between the guard and AWS. */
export interface Given {
  readonly setting: Setting
  readonly between: (aws: AwsApi, run: Run) => AwsApi
}

export class World {
  readonly seed: number
  readonly chance: Chance
  readonly time = new Scheduler(MORNING)
  readonly trace: Trace | undefined
  /** As drawn, for reports; what is in force is `faults`. */
  readonly mix: FaultRates
  faults: Readonly<FaultRates>
  readonly setting: Setting
  readonly healsAt: number
  isHealed = false
  readonly weather: Weather
  readonly trouble: Trouble
  readonly bucket: Bucket
  readonly queue: Queue
  readonly deadLetters: DeadLetter[] = []
  readonly bus: Bus
  readonly ssm: RunCommand
  readonly operators: Operators
  readonly functions: Functions
  readonly region: Region
  readonly views: StaleViews
  readonly journal: Told[] = []
  readonly violations: Violation[] = []
  readonly counts = { invocations: 0, calls: 0 }
  /** By what they watch, since most of them watch little. */
  #checkers: Readonly<Partial<Record<keyof Checker, readonly Checker[]>>> = {}
  #disks = 0
  readonly #isGiven: boolean

  constructor(seed: number, options: Wanted & { readonly isTraced: boolean }, given?: Given) {
    this.seed = seed
    this.#isGiven = given !== undefined
    this.chance = new Chance(seed)
    this.trace = options.isTraced ? new Trace(() => this.time.now) : undefined
    this.mix = given ? noFaults : drawFaults(this.chance, options)
    this.faults = this.mix
    this.setting = given?.setting ?? drawSetting(this.chance, new Chance(-seed))
    this.healsAt = this.time.now + this.setting.chaosMs
    this.weather = new Weather(this)
    this.trouble = new Trouble(this)
    this.bucket = new Bucket(this.chance, this.setting)
    this.queue = new Queue(this)
    this.bus = new Bus(this)
    this.ssm = new RunCommand(this)
    this.operators = new Operators(this)
    this.functions = new Functions(this, given?.between)
    this.views = new StaleViews(this)
    this.region = new Region(this)
  }

  get isCalm(): boolean {
    return !this.#isGiven && isCalm(this.mix)
  }

  /** The day's plans are made. */
  begin(): void {
    this.weather.begin()
    this.operators.begin()
    startForger(this)
    startCollector(this)
    startPassersBy(this)
    startMeddlers(this)
    this.schedule()
  }

  /** What EventBridge starts again and again. */
  schedule(): void {
    const sweepAgain = () => {
      this.functions.sweep()
      this.time.after(this.setting.sweepEveryMs, sweepAgain)
    }
    this.time.after(this.chance.between(0, this.setting.sweepEveryMs), sweepAgain)
    if (!this.setting.policy.enrolment) return
    const auditAgain = () => {
      this.functions.audit()
      this.time.after(hour / 2, auditAgain)
    }
    this.time.after(hour / 2, auditAgain)
  }

  /** Nothing goes wrong any more. What is dead stays dead. */
  heal(): void {
    this.isHealed = true
    this.faults = noFaults
    this.trace?.note('world', 'heals')
    this.functions.poll()
  }

  told(event: JournalEvent, run: Run): void {
    this.journal.push({ at: this.time.now, event })
    this.trace?.note('guard', `${run.number}: ${JSON.stringify(event)}`)
    this.show('told', event, run)
  }

  watchWith(checkers: readonly Checker[]): void {
    const watched = [...new Set(checkers.flatMap((checker) => Object.keys(checker)))] as (keyof Checker)[]
    this.#checkers = Object.fromEntries(
      watched.map((what) => [what, checkers.filter((checker) => checker[what])]),
    )
  }

  /** Shows something that happened to every checker that watches such things. */
  show<What extends keyof Checker>(what: What, ...happened: Parameters<NonNullable<Checker[What]>>): void {
    for (const checker of this.#checkers[what] ?? []) {
      const watch = checker[what] as ((...happened: unknown[]) => void) | undefined
      watch?.(...happened)
    }
  }

  violation(invariant: string, what: string): void {
    this.violations.push({ invariant, at: this.time.now, what })
    this.trace?.note('CHECK', `${invariant}: ${what}`)
  }

  /** The SDK client gives up on a body that stands still (src/aws/sdk.ts). */
  mayStall(body: ObjectBody): ObjectBody {
    return this.chance.of(this.faults['body-stalls']) ? stalled(this.time, body) : body
  }

  /** A pass of the guard looked at an action, whatever came of it. */
  saw(input: { readonly LifecycleActionToken?: string; readonly InstanceId?: string }): void {
    const byToken = this.region.actions.get(input.LifecycleActionToken ?? '')
    const action = byToken ?? this.region.actionOf(input.InstanceId ?? '')
    if (action) action.isSeen = true
  }

  /** The receive budget of a message is used up. */
  redrive(message: Message): void {
    this.queue.remove(message)
    this.deadLetters.push(message)
    this.show('redriven', message)
  }

  newDiskNumber(): number {
    return ++this.#disks
  }
}
