// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const replace = { tests: ['test/cli/replace.test.ts', 'test/cli/replace-command.test.ts'] }
const serving = { file: 'src/cli/serving.ts', tests: ['test/cli/serving.test.ts'] }
const replacing = { file: 'src/cli/replacing.ts', ...replace }
const replacement = { file: 'src/cli/replacement.ts', ...replace }
const release = { file: 'src/cli/release.ts', tests: ['test/cli/release.test.ts'] }
const retry = { file: 'src/cli/retry.ts', tests: ['test/cli/failures.test.ts', 'test/cli/release.test.ts'] }
const redrive = { file: 'src/cli/redrive.ts', tests: ['test/cli/redrive.test.ts'] }
const flush = { file: 'src/cli/flush.ts', tests: ['test/cli/flush.test.ts'] }
const followed = { file: 'src/cli/following-flush.ts', tests: ['test/cli/flush.test.ts'] }
const status = { tests: ['test/cli/status.test.ts'] }
const receipt = { tests: ['test/cli/receipt.test.ts'] }
const doctor = { tests: ['test/cli/doctor/checks.test.ts', 'test/cli/doctor.test.ts'] }

/** What the commands promise whoever types them, undone. */
export const commandMutants: readonly Mutant[] = [
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
    from: 'ShouldDecrementDesiredCapacity: true,\n    })\n  changes.desired = false',
    to: 'ShouldDecrementDesiredCapacity: false,\n    })\n  changes.desired = false',
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
  {
    ...release,
    name: 'accept a loss without a reason',
    from: 'if (options.acceptLoss && !options.reason)',
    to: 'if (false)',
  },
  {
    ...release,
    name: 'release what another guard holds',
    from: '!isOurs || ',
    to: '',
  },
  {
    ...release,
    name: 'begin what ends the machine when it fails',
    from: 'if (why !== undefined) throw new Refusal(`${instance}: ${why}`)',
    to: '',
  },
  {
    ...release,
    name: 'end it before the loss stands in the journal',
    from: '  await deployment.journal.write(releasedEvent(explanation.seen, `${by} accepted the loss: ${why}`))\n',
    to: '',
  },
  {
    ...release,
    name: 'call it released that somebody else ended',
    from: "'CONTINUE', clock.now())) === 'none')",
    to: "'CONTINUE', clock.now())) === undefined)",
  },
  {
    ...release,
    name: 'shrink the group of what is released',
    from: 'ShouldDecrementDesiredCapacity: false',
    to: 'ShouldDecrementDesiredCapacity: true',
  },
  {
    ...retry,
    name: 'retry what another guard keeps',
    from: 'if (!(await hasHook(aws, groupName, policy))) return',
    to: '',
  },
  {
    ...retry,
    name: 'retry what ends with the machine when it fails',
    from: 'if (why === undefined) kept.push(...ids)',
    to: 'if (true) kept.push(...ids)',
  },
  {
    ...retry,
    name: 'retry all where one is named',
    from: 'instance === undefined || id === instance',
    to: 'true',
  },
  {
    ...retry,
    name: 'retry one and say that all went well though it was kept',
    from: "(ended !== 'left' && ended !== 'begun')",
    to: 'false',
  },
  {
    ...redrive,
    name: 'discard what was not named',
    from: 'options.discard && (options.all || ids.includes(id))',
    to: 'options.discard',
  },
  {
    ...redrive,
    name: 'keep out of sight what was only shown',
    from: '    await putBack(deployment, one)\n  }\n  return letters',
    to: '  }\n  return letters',
  },
  {
    ...redrive,
    name: 'believe the first empty answer',
    from: 'const EMPTY_ANSWERS = 3',
    to: 'const EMPTY_ANSWERS = 1',
  },
  {
    ...redrive,
    name: 'say nothing of a letter that is not there',
    from: 'if (missing.length > 0)',
    to: 'if (false)',
  },
  {
    ...flush,
    name: 'flush beside a flush that runs',
    from: 'running ?? (await begin',
    to: 'undefined ?? (await begin',
  },
  {
    ...flush,
    name: 'flush what the guard is about to end',
    from: 'if (/Terminat|Retained|ReplacingRootVolume/.test(where.lifecycleState))',
    to: 'if (false)',
  },
  {
    ...followed,
    name: 'call a flush proven that could not account for all',
    from: ' && manifest.unaccounted.length === 0',
    to: '',
  },
  {
    ...followed,
    name: 'call a flush proven of another command',
    from: 'one.flush.commandId === commandId',
    to: 'true',
  },
  {
    ...status,
    file: 'src/cli/status.ts',
    name: 'count only the messages that are in sight',
    from: "      'ApproximateNumberOfMessagesNotVisible',\n",
    to: '',
  },
  {
    ...status,
    file: 'src/cli/status.ts',
    name: 'call what another guard keeps ours',
    from: '    retained.filter(({ groupName }) => ours.has(groupName)),\n',
    to: '    retained,\n',
  },
  {
    ...status,
    file: 'src/cli/status-lines.ts',
    name: 'call a sweep punctual that is late',
    from: 'ago > SWEEP_IS_LATE_MS',
    to: 'false',
  },
  {
    ...status,
    file: 'src/cli/kept.ts',
    name: 'date a kept machine by an activity that ended well',
    from: " || StatusCode !== 'Cancelled'",
    to: '',
  },
  {
    ...receipt,
    file: 'src/cli/verify-receipt.ts',
    name: 'take another object that begins alike for the proven one',
    from: 'objects.find(({ key }) => key === object.key)',
    to: 'objects[0]',
  },
  {
    ...receipt,
    file: 'src/cli/verify-receipt.ts',
    name: 'look through one page of versions',
    from: 'if (!IsTruncated || isPast)',
    to: 'if (true)',
  },
  {
    ...receipt,
    file: 'src/cli/receipt.ts',
    name: 'end well where a receipt does not hold',
    from: "if (receipts.some(({ verified }) => verified?.some(({ is }) => is !== 'holds')))",
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/policy-document.ts',
    tests: ['test/cli/doctor/policy-document.test.ts'],
    name: 'pass a queue that admits anybody over TLS',
    from: '=== 0 || asksForTls(Condition))',
    to: '=== 0)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/hook.ts',
    name: 'pass a hook that notifies another queue',
    from: 'if (!target?.endsWith(`:${queue}`))',
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/hook.ts',
    name: 'pass a hook for launches',
    from: 'return found.LifecycleTransition === TERMINATING',
    to: 'return true',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/mend.ts',
    name: 'mend another hook of the group',
    from: 'LifecycleHooks.find(({ LifecycleHookName }) => LifecycleHookName === policy.hookName)',
    to: 'LifecycleHooks[0]',
  },
]
