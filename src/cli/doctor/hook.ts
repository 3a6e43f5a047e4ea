/** The hook of a group: without it nothing is held, and with another setting it is not held long enough. Pure. */
import type { LifecycleHook } from '@aws-sdk/client-auto-scaling'
import { isRetaining } from '../../aws/group-of.ts'
import { TERMINATING } from '../../enrolment/mark.ts'
import { globalTimeoutOf, latestEndOf } from '../../global-timeout.ts'
import { shellWord } from '../../shell-word.ts'
import { isShort } from '../../termination/hook.ts'
import type { GroupFacts } from './facts.ts'
import { type Check, fail, judged, pass, unknown, type Verdict } from './finding.ts'

/** Auto Scaling says CONTINUE to whatever waits at a hook that is deleted. */
const DELETE = 'when nothing waits at it (deleting a hook lets go what does), delete it'
const ENROL = 'name the group in groups=… and deploy; the sweep puts the hook within five minutes'

export const hookIsThere: Check<GroupFacts> = {
  name: 'hook',
  why: 'without the hook nothing holds an instance until its logs are in S3',
  look: ({ hook, groupName, policy }) => [
    judged(hook, groupName, (found) => {
      if (!found) return fail(`there is no hook ${policy.hookName}`, ENROL)
      return found.LifecycleTransition === TERMINATING
        ? pass(`${policy.hookName} is put for terminations`)
        : fail(`${policy.hookName} is for ${found.LifecycleTransition}`, `${DELETE}; ${ENROL}`)
    }),
  ],
}

export const hookNotifies: Check<GroupFacts> = {
  name: 'hook-target',
  why: 'the guard hears of a termination through its queue; without it only the sweep finds it',
  look: ({ hook, groupName, policy, notifierRoleArn }, { typedAws }) => [
    ofHook(hook, groupName, ({ NotificationTargetARN: target, RoleARN: role }) => {
      const queue = new URL(policy.queueUrl).pathname.split('/').slice(-2).join(':')
      if (!target?.endsWith(`:${queue}`))
        return fail(`it notifies ${target ?? 'nobody'}, not ${queue}`, `${DELETE}; ${ENROL}`)
      if (notifierRoleArn !== undefined && role !== notifierRoleArn)
        return fail(
          `it notifies as ${role ?? 'nobody'}, not as ${notifierRoleArn}`,
          typedAws(
            `autoscaling put-lifecycle-hook --auto-scaling-group-name ${shellWord(groupName)} --lifecycle-hook-name ${policy.hookName} --notification-target-arn ${target} --role-arn ${notifierRoleArn}`,
          ),
          { do: 'put the hook', groupName, change: { RoleARN: notifierRoleArn } },
        )
      return pass(`it notifies ${queue} as ${role?.split('/').at(-1) ?? 'Auto Scaling'}`)
    }),
  ],
}

export const defaultResult: Check<GroupFacts> = {
  name: 'default-result',
  why: 'with CONTINUE, a time-out or a dead guard lets the machine go, and its logs with it',
  look: ({ hook, groupName }, { typedAws }) => [
    ofHook(hook, groupName, (found) => {
      if (found.DefaultResult === 'ABANDON') return pass('ABANDON')
      if (found.DefaultResult === undefined) return unknown('Auto Scaling does not tell it', 'look again')
      return fail(
        found.DefaultResult,
        typedAws(
          `autoscaling put-lifecycle-hook --auto-scaling-group-name ${shellWord(groupName)} --lifecycle-hook-name ${found.LifecycleHookName} --default-result ABANDON`,
        ),
        { do: 'put the hook', groupName, change: { DefaultResult: 'ABANDON' } },
      )
    }),
  ],
}

export const heartbeat: Check<GroupFacts> = {
  name: 'heartbeat',
  why: 'Auto Scaling ends an action after 100 heartbeats, and one that is missed after one of them',
  look: ({ hook, groupName, policy }, { typedAws }) => [
    ofHook(hook, groupName, (found) => {
      const seconds = found.HeartbeatTimeout ?? 3600
      const type = typedAws(
        `autoscaling put-lifecycle-hook --auto-scaling-group-name ${shellWord(groupName)} --lifecycle-hook-name ${found.LifecycleHookName} --heartbeat-timeout ${policy.heartbeatTimeoutSeconds}`,
      )
      const change = { HeartbeatTimeout: policy.heartbeatTimeoutSeconds }
      const fix = { do: 'put the hook', groupName, change } as const
      if (isShort(seconds, policy))
        return fail(`${seconds} s: less than two looks (${policy.queueVisibilitySeconds} s)`, type, fix)
      if (policy.patienceSeconds > latestEndOf(globalTimeoutOf(seconds)))
        return fail(`${seconds} s: over before the patience of ${policy.patienceSeconds} s is`, type, fix)
      return pass(`${seconds} s, for a patience of ${policy.patienceSeconds} s`)
    }),
  ],
}

export const retention: Check<GroupFacts> = {
  name: 'retention',
  why: 'without it, an instance whose logs cannot be proven is terminated in the end',
  look: ({ group, groupName }, { typedAws }) => [
    judged(group, groupName, (found) =>
      isRetaining(found)
        ? pass('abandoned instances are kept')
        : fail(
            'abandoned instances are terminated',
            typedAws(
              `autoscaling update-auto-scaling-group --auto-scaling-group-name ${shellWord(groupName)} --instance-lifecycle-policy RetentionTriggers={TerminateHookAbandon=retain}`,
            ),
            { do: 'set retention', groupName },
          ),
    ),
  ],
}

/** A missing hook is one failure, not four. */
function ofHook(
  hook: GroupFacts['hook'],
  about: string,
  judge: (hook: LifecycleHook) => Verdict,
): Verdict & { readonly about: string } {
  return judged(hook, about, (found) => (found ? judge(found) : unknown('there is no hook', ENROL)))
}
