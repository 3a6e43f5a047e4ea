/** What a deployment and a removal say of groups: nothing that stays as it is, or goes on costing money, is left out. */
import { spawnSync } from 'node:child_process'
import { expect, it } from '@jest/globals'
import { enrolmentReport, hooksLeft, openActions, withdrawalReport } from '../../deploy/report.ts'
import type { EnrolmentEvent } from '../../src/journal/journal.ts'
import { parseSelections } from '../../src/selection.ts'

const NAME = "the owner's $(group)"
const instanceId = 'i-0123456789abcdef0'
const nothing = { open: [], withdrawn: [], hookLeft: [], retentionLeft: [], retained: [] }
const event: EnrolmentEvent = {
  ...{ event: 'enrolment', trigger: 'deployment', guarded: [], enrolled: [], changed: [] },
  ...{ refused: [], differs: [], missing: [] },
}
const wanted = (retain: boolean) => ({
  ...{
    selections: parseSelections('web,api'),
    hookName: 'guard',
    queueArn: 'arn:q',
    notifierRoleArn: 'arn:r',
  },
  ...{ heartbeatTimeoutSeconds: 3600, archivePrefix: 'logs/{instance}/', retain },
})

/** The lines' beginnings, which say what became of each. */
const first = (lines: readonly string[]) => lines.map((line) => line.slice(0, 13).trim()).filter(Boolean)

it('says of each group what became of it, and what a person set is left alone', () => {
  const lines = enrolmentReport(
    {
      ...event,
      guarded: ['web', 'api', 'old'],
      enrolled: ['web'],
      changed: [
        { groupName: 'web', what: 'the hook was put' },
        { groupName: 'api', what: 'retention was switched on' },
      ],
      refused: [{ groupName: 'taken', why: 'it has a hook' }],
      differs: [{ groupName: 'old', what: 'its heartbeat is 60 s' }],
      missing: ['new'],
    },
    wanted(true),
  )
  const words = ['Groups', 'enrolled', 'changed', 'unchanged', 'refused', 'left alone', 'not there']
  expect(first(lines)).toEqual(words)
  expect(lines.join('\n')).toContain('old: its heartbeat is 60 s')
})

it('says what retain=no means, and nothing of it otherwise', () => {
  const said = (retain: boolean) => enrolmentReport({ ...event, guarded: ['web'] }, wanted(retain)).join('\n')
  expect(said(false)).toMatch(/Retention is off \(retain=no\): .* lost with it/)
  expect(said(true)).not.toMatch(/Retention/)
})

it('a withdrawal names the hooks, the retention and the machines that it leaves, each with what to type', () => {
  const lines = withdrawalReport(
    {
      ...nothing,
      withdrawn: [NAME],
      hookLeft: [NAME],
      retentionLeft: [NAME],
      retained: [{ groupName: NAME, instanceId, lifecycleState: 'Terminating:Retained' }],
    },
    'guard',
  )
  expect(first(lines)).toEqual(['Groups', 'withdrawn', 'left alone', 'left alone', 'still kept'])
  expect(typed(lines)).toEqual([
    ['delete-lifecycle-hook', '--lifecycle-hook-name', 'guard', '--auto-scaling-group-name', NAME],
    [
      ...['update-auto-scaling-group', '--auto-scaling-group-name', NAME, '--instance-lifecycle-policy'],
      'RetentionTriggers={TerminateHookAbandon=terminate}',
    ],
    [
      ...['terminate-instance-in-auto-scaling-group', '--no-should-decrement-desired-capacity'],
      ...['--instance-id', instanceId],
    ],
  ])
})

it('what waits at a hook is let go by a command that names its group, whatever that is named', () => {
  const open = [{ groupName: NAME, instanceId, lifecycleState: 'Terminating:Wait' }]
  const completing = [
    ...[
      'complete-lifecycle-action',
      '--lifecycle-action-result',
      'CONTINUE',
      '--lifecycle-hook-name',
      'guard',
    ],
    ...['--auto-scaling-group-name', NAME, '--instance-id', instanceId],
  ]
  expect(typed(openActions({ open, withdrawn: [] }, 'guard', 'guarded groups').split('\n'))).toContainEqual(
    completing,
  )
  expect(typed(hooksLeft(open, 'guard').split('\n'))).toContainEqual(completing)
})

/** The commands in lines, as a shell would hand their words to the AWS CLI. */
function typed(lines: readonly string[]): string[][] {
  return lines.flatMap((line) => {
    const [, command] = /aws autoscaling (.*)$/.exec(line) ?? []
    if (command === undefined) return []
    const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    return [stdout.split('\0').slice(0, -1)]
  })
}
