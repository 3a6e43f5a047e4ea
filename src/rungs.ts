/** The ladder's rungs (`src/recovery/`): what the guard may do by itself about a machine whose logs could not be proven, in order. */

export const RUNGS = ['retry', 'reboot', 'grow', 'clone', 'bin'] as const
export type Rung = (typeof RUNGS)[number]

/** What the sweep may do by itself about machines whose logs could not be proven. */
export interface RecoveryPolicy {
  /** Empty: nothing. */
  readonly rungs: readonly Rung[]
  /** From when a machine is kept until it is tried again. Each further try waits four times as long. */
  readonly retryAfterSeconds: number
  /** An agent that was not heard of for so long is silent, and its machine, held for as long, is rebooted. */
  readonly rebootAfterSeconds: number
  /** So many kept machines are on their way through the hook at once, in all groups; no more are rebooted by one sweep. */
  readonly atOnce: number
}

/** Written instead of rungs: nothing. */
export const NO_RUNGS = 'none'

/** The rungs of the ladder that are named, in its order. Throws an Error that says what to write instead. */
export function readRungs(text: string): readonly Rung[] {
  const words = text === NO_RUNGS ? [] : text.split(',')
  if (words.some((word) => !RUNGS.some((rung) => rung === word)))
    throw new Error(`write ${NO_RUNGS}, or ${RUNGS.join(',')} or a part of it, instead of '${text}'`)
  if (words.includes('bin') && !words.includes('clone'))
    throw new Error(`write clone,bin: what comes out of the bin is salvaged as a clone is`)
  return RUNGS.filter((rung) => words.includes(rung))
}
