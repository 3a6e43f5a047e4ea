/** One command line against one instance's AWS: words in, exit code, text and calls out. */
import type { Message } from '@aws-sdk/client-sqs'
import type { InspectionApi } from '../../src/aws/inspection-api.ts'
import type { OperatorApi } from '../../src/aws/operator-api.ts'
import type { Crash, Parse } from '../../src/cli/deployment.ts'
import { run } from '../../src/cli/program.ts'
import { CannotReach, type Surroundings } from '../../src/cli/surroundings.ts'
import { JOURNAL_VERSION } from '../../src/journal/journal.ts'
import { awsError, OneInstance } from '../one-instance.ts'

/** As where the program is installed. */
export const typed = (words: string) => `termination-guard ${words}`
export const typedAws = (words: string) => `aws ${words}`

export class CommandLine extends OneInstance {
  /** What lies in the dead-letter queue. */
  letters: Message[] = []
  /** Those of them, by their receipt handles, that somebody looks at. */
  readonly outOfSight = new Set<string | undefined>()
  readonly operatorCalls: { readonly operation: string; readonly input: unknown }[] = []
  /** What may be inspected, and its answers; everything else is denied. */
  inspection: Partial<InspectionApi> = {}
  /** What AWS answers otherwise than for the one instance. */
  answering: Partial<OperatorApi> = {}
  isInteractive = false
  /** What a person would type next. */
  answers: string[] = []
  /** Called at each wait. */
  onPause: () => void = () => undefined
  cannotReach: string | undefined
  /** What AWS answers to every call. */
  refusing: Error | undefined
  cannotWrite = false
  /** Ctrl-C, at whatever is asked. */
  isBrokenOffAtQuestion = false
  crashes: Crash[] = []
  #interruption = new AbortController()

  /** Ctrl-C, while AWS does not answer this. */
  interruptedAt(operation: keyof OperatorApi): void {
    this.answering = {
      ...this.answering,
      [operation]: () => {
        this.#interruption.abort()
        return new Promise(() => undefined)
      },
    }
  }

  async run(
    ...words: string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const out: string[] = []
    const err: string[] = []
    const interruption = this.#interruption
    const surroundings: Surroundings = {
      terminal: {
        print: (line) => void out.push(line),
        complain: (line) => void err.push(line),
        isInteractive: this.isInteractive,
        columns: 80,
        ask: async () => {
          if (!this.isBrokenOffAtQuestion) return this.answers.shift() ?? ''
          await undefined
          interruption.abort()
          throw new Error('Aborted with Ctrl+C')
        },
        clear: () => void out.push('<clear>'),
      },
      clock: this.guard.clock,
      pause: async (ms) => {
        this.now += ms
        this.onPause()
        if (out.length > 1000) interruption.abort()
      },
      interruption: interruption.signal,
      typed,
      typedAws,
      reach: async () => {
        if (this.cannotReach !== undefined) throw new CannotReach(this.cannotReach)
        return {
          name: this.guard.policy.hookName,
          aws: this.#operator(),
          inspection: this.#inspection(),
          policy: this.guard.policy,
          journal: {
            read: (parse, since, instanceId) => this.#lines(parse, since, instanceId),
            write: async (event) => {
              if (this.cannotWrite) throw new CannotReach('Cannot write to the journal')
              this.journal.push(event)
            },
          },
          crashes: async (since) => this.crashes.filter(({ at }) => at >= since),
          who: async () => 'arn:aws:iam::111122223333:user/ada',
        }
      },
    }
    const code = await run(words, surroundings)
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

  async *#lines<Line extends { readonly at: number }>(
    parse: Parse<Line>,
    since: number,
    instanceId?: string,
  ): AsyncGenerator<Line[]> {
    for (const [index, event] of this.journal.entries()) {
      if (instanceId !== undefined && !('instanceId' in event && event.instanceId === instanceId)) continue
      const timestamp = new Date(this.now - this.journal.length + index).toISOString()
      const line = parse(JSON.stringify({ timestamp, journal: JOURNAL_VERSION, ...event }))
      if (line && line.at >= since) yield [line]
    }
  }

  #inspection(): InspectionApi {
    return new Proxy(this.inspection as InspectionApi, {
      get: (target, operation: keyof InspectionApi) => async (input: never) => {
        this.operatorCalls.push({ operation, input })
        const call = target[operation]
        if (!call) throw awsError('AccessDenied', 'not authorized')
        return await call(input)
      },
    })
  }

  #operator(): OperatorApi {
    const told =
      <Input, Output>(operation: string, answer: (input: Input) => Output) =>
      async (input: Input) => {
        this.operatorCalls.push({ operation, input })
        return answer(input)
      }
    const { aws } = this.guard
    return new Proxy(aws as OperatorApi, {
      get: (target, operation: keyof OperatorApi) => {
        if (this.refusing) return async () => Promise.reject(this.refusing)
        const own = this.answering[operation] as ((input: unknown) => unknown) | undefined
        if (own) return told(operation, own)
        switch (operation) {
          case 'receiveMessage':
            return told(operation, () => {
              const Messages = this.letters.filter((one) => !this.outOfSight.has(one.ReceiptHandle))
              for (const { ReceiptHandle } of Messages) this.outOfSight.add(ReceiptHandle)
              return { Messages }
            })
          case 'changeMessageVisibility':
            return told(operation, ({ ReceiptHandle }: { ReceiptHandle?: string }) => {
              this.outOfSight.delete(ReceiptHandle)
            })
          case 'deleteMessage':
            return told(operation, ({ ReceiptHandle }: { ReceiptHandle?: string }) => {
              this.letters = this.letters.filter((letter) => letter.ReceiptHandle !== ReceiptHandle)
            })
          case 'terminateInstanceInAutoScalingGroup':
            return told(operation, () => {
              this.lifecycleState = 'Terminating:Wait'
              this.activeToken = 'cccccccc-0000-0000-0000-000000000003'
              return {}
            })
          case 'createOrUpdateTags':
          case 'deleteTags':
          case 'updateAutoScalingGroup':
          case 'describeTargetHealth':
          case 'setDesiredCapacity':
          case 'getFunctionConfiguration':
            return told(operation, () => ({}))
          default:
            return target[operation]
        }
      },
    })
  }
}
