import type { Mutant } from './mutant.ts'

const tests = ['test/enrolment']
const mark = { file: 'src/enrolment/mark.ts', tests }
const plan = { file: 'src/enrolment/plan.ts', tests }
const withdrawal = { file: 'src/enrolment/plan-withdrawal.ts', tests }
const withdraw = { file: 'src/enrolment/withdraw.ts', tests }
const enrol = { file: 'src/enrolment/enrol.ts', tests }
const enrolments = { file: 'src/enrolment/enrolments.ts', tests }

export const enrolmentMutants: readonly Mutant[] = [
  {
    ...mark,
    name: 'take half a mark for the whole',
    from: 'return writeMark(mark) === value ? mark : undefined',
    to: 'return mark',
  },
  {
    ...mark,
    name: 'forget what the hook remembers',
    from: 'mark: metadata?.startsWith(SIGNATURE) ?',
    to: "mark: metadata?.startsWith('?') ?",
  },
  {
    ...mark,
    name: 'overwrite a person’s metadata',
    from: 'if (metadata !== undefined && !isSigned(metadata)) return metadata',
    to: '',
  },
  {
    ...plan,
    name: 'never write a mark again that was taken away',
    from: "memory.tag !== 'read' || mark?.withdrawn",
    to: 'mark?.withdrawn',
  },
  {
    ...plan,
    name: 'say of a hook that never was there that it is back',
    from: 'putByUs(mark) && !mark?.withdrawn && !mark?.pending',
    to: 'putByUs(mark) && !mark?.withdrawn',
  },
  {
    ...plan,
    name: 'take retention that may be ours for what was there before',
    from: "return hook === undefined && tag === 'gone' ? 'retain' : 'unknown'",
    to: "return 'terminate'",
  },
  {
    ...plan,
    name: 'keep silent about a role that the queue does not admit',
    from: 'isOtherRole && !putByUs(mark) ? [',
    to: 'isOtherRole && !hook ? [',
  },
  {
    ...withdrawal,
    name: 'keep silent about retention that is left',
    from: 'isRetentionLeft: retains && !isGivenBack',
    to: 'isRetentionLeft: retains && !isGivenBack && mark === undefined',
  },
  {
    ...withdraw,
    name: 'delete the hook under an instance of the warm pool, which its group does not list',
    from: 'if (pooled.size === 0) return listed',
    to: 'if (pooled.size >= 0) return listed',
  },
  {
    ...withdraw,
    name: 'withdraw only from groups with a mark',
    from: 'isMarked(group.tags, hookName) ||\n',
    to: 'isMarked(group.tags, hookName) &&\n',
  },
  {
    ...enrolments,
    name: 'see no other deployment on the group',
    from: 'return isSigned(hook.NotificationMetadata) || isMarked(',
    to: 'return isSigned(hook.NotificationMetadata) && isMarked(',
  },
  {
    ...{ file: 'src/aws/while-there.ts', tests },
    name: 'break off where a group is gone by the time it is looked at',
    from: 'if (isGroupMissing(error)) return gone',
    to: '',
  },
  {
    ...enrol,
    name: 'call a group not guarded that AWS does not answer for',
    from: 'if (again && isPassing(error)) {',
    to: 'if (again && !isPassing(error)) {',
  },
  {
    ...enrol,
    name: 'leave the same groups out each time that it is short',
    from: 'again ? shuffled(groups, again.random) : groups',
    to: 'groups',
  },
  {
    ...enrolments,
    name: 'ask for every second fifty of the names',
    from: 'from += NAMES_PER_CALL',
    to: 'from += 2 * NAMES_PER_CALL',
  },
  {
    ...withdraw,
    name: 'delete a hook that holds a root volume',
    from: '|Warmed:Pending|ReplacingRootVolume)',
    to: '|Warmed:Pending)',
  },
]
