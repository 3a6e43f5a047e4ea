// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** Nothing stalls, and nothing is read without end. */
import type { Mutant } from './mutant.ts'

const guard = { file: 'src/guard.ts', tests: ['test/guard.test.ts'] }
const limit = { file: 'src/aws/time-limit.ts', tests: ['test/aws/time-limit.test.ts'] }
const consume = { file: 'src/termination/consume.ts', tests: ['test/guard.test.ts'] }
const lookAgain = { file: 'src/termination/look-again.ts', tests: ['test/termination/consume.test.ts'] }
const sweep = { file: 'src/sweep/sweep.ts', tests: ['test/guard.test.ts', 'test/sweep/sweep.test.ts'] }
const audit = { file: 'src/audit/audit.ts', tests: ['test/guard.test.ts'] }
const archives = { file: 'src/archive/archives.ts', tests: ['test/archive/archives.test.ts'] }
const commands = { file: 'src/flush/commands.ts', tests: ['test/flush/commands.test.ts'] }

export const timeMutants: readonly Mutant[] = [
  {
    ...limit,
    tests: ['test/aws/sdk.test.ts'],
    name: 'send what nobody waits for any more',
    from: 'clock.now() <= latest ? next(args)',
    to: 'latest > 0 ? next(args)',
  },
  {
    ...limit,
    tests: ['test/aws/sdk.test.ts'],
    name: 'give a call up sooner than its pass',
    from: 'clock.now() + LATEST_ATTEMPT_MS //',
    to: 'clock.now() //',
  },
  { ...guard, name: 'leave a pass no time to close', from: 'remainingMs - closingMs)', to: 'remainingMs)' },
  {
    ...guard,
    name: 'let a pass close after its function must end',
    from: 'endsAt + 0.8 * closingMs',
    to: 'endsAt + 4 * closingMs',
  },
  {
    ...guard,
    name: 'let a part of the work end after the whole',
    from: 'Math.min(time, guard.endsAt ?? Number.POSITIVE_INFINITY)',
    to: 'time',
  },
  {
    ...limit,
    name: 'limit calls and not their bodies',
    from: 'return { ...rest, Body: flowing(Body, leftMs, clock) }',
    to: 'return { ...rest, Body }',
  },
  {
    ...limit,
    name: 'leave a stalled body open',
    from: 'pieces.return?.().catch(() => undefined)',
    to: 'pieces.next?.().catch(() => undefined)',
  },
  {
    ...consume,
    name: 'let copies of what is no action take all the time',
    from: 'guard.clock.now() + SHARE_OF_DISMISSALS * remainingMs()',
    to: 'Number.POSITIVE_INFINITY',
  },
  {
    ...consume,
    name: 'say when to look again for as long as that takes',
    from: 'await lookAgain(closing, record, soonerOf(',
    to: 'await lookAgain({ ...guard, aws }, record, soonerOf(',
  },
  {
    ...consume,
    name: 'keep a copy of what is not ours for as long as that takes',
    from: 'return await refuse(closing, record, error.message)',
    to: 'return await refuse({ ...guard, aws }, record, error.message)',
  },
  {
    ...lookAgain,
    tests: ['test/guard.test.ts'],
    name: 'ask for the hook until no time is left to say when to look again',
    from: '(clock.now() + endsAt) / 2)',
    to: 'endsAt)',
  },
  {
    ...lookAgain,
    name: 'spread a kept message by an hour',
    from: 'Math.min(JITTER * seconds, MOST_JITTER_SECONDS)',
    to: 'JITTER * seconds',
  },
  {
    ...lookAgain,
    name: 'hide a message for longer than SQS can',
    from: 'Math.min(jittered, MAX_VISIBILITY_SECONDS)',
    to: 'jittered',
  },
  {
    ...consume,
    name: 'see to what no pass is left for as long as that takes',
    from: 'guard.clock.now() + SHARE_BEFORE_THE_ANSWER * remainingMs()',
    to: 'Number.POSITIVE_INFINITY',
  },
  {
    ...consume,
    tests: ['test/termination/consume.test.ts'],
    name: 'leave a message that no time is left for to the queue',
    from: "if (message.kind === 'lifecycle-action') await comeBackInTime(deferring, record, message)",
    to: "if (message.kind === 'lifecycle-action' && message.token === '') await comeBackInTime(deferring, record, message)",
  },
  {
    ...sweep,
    name: 'list what waits for as long as that takes',
    from: 'await waitingAndRetained(guardUntil(guard, listedBy).aws)',
    to: 'await waitingAndRetained(guard.aws)',
  },
  {
    ...sweep,
    name: 'ask a group for as long as that takes',
    from: 'return guardUntil(sharing, guard.clock.now() + Math.min(remainingMs, LONGEST_PASS_SECONDS * 1000))',
    to: 'return remainingMs > LONGEST_PASS_SECONDS ? guard : guardUntil(guard, guard.clock.now())',
  },
  {
    ...sweep,
    name: 'count dead letters for as long as that takes',
    from: 'guardUntil(guard, guard.clock.now() + DEAD_LETTERS_MS)',
    to: 'guard',
  },
  {
    ...sweep,
    name: 'enrol for as long as that takes',
    from: 'guardUntil(guard, clock.now() + SHARE_OF_ENROLMENT * remainingMs())',
    to: 'guard',
  },
  {
    ...sweep,
    name: 'enrol nobody where what waits cannot be listed',
    from: '  } finally {',
    to: `  } catch (error) {
    if (error) throw error`,
  },
  {
    ...sweep,
    name: 'sweep groups in the same order each time',
    from: 'shuffled(names, random)',
    to: 'shuffled(names, () => (random() > 2 ? 1 : 0))',
  },
  {
    ...sweep,
    name: 'take what no activity names to have begun in 1970',
    from: '?? later.get(one.instanceId)\n',
    to: '?? 0\n',
  },
  {
    ...audit,
    name: 'find out what runs for as long as that takes',
    from: 'guardUntil(guard, clock.now() + SHARE_OF_LISTING * remainingMs())',
    to: 'guard',
  },
  {
    ...audit,
    name: 'audit one instance for as long as that takes',
    from: 'auditOne(guardUntil(guard, endsAt), instance)',
    to: 'auditOne({ ...guard, endsAt }, instance)',
  },
  {
    ...archives,
    name: 'ask S3 for as long as the objects take',
    from: 'const endsAt = part(clock.now(), LONGEST_QUESTIONS_SECONDS, passEndsAt, 2)',
    to: 'const endsAt = part(clock.now(), 1e9 * LONGEST_QUESTIONS_SECONDS, passEndsAt, 2)',
  },
  {
    ...archives,
    name: 'leave a pass no time to decide on its proof',
    from: 'LONGEST_QUESTIONS_SECONDS, passEndsAt, 2)',
    to: 'LONGEST_QUESTIONS_SECONDS, passEndsAt, 1)',
  },
  {
    ...archives,
    name: 'fail every pass where too much was moved',
    from: 'const isTooLate = () => clock.now() >= movedBy',
    to: 'const isTooLate = () => clock.now() < 0',
  },
  {
    ...archives,
    name: 'call missing what a listing that was cut short did not name',
    from: 'return { objects: [], pages: maxPages, isCut: true, unread: `S3 did not list ${prefix} in time` }',
    to: 'return { objects: [], pages: maxPages, isCut: false, unread: undefined }',
  },
  {
    ...commands,
    name: 'forget flushes that are older than an hour',
    from: 'const WINDOW_MS = 1000 * (LONGEST_HOLD_SECONDS + LATEST_LOOK_SECONDS)',
    to: 'const WINDOW_MS = 3600 * 1000',
  },
  {
    ...commands,
    name: 'forget flushes of an action that Auto Scaling has ended a moment ago',
    from: 'const WINDOW_MS = 1000 * (LONGEST_HOLD_SECONDS + LATEST_LOOK_SECONDS)',
    to: 'const WINDOW_MS = 1000 * LONGEST_HOLD_SECONDS',
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/termination/what-lasts.test.ts'],
    name: 'take more than can be read for a failure that passes',
    from: 'if (error instanceof TooMany) return false',
    to: 'if (error instanceof TooMany) return true',
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/aws/failures.test.ts'],
    name: 'take trouble within AWS for a failure that lasts',
    from: 'return status >= 500 || status === 429',
    to: 'return status === 429',
  },
  {
    file: 'src/termination/consume.ts',
    tests: ['test/termination/consume.test.ts'],
    name: 'believe a message that calls itself younger than its sending',
    from: `sentAt - LATEST_DELIVERY_MS), sentAt, clock.now())`,
    to: `sentAt - LATEST_DELIVERY_MS), clock.now())`,
  },
  {
    file: 'src/termination/consume.ts',
    tests: ['test/termination/consume.test.ts'],
    name: 'not count the time for which a notification was on its way',
    from: `const LATEST_DELIVERY_MS = 3600 * 1000`,
    to: `const LATEST_DELIVERY_MS = 0`,
  },
]
