/** What the terminal says about enrolment. */
import type { Wanted } from '../src/enrolment/plan.ts'
import type { Withdrawal } from '../src/enrolment/withdraw.ts'
import type { EnrolmentEvent } from '../src/journal/journal.ts'
import { written } from '../src/selection.ts'
import { shellWord } from '../src/shell-word.ts'
import type { ScalingInstance } from '../src/termination/scaling-instances.ts'

/** One line per group: whether it is guarded, and what was changed. */
export function enrolmentReport(event: EnrolmentEvent, wanted: Wanted): string[] {
  if (wanted.selections.length === 0) {
    return [
      '',
      'No group is guarded yet. Choose some: --param="groups=my-asg" or --param="groups=tag:KEY=VALUE"',
    ]
  }
  const enrolled = new Set(event.enrolled)
  const whatOf = new Map(event.changed.map(({ groupName, what }) => [groupName, what]))
  const guarded = event.guarded.map((name) => {
    const what = whatOf.get(name)
    if (what === undefined) return line('unchanged', name)
    return line(enrolled.has(name) ? 'enrolled' : 'changed', `${name}: ${what}`)
  })
  const isNothing = event.guarded.length + event.refused.length === 0
  return [
    '',
    'Groups',
    ...guarded,
    ...event.refused.map(({ groupName, why }) => line('refused', `${groupName}: ${why}`)),
    ...event.differs.map(({ groupName, what }) => line('left alone', `${groupName}: ${what}`)),
    ...event.missing.map((name) => line('not there', `${name}: it is enrolled as soon as it appears`)),
    ...(isNothing ? [`  No group matches ${wanted.selections.map(written).join(' or ')} yet.`] : []),
    ...(wanted.retain ? [] : [WITHOUT_RETENTION]),
  ]
}

const WITHOUT_RETENTION =
  'Retention is off (retain=no): an instance whose logs cannot be proven to be in S3 is terminated in the end, and they are lost with it.'

/** What only the owner of the instances can do. */
export function instanceReport(name: string, policy: string): string[] {
  return [
    '',
    'Guarded instances need the SSM agent, and a role with this policy:',
    `  aws iam put-role-policy --role-name ROLE --policy-name ${name} --policy-document '${policy}'`,
  ]
}

/** What a hook in a group's own template needs to know. */
export function ownHookReport(queueArn: string, notifierRoleArn: string): string[] {
  return [
    '',
    'A hook that stands in a group’s own template notifies this queue with this role (examples/ebextensions):',
    line('QueueArn', queueArn),
    line('NotifierRoleArn', notifierRoleArn),
  ]
}

/** A guard that keeps machines and tells nobody costs money until somebody looks. */
export function alarmReport(name: string, alarmEmail: string | undefined): string[] {
  if (alarmEmail !== undefined) return []
  return [
    '',
    `No alarmEmail is given: alarms tell only whoever is subscribed to the topic ${name}-alarms. To be told: --param="alarmEmail=ADDRESS"`,
  ]
}

export function withdrawalReport(
  { withdrawn, hookLeft, retentionLeft, retained }: Withdrawal,
  hookName: string,
): string[] {
  if (withdrawn.length === 0) return []
  return [
    '',
    'Groups',
    ...withdrawn.map((name) => line('withdrawn', name)),
    ...hookLeft.map((name) =>
      line(
        'left alone',
        `${name}: its hook was not put by the guard, or notifies somebody else. While it is there, every termination waits for its time-out: ${deletingHook(name, hookName)}`,
      ),
    ),
    ...retentionLeft.map((name) =>
      line(
        'left alone',
        `${name}: it goes on retaining abandoned instances, as it did when the guard first saw it (or its mark was taken away since, and nobody knows). To switch that off: ` +
          `aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${shellWord(name)} --instance-lifecycle-policy RetentionTriggers={TerminateHookAbandon=terminate}`,
      ),
    ),
    ...retained.map(({ groupName, instanceId }) =>
      line(
        'still kept',
        `${instanceId} of ${groupName}: aws autoscaling terminate-instance-in-auto-scaling-group --no-should-decrement-desired-capacity --instance-id ${instanceId}`,
      ),
    ),
  ]
}

function deletingHook(groupName: string, hookName: string): string {
  return `aws autoscaling delete-lifecycle-hook --lifecycle-hook-name ${hookName} --auto-scaling-group-name ${shellWord(groupName)}`
}

/** Why a deployment without `groups` goes no further where groups are guarded. */
export function noGroupsGiven(enrolled: readonly string[]): string {
  return [
    'No groups are given, but these are guarded, and the deployment would withdraw from all of them:',
    ...enrolled.map((name) => `  ${name}`),
    'Nothing was changed. Parameters are not remembered: repeat all of them, --param="groups=…" first of all. If no group is to be guarded any more:',
    '  --param="groups=none"',
  ].join('\n')
}

/** Why nothing more may be withdrawn now, and what to type. */
export function openActions(
  { open, withdrawn }: Pick<Withdrawal, 'open' | 'withdrawn'>,
  hookName: string,
  where: string,
): string {
  return [
    `Terminations are under way in ${where}; deleting the hook now would end these instances with their logs:`,
    ...standing(open),
    withdrawn.length > 0
      ? `They began while groups were withdrawn: ${withdrawn.join(', ')}. The others were left as they are.`
      : 'Nothing was changed.',
    'The guard finishes them by itself: try again in some minutes. To see how they stand:',
    `  aws autoscaling describe-auto-scaling-instances --instance-ids ${open.map(({ instanceId }) => instanceId).join(' ')}`,
    'To let one go although its logs may be lost:',
    ...lettingGo(open, hookName),
  ].join('\n')
}

/** What is open at hooks that nobody of ours watches any more, and what to type. */
export function hooksLeft(open: readonly ScalingInstance[], hookName: string): string {
  const groups = [...new Set(open.map(({ groupName }) => groupName))]
  return [
    'These instances wait at a hook that was to be deleted, which would end them with their logs. The hook was left, and nobody finishes them:',
    ...standing(open),
    'Save their logs, let them go, and then delete the hook:',
    ...lettingGo(open, hookName),
    ...groups.map((name) => `  ${deletingHook(name, hookName)}`),
  ].join('\n')
}

function standing(open: readonly ScalingInstance[]): string[] {
  return open.map(({ instanceId, groupName, lifecycleState }) =>
    line(instanceId, `${lifecycleState} in ${groupName}`),
  )
}

function lettingGo([first]: readonly ScalingInstance[], hookName: string): string[] {
  return [
    `  aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --lifecycle-hook-name ${hookName} --auto-scaling-group-name ${shellWord(first?.groupName ?? '')} --instance-id ${first?.instanceId}`,
  ]
}

function line(word: string, rest: string): string {
  return `  ${word.padEnd(11)} ${rest}`
}
