/** What came of a salvage, in lines: what is proven, why the copy may lack something, and what to type next. Pure. */

import type { CopiedDisk, DeadMachine } from './copied-disk.ts'
import { counted } from './counted.ts'
import { type Flushed, flushedLines } from './flush-lines.ts'
import type { Typed } from './typed.ts'

/** What a person learns of a salvage. */
export interface Salvaged extends Flushed {
  readonly volumeId: string
  /** Why the copy may lack what the machine wrote, though all that is on it be proven. */
  readonly doubts: readonly string[]
}

/** EC2 tells when a machine was told to stop. What it writes in its last minutes, a copy that was made meanwhile has not. */
const STOPPING_MS = 5 * 60_000

/** A copy is of a moment: what the machine wrote later is not in it (S1). */
export function doubtsOf(machine: DeadMachine, { volumeId, madeAt }: CopiedDisk): string[] {
  const { state, endedAt, actionBegan } = machine
  if (madeAt === undefined) return [`AWS does not tell of which moment ${volumeId} is a copy`]
  const copied = `the copy is of ${told(madeAt)}`
  return [
    ...(actionBegan !== undefined && madeAt < actionBegan
      ? [`${copied}, before the termination began (${told(actionBegan)})`]
      : []),
    ...afterEnd(state, endedAt, madeAt).map((why) => `${copied}, and ${why}`),
  ]
}

function afterEnd(state: string | undefined, endedAt: number | undefined, madeAt: number): string[] {
  switch (state) {
    case undefined:
      return ['AWS has forgotten the machine, and when it ended']
    case 'stopped':
    case 'terminated':
      if (endedAt === undefined) return [`AWS does not tell since when the machine is ${state}`]
      if (madeAt < endedAt) return [`the machine went on until ${told(endedAt)}`]
      if (madeAt < endedAt + STOPPING_MS)
        return [
          `the machine, told to stop at ${told(endedAt)}, may have written since: copy its disk again, five minutes after that or later`,
        ]
      return []
    default:
      return [`the machine is ${state}: stop it, and copy its disk again`]
  }
}

function told(at: number): string {
  return new Date(at).toISOString()
}

export function isSaved({ is, doubts }: Salvaged): boolean {
  return is === 'proven' && doubts.length === 0
}

export function salvagedLines(
  salvaged: Salvaged,
  disks: { readonly machine: DeadMachine; readonly copy: CopiedDisk },
  next: Typed & { readonly again: string },
): string[] {
  const { proof, doubts } = salvaged
  const proven = (proof?.objects ?? []).map(({ path }) => `  ${'proven'.padEnd(12)}${path}`).sort()
  return [
    ...flushedLines(salvaged, next),
    ...proven,
    ...doubts.map((doubt) => `  but: ${doubt}`),
    ...(proof ? nextLines(salvaged, disks, next) : []),
  ]
}

/** Nothing is changed in Auto Scaling: that is for the person to say. */
function nextLines(
  salvaged: Salvaged,
  { machine, copy }: { readonly machine: DeadMachine; readonly copy: CopiedDisk },
  { typed, typedAws }: Typed,
): string[] {
  const { volumeId, proof, on } = salvaged
  const { instanceId, lifecycleState, volumes } = machine
  const { snapshotId, of } = copy
  const why = isSaved(salvaged)
    ? `${counted(proof?.files ?? 0, 'file')} of its disk proven in S3, salvaged from ${volumeId}`
    : '…'
  const isThere = lifecycleState !== undefined && /:(Retained|Wait)$/.test(lifecycleState)
  return [
    ...(isThere
      ? ['To end the machine:', `  ${typed(`release ${instanceId} --accept-loss --reason "${why}"`)}`]
      : []),
    `The copy is needed no more when that is done:`,
    `  ${typedAws(`ec2 detach-volume --volume-id ${volumeId} --instance-id ${on}`)}`,
    `  ${typedAws(`ec2 delete-volume --volume-id ${volumeId}`)}`,
    // A snapshot of anything else may be what an image is made of.
    ...(snapshotId !== undefined && of !== undefined && volumes.includes(of)
      ? [`  ${typedAws(`ec2 delete-snapshot --snapshot-id ${snapshotId}`)}`]
      : []),
  ]
}
