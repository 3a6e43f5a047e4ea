// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const release = { file: 'src/cli/release.ts', tests: ['test/cli/release.test.ts'] }
const retry = { file: 'src/cli/retry.ts', tests: ['test/cli/failures.test.ts', 'test/cli/release.test.ts'] }
const redrive = { file: 'src/cli/redrive.ts', tests: ['test/cli/redrive.test.ts'] }
const flush = { file: 'src/cli/flush.ts', tests: ['test/cli/flush.test.ts'] }
const followed = { file: 'src/cli/following-flush.ts', tests: ['test/cli/flush.test.ts'] }
const status = { tests: ['test/cli/status.test.ts'] }
const receipt = { tests: ['test/cli/receipt.test.ts'] }

/** What the other commands promise whoever types them, undone. */
export const commandMutants: readonly Mutant[] = [
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
    from: "queued(aws, queueUrl, 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed')",
    to: 'queued(aws, queueUrl)',
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
]
