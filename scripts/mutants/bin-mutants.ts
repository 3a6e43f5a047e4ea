// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const tests = ['test/recovery/gone.test.ts']
const gone = { file: 'src/recovery/recover-gone.ts', tests }
const restoring = { file: 'src/recovery/restore-lost.ts', tests }
const proof = { file: 'src/recovery/proven-when-gone.ts', tests }

/** The bin rung: which disks are salvaged and deleted. */
export const binMutants: readonly Mutant[] = [
  {
    ...gone,
    name: 'touch a disk whose machine may be there',
    from: "if (machine !== 'gone') return { isNeeded: machine === 'unknown' }",
    to: '',
  },
  {
    ...gone,
    name: 'not recover a held machine since an earlier disk of it is left',
    from: "return { isNeeded: machine === 'unknown' }",
    to: 'return NEEDED',
  },
  {
    ...gone,
    name: 'take what a machine had before for its last disk',
    from: 'if (last !== undefined && last !== volumeId)',
    to: 'if (last === volumeId && last !== volumeId)',
  },
  {
    ...gone,
    name: 'copy a disk of which nothing tells that it was the last',
    from: 'if (last === undefined)\n',
    to: 'if (last === volumeId)\n',
  },
  {
    ...gone,
    name: 'believe a copy for an earlier action',
    from: '    copy.actionBegan >= lastBegan &&\n',
    to: '    (copy.actionBegan >= lastBegan || lastBegan > 0) &&\n',
  },
  {
    ...gone,
    name: 'keep every copy where the bin does not answer',
    from: "    guard.journal({ event: 'disks-failed', ...described(error) })\n",
    to: '    throw error\n',
  },
  {
    ...gone,
    name: 'keep a copy for ever of whose group nothing is told',
    from: 'isNeeded: !isLate, left: `when',
    to: 'isNeeded: true, left: `when',
  },
  {
    ...gone,
    name: 'throw a copy away since nothing is told for a moment',
    from: 'isNeeded: !isLate, left: `when',
    to: 'isNeeded: false, left: `when',
  },
  {
    ...gone,
    name: 'give a copy its time from when the action began',
    from: '&& now - madeAt(one) >= mostMs',
    to: '&& now - Math.min(one.actionBegan, madeAt(one)) >= mostMs',
  },
  {
    ...gone,
    name: 'count what was salvaged in vain of an earlier action',
    from: '.filter(({ requestedAt }) => requestedAt >= lastBegan)',
    to: '.filter(({ requestedAt }) => requestedAt >= 0 * lastBegan)',
  },
  {
    ...gone,
    name: 'delete a disk that nothing proves',
    from: "if (proven?.is === 'answered' && proven.answer)",
    to: "if (proven?.is === 'answered')",
  },
  {
    ...gone,
    name: 'delete a disk into the bin once more',
    from: '  await setFate(guard, orphan, LET_GO)\n',
    to: '',
  },
  {
    ...gone,
    name: 'salvage a disk out of the bin for ever',
    from: 'if (isInVain(salvages, clock.now()))',
    to: 'if (salvages.length > 99)',
  },
  {
    ...gone,
    name: 'copy a disk out of the bin for ever',
    from: 'isOf(one, orphan) && now - madeAt(one) >= mostMs',
    to: 'isOf(one, orphan) && now < mostMs',
  },
  {
    ...gone,
    name: 'wait for a copy whose snapshot somebody deleted',
    from: '    copy.snapshots.length > 0\n',
    to: '    copy.actionBegan > 0\n',
  },
  {
    ...gone,
    name: 'copy a disk that nobody could salvage',
    from: 'if (isRunning || (await siblingsOf(guard, groupName)).length > 0) return undefined',
    to: 'if (isRunning || policy.patienceSeconds > 0) return undefined',
  },
  {
    ...gone,
    name: 'throw the copy away while its disk is salvaged',
    from: 'const needed = new Set(orphans)',
    to: 'const needed = new Set<Orphan>()',
  },
  {
    ...restoring,
    name: 'take a disk out of the bin without a word',
    from: "guard.journal({ event: 'recovery', rung: 'bin', instanceId, groupName, reason })",
    to: 'String([instanceId, groupName, reason])',
  },
  {
    ...gone,
    name: 'leave a proven disk where it could not be deleted at once',
    from: 'if (orphan.fate === LET_GO) return await letGo(guard, orphan)',
    to: 'if (orphan.fate === LET_GO) return NEEDED',
  },
  {
    ...gone,
    name: 'delete what its owner keeps',
    from: 'orphan.fate !== RESTORED && orphan.fate !== LET_GO) {',
    to: 'orphan.fate === PROVEN) {',
  },
  {
    ...gone,
    name: 'delete what was to go with its machine, and its owner keeps after all',
    from: 'orphan.fate !== RESTORED && orphan.fate !== LET_GO) {',
    to: 'orphan.fate === STAYS) {',
  },
  {
    ...restoring,
    name: 'forget what came out of the bin',
    from: '  await limited.aws.createTags({ Resources: [volumeId], Tags })\n',
    to: '',
  },
  {
    ...restoring,
    name: 'write down that it came out of the bin, and then take it out',
    from: '  await limited.aws.restoreVolumeFromRecycleBin({ VolumeId: volumeId })\n',
    to: '  await limited.aws.createTags({ Resources: [volumeId], Tags: markOf(guard.policy.hookName, { ...disk, fate: RESTORED }) })\n  await limited.aws.restoreVolumeFromRecycleBin({ VolumeId: volumeId })\n',
  },
  {
    ...restoring,
    name: 'salvage again what we let go, and another rule keeps',
    from: '  if ((await fateOf(limited, disk)) === LET_GO) return\n',
    to: '',
  },
  {
    ...restoring,
    name: 'take what EC2 does not show yet for a disk of its owner',
    from: '=== LET_GO) return',
    to: "!== 'keep') return",
  },
  {
    ...restoring,
    name: 'take out of the bin what its owner deletes, and leave it',
    from: '=== LET_GO) return',
    to: "=== LET_GO || (await fateOf(limited, disk)) === 'proven') return",
  },
  {
    ...restoring,
    name: 'write on a disk that lost its tags only that it came out of the bin',
    from: 'markOf(guard.policy.hookName, { ...disk, fate: RESTORED })',
    to: 'markOf(guard.policy.hookName, { ...disk, fate: RESTORED }).slice(0, 1)',
  },
  {
    ...gone,
    name: 'leave a proven disk to its owner without a word',
    from: 'tell(guard, orphan, `its disk, ${orphan.volumeId}, is proven,',
    to: 'String(`its disk, ${orphan.volumeId}, is proven,',
  },
  {
    file: 'src/termination/disk-mark.ts',
    tests,
    name: 'not keep in the bin again what was taken out of it',
    from: 'return [KEEP, RESTORED].map',
    to: 'return [KEEP].map',
  },
  {
    ...proof,
    name: 'believe what was salvaged of another disk of the machine',
    from: 'if (!snapshots.some(({ startedAt }) => wholeSeconds(startedAt) === copiedAt)) return false',
    to: 'if (copiedAt === undefined || snapshots.length === 0) return false',
  },
  {
    ...proof,
    name: 'take what was flushed before the machine was gone for all that it wrote',
    from: 'if (!snapshots.some(({ startedAt }) => wholeSeconds(startedAt) === copiedAt)) return false',
    to: 'if (ours.length === 0 || (copiedAt ?? 0) > 0 === (snapshots.length === 0)) return false',
  },
  {
    ...proof,
    name: 'take whatever was salvaged for proven',
    from: "decision.outcome !== 'archived' && ",
    to: "decision.outcome !== 'expired' && decision.outcome !== 'archived' && ",
  },
  {
    ...proof,
    name: 'not tell that what was gone is archived',
    from: 'journal(endEvent(seen, decision))',
    to: '',
  },
  {
    ...proof,
    name: 'leave no receipt of what was gone',
    from: "await writeReceipt(guard, seen, { do: 'settle', outcome, reason })",
    to: '',
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'give up at once what the bin may keep',
    from: "if (policy.recovery.rungs.includes('bin') && heldSeconds(seen) < deadlineSeconds(seen, policy))",
    to: 'if (policy.recovery.rungs.length > 99)',
  },
  {
    file: 'src/termination/decide.ts',
    tests: ['test/termination/decide.test.ts'],
    name: 'wait for ever for what the bin may keep',
    from: "if (policy.recovery.rungs.includes('bin') && heldSeconds(seen) < deadlineSeconds(seen, policy))",
    to: "if (policy.recovery.rungs.includes('bin'))",
  },
  {
    file: 'src/rungs.ts',
    tests: ['test/deploy/settings.test.ts'],
    name: 'switch on the bin without what salvages',
    from: "if (words.includes('bin') && !words.includes('clone'))",
    to: 'if (words.length > 99)',
  },
]
