import type { Mutant } from './mutant.ts'

const step = { file: 'src/recovery/decide-copy.ts', tests: ['test/recovery/decide-copy.test.ts'] }

/** What comes next for a copy. */
export const copyStepMutants: readonly Mutant[] = [
  {
    ...step,
    name: 'throw a snapshot away that is being made',
    from: "snapshots.find(({ state }) => state !== 'error')",
    to: "snapshots.find(({ state }) => state === 'completed')",
  },
  {
    ...step,
    name: 'salvage for ever',
    from: 'if (salvages.length >= MOST_SALVAGES)',
    to: 'if (salvages.length >= 99)',
  },
  {
    ...step,
    name: 'salvage again what is about to be proven',
    from: "newest?.status === 'succeeded' && now",
    to: "newest?.status === 'failed' && now",
  },
  {
    ...step,
    name: 'take a disk off under a salvage',
    from: "if (salvages.some(({ status }) => status === 'running')) return wait('a salvage is running')",
    to: '',
  },
  {
    ...step,
    name: 'attach a volume in another zone',
    from: 'able.find((one) => one.zone === zone)',
    to: 'able[0]',
  },
  {
    ...step,
    name: 'leave a disk at a machine that is not healthy any more',
    from: 'if (!isComplete || !able.some((one) => one.instanceId === instanceId))',
    to: 'if (!isComplete || able.length === 0)',
  },
  {
    ...step,
    name: 'salvage before it is attached',
    from: 'if (!mayBeTakenOff(attachment, now)) return wait',
    to: 'if (volumeId === "") return wait',
  },
  {
    ...step,
    name: 'wait for ever for what never arrives',
    from: 'return isComplete || now - since',
    to: 'return isComplete || now < since',
  },
  {
    ...step,
    name: 'salvage what never arrived',
    from: 'if (!isComplete || !able',
    to: 'if (!able',
  },
  {
    ...step,
    name: 'ask the machine again that could not',
    from: 'ranOn !== instanceId)',
    to: 'ranOn === instanceId)',
  },
  {
    ...step,
    name: 'use a snapshot that failed',
    from: "snapshots.find(({ state }) => state !== 'error')",
    to: 'snapshots[0]',
  },
  {
    ...step,
    name: 'keep what is too many',
    from: 'isOver || one !== snapshot)',
    to: 'isOver)',
  },
]
