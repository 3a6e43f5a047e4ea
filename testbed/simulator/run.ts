/** One invocation of one of the guard's functions. */
import type { CommandInvocation } from '@aws-sdk/client-ssm'
import type { Message } from './queue-message.ts'
import type { Surroundings } from './surroundings.ts'

export class Run {
  readonly number: number
  readonly startedAt: number
  readonly deadline: number
  readonly messages: readonly Message[]
  /** At which call it is killed, and whether that call still has its effect. */
  readonly dies: { readonly atCall: number; readonly afterEffect: boolean } | undefined
  /** How far the clock of this environment is off. */
  readonly skewMs: number
  calls = 0
  /** Killed: nothing that it still wanted to do happens. */
  isDead = false
  isOver = false
  /** What its listings have shown of each command: when, and whether it was running then, or had ended without a word. */
  readonly seen = new Map<
    string,
    { readonly at: number; readonly wasRunning: boolean; readonly wasSilent: boolean }
  >()

  constructor(world: Surroundings, number: number, timeoutMs: number, messages: readonly Message[]) {
    this.number = number
    this.startedAt = world.time.now
    this.deadline = world.time.now + timeoutMs
    this.messages = messages
    this.skewMs = world.chance.of(world.faults['clocks-are-skewed']) ? world.chance.between(-2000, 2000) : 0
    const isKilled = world.chance.of(world.faults['lambda-is-killed'])
    this.dies = isKilled
      ? { atCall: world.chance.whole(1, 12), afterEffect: world.chance.of(0.5) }
      : undefined
  }

  sawCommand({ CommandId: id = '', Status, CommandPlugins }: CommandInvocation, now: number): void {
    const wasRunning = Status === 'Pending' || Status === 'InProgress'
    this.seen.set(id, { at: now, wasRunning, wasSilent: !CommandPlugins?.some(({ Output }) => Output) })
  }

  heardNothing(id: string): void {
    const seen = this.seen.get(id)
    if (seen) this.seen.set(id, { ...seen, wasSilent: true })
  }
}
