import type { Mutant } from './mutant.ts'

const tests = ['test/enrolment']

/** What is given back, and what stands in the way of that. */
export const withdrawalMutants: readonly Mutant[] = [
  {
    file: 'src/enrolment/plan-withdrawal.ts',
    tests,
    name: 'delete a hook before it is written down that it is withdrawn',
    from: `    // First of all, so that a sweep in between does not enrol the group again.
    ...(mark && !mark.withdrawn ? [{ do: 'mark' as const, mark: { ...mark, withdrawn: true } }] : []),
    ...(isOurs ? [{ do: 'delete-hook' as const }] : []),
`,
    to: `    ...(isOurs ? [{ do: 'delete-hook' as const }] : []),
    ...(mark && !mark.withdrawn ? [{ do: 'mark' as const, mark: { ...mark, withdrawn: true } }] : []),
`,
  },
  {
    file: 'src/enrolment/plan-withdrawal.ts',
    tests,
    name: 'leave a hook of ours whose target was taken away',
    from: ' || (hook && hook.target === undefined)',
    to: '',
  },
  {
    file: 'src/enrolment/plan-withdrawal.ts',
    tests,
    name: 'give back retention that a person switched on',
    from: `mark?.retain === true && mark.before === 'terminate' && retains`,
    to: `mark?.before === 'terminate' && retains`,
  },
  {
    file: 'src/enrolment/plan-withdrawal.ts',
    tests,
    name: 'take a hook for launches for one to withdraw',
    from: 'hook?.target === queueArn && hook.transition === TERMINATING',
    to: 'hook?.target === queueArn',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'withdraw from some while an action is open in another',
    from: `  if (found.open.length > 0) return soFar
`,
    to: '',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'delete a hook without a second look',
    from: `      if (open.length > 0) return { ...NOTHING_LEFT, open }
`,
    to: '',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'delete the hook under an instance that is on its way to it',
    from: 'ReplacingRootVolume)(:Wait)?$/',
    to: 'ReplacingRootVolume):Wait$/',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'forget a group with an open action',
    from: 'if (open.length === 0) await whileThere(',
    to: 'await whileThere(',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'name an instance twice',
    from: ' && !listed.some((one) => one.instanceId === instanceId)',
    to: '',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'be stopped by what waits in a group of others',
    from: 'pooled.has(groupName) && !listed',
    to: '!listed',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'not name what is kept on its way into a warm pool',
    from: 'retained: instances.filter(({ lifecycleState }) => isKept(lifecycleState))',
    to: `retained: instances.filter(({ lifecycleState }) => lifecycleState === 'Terminating:Retained')`,
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests,
    name: 'let go what one answer leaves out of a warm pool',
    from: 'return [...told, ...leftOut]',
    to: 'return told.concat(leftOut.slice(leftOut.length))',
  },
  {
    file: 'src/termination/scaling-activities.ts',
    tests,
    name: 'be stopped by what is launched, or is over',
    from: `      if (activity.EndTime !== undefined) return found
`,
    to: '',
  },
  {
    file: 'src/enrolment/withdraw.ts',
    tests: ['test/enrolment/enrol.test.ts'],
    name: 'delete a hook of which one answer does not tell who waits there',
    from: 'survey(aws, [await toldOf(aws, group.name, scope)])',
    to: 'survey(aws, [(await groupNamed(aws, group.name)) ?? { ...group, members: [] }])',
  },
]
