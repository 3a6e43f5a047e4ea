// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const ladder = { file: 'src/recovery/ladder.ts', tests: ['test/recovery/ladder.test.ts'] }
const tests = ['test/recovery/clone.test.ts']
const clone = { file: 'src/recovery/clone.ts', tests }
const silent = { file: 'src/recovery/recover-held.ts', tests }
const recover = { file: 'src/recovery/recover.ts', tests }
const siblings = { file: 'src/recovery/siblings.ts', tests }
const salvaged = ['test/termination/salvaged.test.ts']
const gather = { file: 'src/termination/gather.ts', tests: salvaged }
const evidence = { file: 'src/termination/evidence.ts', tests: salvaged }
const decide = { file: 'src/termination/decide.ts', tests: salvaged }
const commands = { file: 'src/flush/commands.ts', tests: salvaged }

/** The clone rung: what makes a copy, what counts as its proof, and what becomes of it. */
export const cloneMutants: readonly Mutant[] = [
  {
    ...silent,
    name: 'salvage on when our hook has let its machine go',
    from: 'if (await isHeldItself(aws, adoptedAction(held, policy.hookName, heldSince)))',
    to: 'if (held.heldSince > 0)',
  },
  {
    ...clone,
    name: 'salvage what was the disk of a machine before it got another one',
    from: 'if (root !== diskId)',
    to: "if (root === '')",
  },
  {
    ...clone,
    name: 'take a copy of another disk for a volume of the machine at which it is',
    from: 'otherVolumesOf(machine, notItsOwn)',
    to: 'otherVolumesOf(machine)',
  },
  {
    ...ladder,
    name: 'wait for ever for a reboot of which nobody can tell when it was',
    from: 'wasRebooted && rebootedAt <= now && now',
    to: 'wasRebooted && now',
  },
  {
    ...gather,
    name: 'count a salvage of a copy that is older than the action',
    from: 'listed.answer.filter((one) => belongs(one, action))',
    to: 'listed.answer',
  },
  {
    ...gather,
    name: 'ask for salvages in every pass',
    from: "!rungs.includes('clone') || now - action.startedAt < 1000 * rebootAfterSeconds",
    to: "!rungs.includes('clone') && now < action.startedAt",
  },
  {
    ...commands,
    name: 'count another machine’s salvage',
    from: 'if (instanceId !== dead || ',
    to: 'if (',
  },
  {
    ...commands,
    name: 'date a salvage by when it ran, and not by its copy',
    from: 'flush: { ...invocation.flush, requestedAt: copiedAt, copiedAt }',
    to: 'flush: { ...invocation.flush, copiedAt }',
  },
  {
    ...decide,
    name: 'take an ordinary flush for a salvage by its own word',
    from: "if (owed?.purpose !== (copiedAt === undefined ? 'termination' : 'salvage')) return undefined",
    to: "if (!owed || owed.purpose === 'audit') return undefined",
  },
  {
    ...decide,
    name: 'not say of which moment the copy is',
    from: "copiedAt === undefined ? '' : `, as its disk was at",
    to: "copiedAt !== undefined ? '' : `, as its disk was at",
  },
  {
    ...evidence,
    name: 'let what was never fetched stand before a salvage',
    from: 'ran?.copiedAt === undefined ? flushes[0] : ran',
    to: 'flushes[0]',
  },
  {
    ...evidence,
    name: 'take the salvage although the machine flushed itself since',
    from: 'flushes.find((flush) => !isUndelivered(flush))',
    to: 'flushes.find(({ copiedAt }) => copiedAt !== undefined)',
  },
  {
    ...ladder,
    name: 'copy a disk as soon as its machine was rebooted',
    from: 'rebootedAt <= now && now - rebootedAt < patientMs',
    to: 'rebootedAt > now',
  },
  {
    ...ladder,
    name: 'take what was sent before the reboot for silence after it',
    from: 'look.unfetchedAt !== undefined && look.unfetchedAt > rebootedAt',
    to: 'look.unfetchedAt !== undefined',
  },
  {
    ...ladder,
    name: 'try a kept machine again that nobody could salvage',
    from: 'if (!isBack && lastLook.isAlone)',
    to: 'if (isBack && lastLook.isAlone)',
  },
  {
    ...clone,
    name: 'make a volume that nobody finds again',
    from: "TagSpecifications: [{ ResourceType: 'volume', Tags }]",
    to: 'TagSpecifications: []',
  },
  {
    ...clone,
    name: 'attach two disks to one machine in a sweep',
    from: '    busy.add(step.on)\n',
    to: '',
  },
  {
    ...clone,
    name: 'attach a disk to a machine that EC2 has for ended',
    from: "if (state === 'gone' || state === 'stopped') return",
    to: '',
  },
  {
    ...clone,
    name: 'do it without a word',
    from: "journal({ event: 'recovery', rung, instanceId, groupName, reason: told(step) })",
    to: '',
  },
  {
    ...clone,
    name: 'count salvages of other actions',
    from: 'owner.adoptedAt === actionBegan',
    to: 'owner.adoptedAt !== actionBegan',
  },
  {
    ...silent,
    name: 'copy all disks at once',
    from: 'budget.left--\n  await tried',
    to: 'await tried',
  },
  {
    ...silent,
    name: 'stop at a reboot that is refused',
    from: 'if (isRebooted) return',
    to: 'return',
  },
  {
    ...recover,
    name: 'not count the copies that there are',
    from: 'atOnce - copies.length',
    to: 'atOnce',
  },
  {
    ...recover,
    name: 'copy again where the copies cannot be listed',
    from: "const able = known ? guard : without(guard, 'clone')",
    to: 'const able = guard',
  },
  {
    ...siblings,
    name: 'have a machine salvage that is on its way out',
    from: "one.LifecycleState === 'InService' && ",
    to: '',
  },
  {
    ...siblings,
    name: 'have a machine salvage whose agent is silent, too',
    from: 'agents.get(instanceId)?.isOnline',
    to: 'agents !== undefined',
  },
  {
    ...clone,
    name: 'not tell the salvage of the other volumes',
    from: 'otherVolumesOf(machine, notItsOwn)',
    to: 'otherVolumesOf(undefined)',
  },
  {
    file: 'src/termination/root-volume.ts',
    tests,
    name: 'claim that a machine which is gone had no other volume',
    from: '  if (!rootOf(machine)) return undefined\n',
    to: '',
  },
  {
    file: 'src/termination/root-volume.ts',
    tests,
    name: 'count what is not of EBS',
    from: 'Ebs && DeviceName',
    to: 'Ebs !== null && DeviceName',
  },
]
