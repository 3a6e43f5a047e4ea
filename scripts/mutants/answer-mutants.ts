// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import { bugsIn, type Mutant } from './mutant.ts'

const beyond = { file: 'src/termination/beyond.ts', tests: ['test/termination/what-lasts.test.ts'] }
const hold = { file: 'src/termination/hold.ts', tests: ['test/termination/hold.test.ts'] }
const hook = { file: 'src/termination/hook.ts', tests: ['test/termination/hook.test.ts'] }
const lifecycleActions = {
  file: 'src/termination/lifecycle-actions.ts',
  tests: ['test/termination/whereabouts.test.ts'],
}
const machineState = {
  file: 'src/termination/machine-state.ts',
  tests: ['test/termination/what-lasts.test.ts'],
}
const observe = {
  file: 'src/termination/observe.ts',
  tests: [
    'test/termination/consume.test.ts',
    'test/termination/one-action.test.ts',
    'test/termination/what-lasts.test.ts',
  ],
}
const reconcile = {
  file: 'src/termination/reconcile.ts',
  tests: [
    'test/termination/consume.test.ts',
    'test/termination/one-action.test.ts',
    'test/termination/what-lasts.test.ts',
  ],
}
const machineAndHook = {
  file: 'src/termination/machine-and-hook.ts',
  tests: ['test/termination/what-lasts.test.ts'],
}
/** Answers that are partial, early, or refused. */
export const answerMutants: readonly Mutant[] = [
  ...bugsIn(
    hold,
    [
      'take the state of before, kept, for the end of the next action',
      `if (PAST.test(lifecycleState)) return isYoung ? 'pending' : 'over'`,
      `if (PAST.test(lifecycleState)) return 'over'`,
    ],
    [
      'wait for an instance that is gone by',
      `if (GONE_BY.test(lifecycleState)) return 'over'`,
      `if (lifecycleState === '') return 'over'`,
    ],
  ),
  {
    ...beyond,
    name: 'call a group gone whose hooks may not be asked for',
    from: `return there.is === 'answered' && !there.answer`,
    to: `return there.is === 'refused' || !there.answer`,
  },
  {
    ...beyond,
    name: 'never tell the end of an action that is older than any, of a group with a warm pool',
    from: 'if (all.length === 0) return isOutlived(ageSeconds)',
    to: 'if (all.length === 0) return false',
  },
  {
    ...beyond,
    name: 'take an Auto Scaling that has nobody for one without this instance',
    from: 'if (all.length === 0) return isOutlived(ageSeconds)',
    to: '',
  },
  {
    ...hold,
    name: 'refuse a message in the moment in which it settles',
    from: `ageSeconds <= SETTLING_SECONDS`,
    to: `ageSeconds < SETTLING_SECONDS`,
  },
  {
    ...hold,
    name: 'wait for an instance that was hibernated',
    from: `Stopped|Running|Hibernated`,
    to: `Stopped|Running`,
  },
  {
    ...hook,
    name: 'take another account’s queue of the same name for ours',
    from: `slice(-2).join('/') === queueUrl.split('/').slice(-2).join('/')`,
    to: `slice(-1).join('/') === queueUrl.split('/').slice(-1).join('/')`,
  },
  {
    ...hook,
    name: 'call a hook short that fits the queue',
    from: `queueVisibilitySeconds > heartbeatTimeoutSeconds / 2`,
    to: `queueVisibilitySeconds >= heartbeatTimeoutSeconds / 2`,
  },
  {
    ...hook,
    name: 'take a default result that nobody tells for ABANDON',
    from: `return hook.DefaultResult === 'ABANDON' ?`,
    to: `return hook.DefaultResult !== 'CONTINUE' ?`,
  },
  {
    ...hook,
    name: 'judge an instance’s retention by another one’s state',
    from: `group.Instances?.find((candidate) => candidate.InstanceId === instanceId)`,
    to: `group.Instances?.[0]`,
  },
  {
    ...hook,
    name: 'take a group that nobody tells of for one that does not retain',
    from: 'if (!group) return undefined',
    to: 'if (!group) return false',
  },
  {
    ...lifecycleActions,
    name: 'take the first instance of an answer for the one that was asked for',
    from: `answer.AutoScalingInstances?.find((instance) => instance.InstanceId === instanceId)`,
    to: `answer.AutoScalingInstances?.[0]`,
  },
  {
    ...lifecycleActions,
    name: 'call an instance unhealthy that is Healthy',
    from: `found.HealthStatus?.toUpperCase() === 'HEALTHY'`,
    to: `found.HealthStatus === 'HEALTHY'`,
  },
  {
    ...machineState,
    name: 'take a machine that stops for one that runs',
    from: `new Set(['stopping', 'stopped'])`,
    to: `new Set(['stopped'])`,
  },
  {
    ...observe,
    name: 'not ask whether the group retains before our own patience is spent',
    from: `const earliest = Math.min(policy.patienceSeconds, EARLIEST_DEADLINE_SECONDS)`,
    to: `const earliest = policy.patienceSeconds`,
  },
  {
    ...observe,
    name: 'wait for an audit that runs',
    from: `one.belongsTo !== undefined && one.flush.status === 'running'`,
    to: `one.flush.status === 'running'`,
  },
  {
    ...observe,
    name: 'refuse a notification because its hook was aimed elsewhere since',
    from: `wokenBy !== 'event' || `,
    to: ``,
  },
  {
    ...observe,
    name: 'refuse an event of what was flushed',
    from: `wokenBy !== 'event' || flushes.length > 0`,
    to: `wokenBy !== 'event'`,
  },
  {
    ...observe,
    name: 'call an adopted action over that another hook holds',
    from: `heartbeat === 'none' && action.token !== undefined && lifecycleState`,
    to: `heartbeat === 'none' && lifecycleState`,
  },
  {
    ...observe,
    name: 'wait a moment longer than patience for what fails',
    from: `ageSeconds >= policy.patienceSeconds`,
    to: `ageSeconds > policy.patienceSeconds`,
  },
  {
    ...reconcile,
    name: 'ask twice whether an adopted action is held',
    from: `async () => action.token === undefined || (await isHeldItself(aws, action))`,
    to: `async () => await isHeldItself(aws, action)`,
  },
  {
    ...reconcile,
    name: 'let the disk go before its receipt is written',
    from: `        await writeReceipt(guard, seen, decision)
        await letDiskGo(guard, action)`,
    to: `        await letDiskGo(guard, action)
        await writeReceipt(guard, seen, decision)`,
  },
  {
    ...reconcile,
    name: 'call over what is beyond the hook, though its heartbeat only failed in passing',
    from: `if (isPassing(error) || !(await isBeyond`,
    to: `if (!(await isBeyond`,
  },
  {
    ...machineAndHook,
    name: 'take a group that may not be read for one that does not retain',
    from: `  return { ...seen, troubles: [...seen.troubles, { what: 'read the hook', why: retains.why }] }`,
    to: `  return { ...seen, hook: seen.hook && { ...seen.hook, retains: false }, troubles: [...seen.troubles, { what: 'read the hook', why: retains.why }] }`,
  },
]
