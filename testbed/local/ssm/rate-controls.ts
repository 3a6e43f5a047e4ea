/** How many instances a command may run on at once, and how many errors end it for those on which it has not begun. */
import { type Command, type Invocation, isOver } from './command-store.ts'

/** Those whose turn it is now, in the order in which they were named. An agent that does not answer has its turn, and keeps it. */
export function turnsOf(command: Command): readonly Invocation[] {
  if (isSpent(command)) return []
  const free = concurrencyOf(command) - command.invocations.filter(hasTurn).length
  return command.invocations.filter(waitsForItsTurn).slice(0, Math.max(0, free))
}

/** More errors than allowed: nobody else gets a turn. What runs goes on. */
export function isSpent(command: Command): boolean {
  return errorsOf(command) > allowed(command.maxErrors, command.invocations.length)
}

/** A command that was not fetched in time does not count. */
export function errorsOf({ invocations }: Command): number {
  return invocations.filter(({ statusDetails }) => /^(Failed|ExecutionTimedOut)$/.test(statusDetails)).length
}

export function waitsForItsTurn({ statusDetails, hadTurn }: Invocation): boolean {
  return statusDetails === 'Pending' && !hadTurn
}

function hasTurn(invocation: Invocation): boolean {
  return invocation.hadTurn && !isOver(invocation)
}

/** At least one, of however few. */
function concurrencyOf({ maxConcurrency, invocations }: Command): number {
  return Math.max(1, allowed(maxConcurrency, invocations.length))
}

/** `10`, or `10%` of the instances: of 50 with 10%, the sixth error is one too many. */
function allowed(text: string, instances: number): number {
  return text.endsWith('%') ? Math.floor((instances * Number.parseInt(text, 10)) / 100) : Number(text)
}
