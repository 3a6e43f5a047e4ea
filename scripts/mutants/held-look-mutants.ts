import type { Mutant } from './mutant.ts'

const gone = ['test/recovery/gone.test.ts']
const clone = ['test/recovery/clone.test.ts']
const recover = ['test/recovery/recover.test.ts']
const listings = ['test/recovery/listings.test.ts']
const rungs = ['test/recovery/ladder.test.ts']

/** What is believed of machines that are held or kept, before anything is tried. */
export const heldLookMutants: readonly Mutant[] = [
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'take what is sent for what was never fetched before',
    from: `ours.find(({ status }) => status !== 'running')`,
    to: 'ours[0]',
  },
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'take an audit that was never fetched for silence in this action',
    from: `unfetchedAt(ours.find(({ status }) => status !== 'running'))`,
    to: `unfetchedAt(listed.find(({ flush }) => flush.status !== 'running')?.flush)`,
  },
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'believe what an audit complained of',
    from: 'said: ours.find(({ said }) => said !== undefined)?.said',
    to: 'said: listed.find(({ flush }) => flush.said !== undefined)?.flush.said',
  },
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'take an audit for a flush of this action',
    from: `wasFlushed: ours.some(({ status }) => status === 'succeeded')`,
    to: `wasFlushed: listed.some(({ flush }) => flush.status === 'succeeded')`,
  },
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'reboot under an audit that runs',
    from: `isFlushing: listed.some(({ flush }) => flush.status === 'running' && !isWaiting(flush))`,
    to: `isFlushing: ours.some((flush) => flush.status === 'running' && !isWaiting(flush))`,
  },
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'reboot a machine that is stopped',
    from: `instance?.State?.Name === 'running'`,
    to: 'instance?.State?.Name !== undefined',
  },
  {
    file: 'src/recovery/held.ts',
    tests: recover,
    name: 'take what waits to be fetched for a flush that runs',
    from: ' && !isWaiting(flush)',
    to: '',
  },
  {
    file: 'src/recovery/once-mark.ts',
    tests: recover,
    name: 'reboot for ever where a tag of ours cannot be read',
    from: 'Date.parse(value) || Number.POSITIVE_INFINITY',
    to: 'Date.parse(value) || undefined',
  },
  {
    file: 'src/recovery/ladder.ts',
    tests: rungs,
    name: 'call an agent silent that is seldom heard of',
    from: '!agent?.isOnline && now',
    to: 'now',
  },
  {
    file: 'src/recovery/ladder.ts',
    tests: rungs,
    name: 'call an agent silent that was lost a moment ago',
    from: '!agent?.isOnline && now - (agent?.lastPingAt ?? 0) >= patientMs',
    to: '!agent?.isOnline',
  },
  {
    file: 'src/recovery/ladder.ts',
    tests: rungs,
    name: 'try a machine that is on its way',
    from: `if (terminations.isUnderWay) return leave('a termination of it is under way')
`,
    to: '',
  },
  {
    file: 'src/recovery/ladder.ts',
    tests: ['test/recovery/ladder.test.ts', 'test/recovery/recover.test.ts'],
    name: 'give up after two tries',
    from: 'if (tried > MOST_RETRIES)',
    to: 'if (tried >= MOST_RETRIES)',
  },
  {
    file: 'src/recovery/ladder.ts',
    tests: ['test/recovery/recover.test.ts', 'test/recovery/ladder.test.ts'],
    name: 'forget when a machine was flushed last, where an activity is missing',
    from: 'Math.max(terminations.lastEndedAt, lastLook?.lastFlushAt ?? 0)',
    to: 'terminations.lastEndedAt',
  },
  {
    file: 'src/recovery/agents.ts',
    tests: listings,
    name: 'call agents silent since SSM refuses to tell',
    from: 'if (!isUnreachable(error)) throw error',
    to: '',
  },
  {
    file: 'src/recovery/terminations.ts',
    tests: recover,
    name: 'count a termination that is under way as one in vain',
    from: 'return { ended, lastEndedAt, isUnderWay: true }',
    to: 'return { ended: ended + 1, lastEndedAt, isUnderWay: true }',
  },
  {
    file: 'src/recovery/terminations.ts',
    tests: recover,
    name: 'know machines that were never terminated in vain',
    from: 'new Map([...found].filter(([, { ended }]) => ended > 0))',
    to: 'found',
  },
  {
    file: 'src/recovery/terminations.ts',
    tests: recover,
    name: 'forget that a termination is under way',
    from: 'Math.max(lastEndedAt, EndTime.getTime()), isUnderWay }',
    to: 'Math.max(lastEndedAt, EndTime.getTime()), isUnderWay: false }',
  },
  {
    file: 'src/recovery/terminations.ts',
    tests: recover,
    name: 'count the terminations of one page',
    from: 'next = answer.NextToken',
    to: 'next = undefined',
  },
  {
    file: 'src/recovery/terminations.ts',
    tests: recover,
    name: 'take the last activity of a listing for the latest',
    from: 'Math.max(lastEndedAt, EndTime.getTime())',
    to: 'EndTime.getTime()',
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'ask for activities of what SSM does not know, in each sweep',
    from: 'clones || agents.has(instanceId)',
    to: 'true',
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'try what has no place in the archive',
    from: `if (Prefix === undefined) return 'the group belongs to no Elastic Beanstalk environment'`,
    to: 'if (Prefix === undefined) return undefined',
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'let go of what is in no group any more',
    from: `?? 'in no group'`,
    to: `?? 'Terminating:Retained'`,
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'try all at once where AWS refuses each',
    from: `    journal({ event: 'recovery-failed', ...subject, ...described(error) })
`,
    to: `    journal({ event: 'recovery-failed', ...subject, ...described(error) })
    return false
`,
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'count an audit as a try',
    from: 'flushes.filter(({ belongsTo }) => belongsTo)',
    to: 'flushes',
  },
  {
    file: 'src/recovery/recover.ts',
    tests: clone,
    name: 'let a kept machine go for a copy that may not be made',
    from: 'await retryKept(able, found',
    to: 'await retryKept(guard, found',
  },
  {
    file: 'src/recovery/recover.ts',
    tests: gone,
    name: 'throw copies away where the disks cannot be listed',
    from: `    guard.journal({ event: 'disks-failed', ...described(error) })
    return undefined`,
    to: `    guard.journal({ event: 'disks-failed', ...described(error) })
    return new Set()`,
  },
  {
    file: 'src/recovery/retry-kept.ts',
    tests: recover,
    name: 'try what has a place in the archive that may not be asked',
    from: `if (place.is === 'refused') return place.why`,
    to: `if (place.is === 'refused') return undefined`,
  },
  {
    file: 'src/recovery/held.ts',
    tests: ['test/recovery/recover.test.ts'],
    name: 'reboot a machine that answers, for a flush that failed',
    from: 'return ended && isUndelivered(ended) ? ended.requestedAt : undefined',
    to: 'return ended?.requestedAt',
  },
]
