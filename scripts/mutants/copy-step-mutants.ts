// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import { bugsIn, type Mutant } from './mutant.ts'

const clone = ['test/recovery/clone.test.ts']
const listings = ['test/recovery/listings.test.ts']
const steps = ['test/recovery/decide-copy.test.ts']

const step = { file: 'src/recovery/decide-copy.ts', tests: ['test/recovery/decide-copy.test.ts'] }

/** What comes next for a copy. */
export const copyStepMutants: readonly Mutant[] = [
  ...bugsIn(
    step,
    [
      'make a volume that fails again and again, without a word',
      'if (failed) return complain(whyFailed(failed))',
      '',
    ],
    [
      'say nothing of a snapshot that failed',
      'if (!snapshot) return complain(',
      'if (!snapshot) return wait(',
    ],
    [
      'complain of a volume of another snapshot',
      "one.snapshotId === snapshot.snapshotId && one.state === 'error'",
      "one.state === 'error'",
    ],
  ),
  ...bugsIn(
    { file: 'src/recovery/copies.ts', tests: [...clone, ...listings] },
    ['not name the key of a volume that failed', 'keyId: KmsKeyId', 'keyId: undefined'],
    ['keep to itself why a snapshot failed', 'why: StateMessage', 'why: undefined'],
  ),
  {
    file: 'src/recovery/clone.ts',
    tests: clone,
    name: 'keep a complaint to itself',
    from: "if (step.do === 'complain') throw new Error(step.reason)",
    to: "if (step.do === 'complain') return",
  },
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
  {
    file: 'src/recovery/clear-away.ts',
    tests: clone,
    name: 'keep every copy since one cannot be thrown away',
    from: '        failed.push(`${copy.instanceId}: ${reasonOf(error)}`)',
    to: '        throw error',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: clone,
    name: 'not tell why a copy stays',
    from: '        failed.push(`${copy.instanceId}: ${reasonOf(error)}`)',
    to: '        void reasonOf(error)',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: clone,
    name: 'tell the age of the youngest copy',
    from: 'const oldest = Math.min(',
    to: 'const oldest = Math.max(',
  },
  {
    file: 'src/recovery/clear-away.ts',
    tests: clone,
    name: 'not know how old a volume is whose snapshot is gone',
    from: '...volumes.map((one) => one.createdAt)',
    to: '...volumes.map((one) => one.createdAt).slice(99)',
  },
  {
    file: 'src/recovery/decide-copy.ts',
    tests: steps,
    name: 'take a volume off that is on its way, since it was salvaged in vain',
    from: ` && mayBeTakenOff(at, now))
    return`,
    to: `)
    return`,
  },
  {
    file: 'src/recovery/decide-copy.ts',
    tests: steps,
    name: 'use the oldest volume, where no machine is',
    from: 'usable.at(-1)',
    to: 'usable[0]',
  },
  {
    file: 'src/recovery/decide-copy.ts',
    tests: listings,
    name: 'call in vain what was salvaged a moment ago',
    from: 'salvages.every(({ endedAt = 0 })',
    to: 'salvages.some(({ endedAt = 0 })',
  },
  {
    file: 'src/recovery/decide-copy.ts',
    tests: steps,
    name: 'delete what is being deleted',
    from: ' && !/^delet/.test(one.state)',
    to: '',
  },
  {
    file: 'src/recovery/copies.ts',
    tests: listings,
    name: 'take the volume of which EC2 tells last for the newest',
    from: 'volumes.sort((a, b) => a.createdAt - b.createdAt)',
    to: 'volumes',
  },
  {
    file: 'src/recovery/copies.ts',
    tests: listings,
    name: 'wait for a snapshot that failed',
    from: `State === 'completed' || State === 'error' ? State : 'pending'`,
    to: `State === 'completed' ? State : 'pending'`,
  },
  {
    file: 'src/recovery/copies.ts',
    tests: ['test/recovery/listings.test.ts', 'test/recovery/clone.test.ts'],
    name: 'salvage what is on its way to a machine',
    from: `isComplete: attached.State === 'attached'`,
    to: `isComplete: attached.State !== 'detaching'`,
  },
  {
    file: 'src/recovery/clone.ts',
    tests: clone,
    name: 'take a copy off the machine that is to salvage it',
    from: 'has(one.instanceId) || !busy.has',
    to: '!busy.has',
  },
  {
    file: 'src/recovery/clone.ts',
    tests: clone,
    name: 'not tell that SSM refuses a salvage',
    from: "if (started.is === 'refused') throw new Error(`SSM refuses the salvage: ${started.why}`)",
    to: '',
  },
  {
    file: 'src/recovery/clone.ts',
    tests: clone,
    name: 'attach a volume where another is',
    from: 'if (free === undefined) throw new Error(`${instanceId} has no free name for a volume`)\n  return free',
    to: `return free ?? '/dev/sdf'`,
  },
  {
    file: 'src/recovery/clone.ts',
    tests: clone,
    name: 'make a snapshot that nobody finds again',
    from: `TagSpecifications: [{ ResourceType: 'snapshot', Tags: [tagOf(policy.hookName, owner)] }]`,
    to: 'TagSpecifications: []',
  },
]
