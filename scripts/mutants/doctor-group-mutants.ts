// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const doctor = {
  tests: [
    'test/cli/doctor/checks.test.ts',
    'test/cli/doctor/gathered.test.ts',
    'test/cli/doctor/policy-document.test.ts',
    'test/cli/doctor.test.ts',
  ],
}

/** What the doctor promises to see of a group and its machines, undone. */
export const doctorGroupMutants: readonly Mutant[] = [
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'pass an agent that is not online',
    from: "if (agent.ping !== 'Online')",
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'pass an agent of an unknown version',
    from: 'if (!(major >= OLDEST_AGENT))',
    to: 'if (major < OLDEST_AGENT)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'pass a role that may delete',
    from: 'if (mayToo.length > 0)',
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'pass a role that may not put',
    from: 'if (lacks.length > 0)',
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'pass what published once, long ago',
    from: 'if (silentSeconds < facts.policy.auditAfterSeconds)',
    to: 'if (at !== undefined || silentSeconds < facts.policy.auditAfterSeconds)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'call a young instance silent',
    from: 'Math.max(at ?? 0, launchedAt ?? 0)',
    to: '(at ?? 0)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/instances.ts',
    name: 'pass a second volume',
    from: 'if (others.length === 0)',
    to: 'if (true)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/load-balancer.ts',
    name: 'pass a target group that drops requests',
    from: 'seconds > 0',
    to: 'seconds >= 0',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/load-balancer.ts',
    name: 'say nothing of a classic load balancer',
    from: "    ...trafficOf(group.is === 'answered' ? group.answer : undefined).unasked.map((source) => ({",
    to: '    ...([] as string[]).map((source) => ({',
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
    name: 'pass a hook that notifies as another role',
    from: 'role !== notifierRoleArn)',
    to: "role === '')",
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
    file: 'src/cli/doctor/hook.ts',
    name: 'pass a heartbeat that two looks outlast',
    from: 'if (isShort(seconds, policy))',
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/hook.ts',
    name: 'pass a heartbeat that is over before patience is',
    from: 'if (policy.patienceSeconds > latestEndOf(globalTimeoutOf(seconds)))',
    to: 'if (false)',
  },
  {
    ...doctor,
    file: 'src/termination/hook.ts',
    name: 'mend another hook of the group',
    from: 'named?.find((hook) => hook.LifecycleHookName === hookName)',
    to: 'named?.[0]',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/gather.ts',
    name: 'ask kept machines for what they cannot have',
    from: 'InstanceId && !/Terminat|Retained/.test(LifecycleState)',
    to: 'InstanceId',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/gather.ts',
    name: 'take the oldest object for the newest',
    from: 'Math.max(...objects',
    to: 'Math.min(...objects',
  },
  {
    ...doctor,
    file: 'src/cli/doctor/rights.ts',
    name: 'take silence for a right',
    from: "    if (untold.length > 0) throw new Error(`IAM does not tell of ${untold.join(', ')}`)\n",
    to: '',
  },
]
