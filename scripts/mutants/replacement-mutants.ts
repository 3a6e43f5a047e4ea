import type { Mutant } from './mutant.ts'

const replace = { tests: ['test/cli/replace.test.ts', 'test/cli/replace-command.test.ts'] }
const serving = { file: 'src/cli/serving.ts', tests: ['test/cli/serving.test.ts'] }
const replacing = { file: 'src/cli/replacing.ts', ...replace }
const replacement = { file: 'src/cli/replacement.ts', ...replace }

/** What a replacement promises whoever is served meanwhile, and whoever runs the group, undone. */
export const replacementMutants: readonly Mutant[] = [
  {
    ...replacing,
    name: 'let the old one go before another serves',
    from: '  await untilServing(look, desired, waitMs, surroundings)\n',
    to: '',
  },
  {
    ...replacing,
    name: 'let go twice what somebody else let go',
    from: "if ((await whereabouts(aws, instanceId))?.lifecycleState === 'InService')",
    to: 'if (true)',
  },
  {
    ...replacing,
    name: 'leave the group larger than it was',
    from: 'await isOneMoreWanted(aws, plan)',
    to: 'false',
  },
  {
    ...replacing,
    name: 'leave the maximum where it was raised to',
    from: '    await setMaximum(aws, groupName, raisesMaximumFrom)\n',
    to: '    {}\n',
  },
  {
    ...replacing,
    name: 'lower what somebody else wants by now',
    from: 'if (desiredNow < desired + 1) await',
    to: 'await',
  },
  {
    ...replacing,
    name: 'let go with one too few where somebody else wants more',
    from: '?? one) === one',
    to: '?? one) > 0',
  },
  {
    ...replacing,
    name: 'lower a maximum that somebody else has raised',
    from: ' && (await groupOf(aws, groupName))?.MaxSize === desired + 1',
    to: '',
  },
  {
    ...replacement,
    name: 'lower a maximum that somebody else has raised, when it is run again',
    from: ' && group.maximum <= desired + 1',
    to: '',
  },
  {
    ...replacing,
    name: 'raise before it is known who serves',
    from: 'if (!isOut) await unlessInterrupted(look(), interruption, interrupted())',
    to: '',
  },
  {
    ...replacing,
    name: 'forget a change whose answer was lost',
    from: 'if (isAnswer(error) && !isPassing(error)) changes[what] = before',
    to: 'changes[what] = before',
  },
  {
    ...replacing,
    name: 'tell of a change that was refused',
    from: 'if (isAnswer(error) && !isPassing(error)) changes[what] = before',
    to: '',
  },
  {
    ...replacing,
    name: 'undo by letting the group choose who goes',
    from: 'if (extra === undefined) await setDesired',
    to: 'if (true) await setDesired',
  },
  {
    ...replacing,
    name: 'undo by letting go of the one that serves',
    from: '.toSorted((a, b) => (b.LaunchTime?.getTime() ?? 0) - (a.LaunchTime?.getTime() ?? 0))',
    to: '.toSorted((a, b) => (a.LaunchTime?.getTime() ?? 0) - (b.LaunchTime?.getTime() ?? 0))',
  },
  {
    ...replacing,
    name: 'undo by letting go of the old one',
    from: 'InstanceId && InstanceId !== kept ?',
    to: 'InstanceId ?',
  },
  {
    ...replacing,
    name: 'undo and leave the tag',
    from: '  await aws.deleteTags({ Tags: [tagOf(groupName)] })\n',
    to: '',
  },
  {
    ...replacement,
    name: 'make the group larger with each run',
    from: 'const { desired, maximum } = replacing ?? group',
    to: 'const { desired, maximum } = group',
  },
  {
    ...replacement,
    name: 'replace two of a group at once',
    from: 'if (replacing && replacing.instanceId !== instanceId)',
    to: 'if (false)',
  },
  {
    ...replacement,
    name: 'replace what nothing holds',
    from: 'if (!guarded && !unguarded)',
    to: 'if (false)',
  },
  {
    ...replacement,
    name: 'replace what does not serve',
    from: "if (lifecycleState !== 'InService' && !isOut) {",
    to: 'if (false) {',
  },
  {
    ...replacement,
    name: 'undo what is replaced already',
    from: "if (lifecycleState !== 'InService')\n",
    to: 'if (false)\n',
  },
  {
    ...replacement,
    name: 'undo what somebody else wants by now',
    from: 'lowersDesired: desired === replacing.desired + 1,',
    to: 'lowersDesired: desired > replacing.desired,',
  },
  {
    ...serving,
    name: 'count an instance that is not in service',
    from: "if (LifecycleState !== 'InService') waiting.set(InstanceId, LifecycleState ?? 'unknown')",
    to: 'if (false) waiting.set(InstanceId, LifecycleState)',
  },
  {
    ...serving,
    name: 'count an instance that is unhealthy',
    from: "else if (HealthStatus !== 'Healthy')",
    to: 'else if (false)',
  },
  {
    ...serving,
    name: 'count an instance that the load balancer does not know',
    from: 'own.length > 0 &&',
    to: '',
  },
  {
    ...serving,
    name: 'count an instance of which one port is healthy',
    from: 'own.every(({ TargetHealth })',
    to: 'own.some(({ TargetHealth })',
  },
  {
    ...serving,
    name: 'count the one that is to go',
    from: '.filter((one) => one.InstanceId !== instanceId)',
    to: '',
  },
]
