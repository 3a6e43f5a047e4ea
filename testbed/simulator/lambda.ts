/** Lambda: invocations of the guard's functions, by the queue and by the schedule. Any of them can be killed at any call. */
import type { SQSRecord } from 'aws-lambda'
import { audit } from '../../src/audit/audit.ts'
import type { AwsApi } from '../../src/aws/api.ts'
import { enrolAndTell } from '../../src/enrolment/enrol.ts'
import { withdraw } from '../../src/enrolment/withdraw.ts'
import type { Guard } from '../../src/guard.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { consume } from '../../src/termination/consume.ts'
import { connect, type SeamSurroundings } from './faulty-aws.ts'
import type { Queue } from './queue.ts'
import { handleOf, type Message } from './queue-message.ts'
import { Run } from './run.ts'
import { QUEUE_ARN, second } from './setting.ts'

interface LambdaSurroundings extends SeamSurroundings {
  readonly queue: Queue
  told(event: JournalEvent, run: Run): void
  violation(invariant: string, what: string): void
}

/** What an invocation's calls go through on their way to AWS. */
type Between = (aws: AwsApi, run: Run) => AwsApi

const FUNCTION_TIMEOUT_MS = 60 * second
/** Before a function's code runs, what it was given has waited: a new environment, or Lambda's own retries of a throttled call. */
const LATEST_START_MS = 40 * second
const SCHEDULED_TIMEOUT_MS = 240 * second

export class Functions {
  readonly #world: LambdaSurroundings
  readonly #between: Between
  #count = 0
  #polling = 0
  readonly #alive = new Set<Run>()

  constructor(world: LambdaSurroundings, between: Between = (aws) => aws) {
    this.#world = world
    this.#between = between
  }

  get areIdle(): boolean {
    return this.#alive.size === 0
  }

  /** The event source mapping: batches of what is visible, so many at once. */
  poll(): void {
    const { weather, setting, queue } = this.#world
    while (!weather.is('guard-is-down') && this.#polling < setting.concurrency) {
      const batch = queue.receive(setting.batchSize)
      if (batch.length === 0) return
      this.#consume(batch)
    }
  }

  /** By the schedule, which starts it at least once. */
  sweep(): void {
    this.#runScheduled(sweep)
    const { time, chance, faults } = this.#world
    if (chance.of(faults['schedule-starts-a-sweep-twice']))
      time.after(chance.between(0, 30) * second, () => this.#runScheduled(sweep))
  }

  /** When the deployment is removed. */
  withdraw(): void {
    const { hookName } = this.#world.setting.policy
    this.#runScheduled(async ({ aws }) => {
      await withdraw(aws, { hookName, queueArn: QUEUE_ARN })
    })
  }

  /** When it is deployed again. */
  deploy(): void {
    this.#runScheduled(async (guard) => {
      await enrolAndTell(guard, { trigger: 'deployment' })
    })
  }

  /** By the schedule, too. */
  audit(): void {
    this.#runScheduled(audit)
  }

  /** The machine below is gone: nothing more of these invocations happens. */
  killAll(): void {
    for (const run of this.#alive) this.kill(run, 'the guard went down')
  }

  kill(run: Run, why: string): void {
    if (run.isOver) return
    run.isDead = true
    this.#world.trace?.note('lambda', `invocation ${run.number} is killed at call ${run.calls}: ${why}`)
    for (const { truth } of run.messages)
      if ('instanceId' in truth) this.#world.trouble.with(truth.instanceId)
    if (run.messages.length === 0) this.#world.trouble.withSweep()
    this.#end(run)
  }

  /** Answers nothing: what it finds is in its journal. */
  #runScheduled(work: (guard: Guard, remainingMs: () => number) => Promise<void>): void {
    if (this.#world.weather.is('guard-is-down')) return
    const run = this.#start(SCHEDULED_TIMEOUT_MS, [])
    work(this.#guard(run), () => run.deadline - this.#world.time.now).then(
      () => this.#end(run),
      (error) => this.#failed(run, error),
    )
  }

  #consume(batch: readonly Message[]): void {
    const { time, chance, faults } = this.#world
    const isLate = chance.of(faults['function-starts-late'])
    const lateMs = isLate ? chance.logBetween(second, LATEST_START_MS) : 0
    const run = this.#start(lateMs + FUNCTION_TIMEOUT_MS, batch)
    const handles = batch.map(handleOf)
    this.#polling++
    for (const { truth } of batch) {
      const action = truth.is === 'notification' ? this.#world.region.actions.get(truth.token) : undefined
      if (action) action.isSeen = true
    }
    const begin = () => {
      consume(this.#guard(run), batch.map(sqsRecord), () => run.deadline - this.#world.time.now).then(
        ({ batchItemFailures }) => {
          if (run.isDead) return
          const kept = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
          this.#end(run)
          this.#world.time.after(10, () => {
            batch.forEach((message, index) => {
              if (!kept.has(message.id)) this.#world.queue.delete(message, handles[index] ?? '')
            })
          })
        },
        (error) => this.#failed(run, error),
      )
    }
    if (!isLate) begin()
    else
      time.after(lateMs, () => {
        if (!run.isDead) begin()
        time.wake()
      })
  }

  #start(timeoutMs: number, messages: readonly Message[]): Run {
    const run = new Run(this.#world, ++this.#count, timeoutMs, messages)
    this.#alive.add(run)
    this.#world.counts.invocations++
    this.#world.time.wake()
    this.#world.time.at(run.deadline, () => this.kill(run, 'it timed out'))
    return run
  }

  #end(run: Run): void {
    if (run.isOver) return
    run.isOver = true
    this.#alive.delete(run)
    if (run.messages.length === 0) return
    this.#polling--
    this.#world.time.after(1, () => this.poll())
  }

  #failed(run: Run, error: unknown): void {
    if (run.isDead) return
    const isBatch = run.messages.length > 0
    // A sweep or an audit that AWS does not answer fails as a whole, and Lambda's own alarm says so. A batch never may.
    if (isBatch)
      this.#world.violation('the function never throws', `${error instanceof Error ? error.stack : error}`)
    else this.#world.trouble.withSweep()
    this.#end(run)
  }

  #guard(run: Run): Guard {
    const { time, chance, setting } = this.#world
    return {
      aws: this.#between(connect(this.#world, run), run),
      clock: {
        now: () => Math.round(time.now + run.skewMs),
        after: (ms, callBack) =>
          time.afterUnlessTakenBack(ms, () => {
            if (!run.isDead) callBack()
          }),
      },
      random: () => chance.next(),
      policy: setting.policy,
      journal: (event: JournalEvent) => {
        if (!run.isDead) this.#world.told(event, run)
      },
    }
  }
}

function sqsRecord(message: Message): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: handleOf(message),
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: 'AROAEXAMPLE:0',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:guard',
    awsRegion: 'eu-west-1',
  }
}
