// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const ladder = { file: 'src/recovery/ladder.ts', tests: ['test/recovery/ladder.test.ts'] }
const kept = { file: 'src/recovery/retry-kept.ts', tests: ['test/recovery/recover.test.ts'] }
const silent = { file: 'src/recovery/recover-held.ts', tests: ['test/recovery/recover.test.ts'] }
const held = { file: 'src/recovery/held.ts', tests: ['test/recovery/recover.test.ts'] }
const terminations = { file: 'src/recovery/terminations.ts', tests: ['test/recovery/recover.test.ts'] }

export const recoveryMutants: readonly Mutant[] = [
  {
    ...held,
    name: 'take one empty listing for a machine that was never flushed',
    from: 'listed.length > 0 ? listed : await listInvocations(...question)',
    to: 'listed',
  },
  {
    ...ladder,
    name: 'try a kept machine again for ever',
    from: 'if (tried > MOST_RETRIES)',
    to: 'if (tried > 99)',
  },
  {
    ...ladder,
    name: 'try a kept machine again as soon as it is kept',
    from: 'if (now < dueAt)',
    to: 'if (now < lastAt)',
  },
  {
    ...ladder,
    name: 'take an old sign of life for an agent that is back',
    from: 'agent?.isOnline && agent.lastPingAt > terminations.lastEndedAt',
    to: 'agent?.isOnline',
  },
  {
    ...ladder,
    name: 'release what would not be kept again',
    from: 'if (lastLook.notKeptAgain !== undefined)',
    to: 'if (lastLook.notKeptAgain === "")',
  },
  {
    ...ladder,
    name: 'release whatever is kept, of a warm pool too',
    from: "if (lifecycleState !== 'Terminating:Retained')",
    to: "if (!lifecycleState.endsWith(':Retained'))",
  },
  {
    ...ladder,
    name: 'count tries by scaling activities alone',
    from: 'Math.max(terminations.ended, lastLook?.flushed ?? 0)',
    to: 'terminations.ended',
  },
  {
    ...kept,
    name: 'make the group smaller with each try',
    from: 'ShouldDecrementDesiredCapacity: false',
    to: 'ShouldDecrementDesiredCapacity: true',
  },
  {
    ...kept,
    name: 'try all kept machines at once',
    from: 'if (await tryAgain(limited, standing, known)) budget.left--',
    to: 'await tryAgain(limited, standing, known)',
  },
  {
    ...silent,
    name: 'reboot all that are silent at once',
    from: '    budget.left--\n    const isRebooted',
    to: '    const isRebooted',
  },
  {
    ...kept,
    name: 'count as on their way only those of groups that keep a machine',
    from: 'budget.left -= waiting.length',
    to: 'budget.left -= waiting.filter((one) => triable.some(({ groupName }) => groupName === one.groupName)).length',
  },
  {
    ...kept,
    name: 'try again without a word',
    from: "journal({ event: 'recovery', ...subject, reason: decision.reason })",
    to: '',
  },
  {
    ...kept,
    name: 'release by what the sweep saw a while ago',
    from: '{ ...seen, ...where, lastLook }',
    to: '{ ...seen, lastLook }',
  },
  {
    ...ladder,
    name: 'reboot again and again',
    from: 'const wasRebooted = rebootedAt >= heldSince',
    to: 'const wasRebooted = rebootedAt > now',
  },
  {
    ...ladder,
    name: 'reboot under a flush that runs',
    from: 'if (isFlushing) return',
    to: 'if (isFlushing && wasFlushed) return',
  },
  {
    ...ladder,
    name: 'reboot what was flushed, and let go what it writes then',
    from: '&& !wasFlushed && !isRebootRefused',
    to: '&& !isRebootRefused',
  },
  {
    ...ladder,
    name: 'reboot a machine that our hook does not hold',
    from: 'if (!isHeld || !isRunning)',
    to: 'if (!isRunning)',
  },
  {
    ...held,
    name: 'reboot before it is written down',
    from: '  await aws.createTags({ Resources: [instanceId], Tags })\n  await aws.rebootInstances({ InstanceIds: [instanceId] })',
    to: '  await aws.rebootInstances({ InstanceIds: [instanceId] })\n  await aws.createTags({ Resources: [instanceId], Tags })',
  },
  {
    ...held,
    name: 'never reboot without the console',
    from: "if (asked.is === 'refused') return `cannot be had: ${asked.why}`",
    to: "if (asked.is === 'refused') throw new Error(asked.why)",
  },
  {
    ...terminations,
    name: 'count a part of the terminations',
    from: 'return new Map()',
    to: 'return found',
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: ['test/recovery/recover.test.ts'],
    name: 'let a machine that is left take the place of one that could be tried',
    from: "if (decision.do !== 'retry') return false",
    to: "if (decision.do !== 'retry') return true",
  },
  {
    ...terminations,
    name: 'count launches and returns to the warm pool as tries',
    from: "!Description.startsWith('Launching') && StatusCode !== 'Successful'",
    to: 'Description.length + (StatusCode?.length ?? 0) > 0',
  },
]
