// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const tests = ['test/recovery/gone.test.ts']
const disks = { file: 'src/recovery/marked-disks.ts', tests }
const marking = { file: 'src/recovery/mark-disks.ts', tests }
const mark = { file: 'src/termination/disk-mark.ts', tests }
const lettingGo = { file: 'src/termination/let-disk-go.ts', tests }

/** Which disks are marked, found by their mark, and let go. */
export const diskMarkMutants: readonly Mutant[] = [
  {
    ...disks,
    name: 'take a copy of a marked disk for the disk',
    from: 'if (!mark || mark.volumeId !== VolumeId) continue',
    to: 'if (!mark) continue',
  },
  {
    ...disks,
    name: 'believe the mark of a machine on another one, to which its tags were copied',
    from: 'if (mark && mark.instanceId === InstanceId) found.push(mark)',
    to: 'if (mark) found.push(mark)',
  },
  {
    ...disks,
    tests: ['test/recovery/listings.test.ts'],
    name: 'mark the disks of groups for which a star in a name stands',
    from: '      if (!guarded.has(groupName)) continue\n',
    to: '',
  },
  {
    ...disks,
    name: 'mark each machine in every sweep',
    from: 'if (mark?.volumeId !== volumeId || !isRight)',
    to: 'if (machine.Tags)',
  },
  {
    ...disks,
    name: 'not mark again what came back out of a warm pool',
    from: '!staying.has(instanceId)',
    to: 'true',
  },
  {
    ...disks,
    name: 'mark again what was let go, and is not gone yet',
    from: '!staying.has(instanceId)',
    to: 'false',
  },
  {
    ...disks,
    name: 'not see that its owner has changed his mind',
    from: 'mark?.fate === fate',
    to: 'mark !== undefined',
  },
  {
    ...disks,
    name: 'copy a disk that somebody has attached to another machine',
    from: "{ Name: 'status', Values: ['available'] }",
    to: "{ Name: 'status', Values: ['available', 'in-use'] }",
  },
  {
    ...marking,
    name: 'stop at a disk that cannot be marked',
    from: "journal({ event: 'recovery-failed', rung: 'bin', instanceId, groupName, ...described(error) })",
    to: 'throw error',
  },
  {
    ...marking,
    name: 'mark disks where the rung is switched off',
    from: "if (!policy.recovery.rungs.includes('bin') || groupNames.length === 0) return",
    to: 'if (groupNames.length === 0) return',
  },
  {
    ...mark,
    name: 'not say whose disk it is',
    from: '{ Key: diskKey(hookName), Value: `${instanceId} ${volumeId}` }',
    to: '{ Key: diskKey(hookName), Value: volumeId }',
  },
  {
    ...lettingGo,
    name: 'hold a proven machine since its disk cannot be let go',
    from: "journal({ event: 'recovery-failed', rung: 'bin', instanceId, groupName, ...described(error) })",
    to: 'throw error',
  },
  {
    ...lettingGo,
    name: 'let go of a disk that the machine had before',
    from: ' || mark.volumeId !== root',
    to: '',
  },
  {
    ...lettingGo,
    name: 'not tell on the machine that its disk was let go',
    from: '[instanceId, mark.volumeId]',
    to: '[mark.volumeId]',
  },
  {
    ...lettingGo,
    name: 'let what goes with its machine be deleted, where its owner keeps it after all',
    from: 'fateMarkOf(policy.hookName, PROVEN)',
    to: "[{ Key: `termination-guard-bin:${policy.hookName}`, Value: 'let-go' }]",
  },
  {
    ...lettingGo,
    name: 'keep the disk of every machine that was proven',
    from: 'fateMarkOf(policy.hookName, PROVEN)',
    to: "[{ Key: `termination-guard-bin:${policy.hookName}`, Value: 'keep' }]",
  },
]
