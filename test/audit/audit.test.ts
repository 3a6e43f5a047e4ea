import { beforeEach, describe, expect, it } from '@jest/globals'
import { audit } from '../../src/audit/audit.ts'
import type { AwsApi } from '../../src/aws/api.ts'
import { listInvocations, personComment } from '../../src/flush/commands.ts'
import type { Guard } from '../../src/guard.ts'
import { isLoud, type JournalEvent } from '../../src/journal/journal.ts'
import type { Policy } from '../../src/policy.ts'
import { parseSelections } from '../../src/selection.ts'
import { identify } from '../../src/termination/identify.ts'
import { manifestLine } from '../one-instance.ts'
import { policy as base, file, START } from '../termination/observations.ts'

const GROUP = 'awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1A2B3C'
const IDS = ['i-00000000000000001', 'i-00000000000000002', 'i-00000000000000003']
const now = START + 24 * 3_600_000
const policy: Policy = {
  ...base,
  enrolment: {
    selections: parseSelections(GROUP),
    queueArn: 'arn:q',
    notifierRoleArn: 'arn:r',
    retain: true,
  },
}

/** Three instances in service that never published; each operation can be replaced. */
let aws: Partial<Record<keyof AwsApi, (input: never) => unknown>>
let sent: { InstanceIds?: string[]; Comment?: string; Parameters?: Record<string, string[]> }[]
let journal: JournalEvent[]
const guard = (): Guard => ({
  aws: Object.fromEntries(
    Object.entries(aws).map(([name, call]) => [name, async (input: never) => call(input)]),
  ) as unknown as AwsApi,
  clock: { now: () => now },
  random: () => 0.5,
  policy,
  journal: (event) => void journal.push(event),
})
const told = (event: string) => journal.filter((one) => one.event === event)

beforeEach(() => {
  sent = []
  journal = []
  aws = {
    describeAutoScalingGroups: () => ({
      AutoScalingGroups: [
        {
          AutoScalingGroupName: GROUP,
          Instances: [
            ...IDS.map((InstanceId) => ({ InstanceId, LifecycleState: 'InService' })),
            { InstanceId: 'i-0000000000000000f', LifecycleState: 'Terminating:Wait' },
          ],
        },
      ],
    }),
    describeLifecycleHooks: () => ({ LifecycleHooks: [{ LifecycleHookName: policy.hookName }] }),
    describeInstances: ({ InstanceIds: [InstanceId] }: { InstanceIds: string[] }) => ({
      Reservations: [{ Instances: [{ InstanceId, LaunchTime: new Date(START) }] }],
    }),
    listObjectsV2: () => ({ Contents: [] }),
    listCommandInvocations: () => ({ CommandInvocations: [] }),
    sendCommand: (input) => {
      sent.push(input)
      return { Command: { CommandId: `c-${sent.length}` } }
    },
  }
})

describe('the audit', () => {
  it('flushes every silent instance in service without stopping its writer, and none that is leaving', async () => {
    await audit(guard(), () => 60_000)
    expect(sent.flatMap(({ InstanceIds }) => InstanceIds).sort()).toEqual(IDS)
    expect(sent.map(({ Parameters }) => Parameters?.Purpose)).toEqual([['audit'], ['audit'], ['audit']])
    expect(told('audited')).toHaveLength(3)
    expect(told('audited')[0]).toMatchObject({ finding: 'silent', files: 0, unproven: [] })
    expect(told('audited').some(isLoud)).toBe(false)
  })
  it('one instance that fails does not stop the others, and is told', async () => {
    aws.listObjectsV2 = ({ Prefix }: { Prefix: string }) => {
      if (Prefix.includes('2/')) throw new Error('S3 is tired')
      return { Contents: [] }
    }
    await audit(guard(), () => 60_000)
    expect(sent).toHaveLength(2)
    expect(told('audit-failed')).toEqual([
      expect.objectContaining({ instanceId: IDS[1], errorMessage: 'S3 is tired' }),
    ])
    expect(told('audit')).toEqual([expect.objectContaining({ instances: 3, failed: 1 })])
  })
  it('one group that cannot be looked at does not stop the others, and is told', async () => {
    const instances = [{ InstanceId: 'i-00000000000000009', LifecycleState: 'InService' }]
    const first = aws.describeAutoScalingGroups?.({} as never) as { AutoScalingGroups: object[] }
    const other = { AutoScalingGroupName: 'other', Instances: instances }
    aws.describeAutoScalingGroups = () => ({ AutoScalingGroups: [other, ...first.AutoScalingGroups] })
    aws.describeLifecycleHooks = ({ AutoScalingGroupName }: { AutoScalingGroupName: string }) => {
      if (AutoScalingGroupName === 'other') throw new Error('Rate exceeded')
      return { LifecycleHooks: [{ LifecycleHookName: policy.hookName }] }
    }
    await audit(guard(), () => 60_000)
    expect(sent.flatMap(({ InstanceIds }) => InstanceIds).sort()).toEqual(IDS)
    expect(told('group-failed')).toEqual([
      expect.objectContaining({ groupName: 'other', errorMessage: 'Rate exceeded' }),
    ])
  })
  it('does not ask of the same group first each time, since time may be short for the last', async () => {
    const inService = { Instances: [{ InstanceId: IDS[0], LifecycleState: 'InService' }] }
    const groups = ['web', 'api'].map((AutoScalingGroupName) => ({ AutoScalingGroupName, ...inService }))
    aws.describeAutoScalingGroups = () => ({ AutoScalingGroups: groups })
    const first = new Set<string | undefined>()
    for (const draws of [
      [0.1, 0.9],
      [0.9, 0.1],
    ]) {
      const asked: string[] = []
      aws.describeLifecycleHooks = ({ AutoScalingGroupName }: { AutoScalingGroupName: string }) => {
        asked.push(AutoScalingGroupName)
        return {}
      }
      await audit({ ...guard(), random: () => draws.shift() ?? 0 }, () => 60_000)
      first.add(asked[0])
    }
    expect(first).toEqual(new Set(['web', 'api']))
  })
  it('does not look at the same instance of a group first each time either', async () => {
    const first = new Set<string>()
    for (const draws of [
      [0.5, 0.1, 0.5, 0.9],
      [0.5, 0.9, 0.5, 0.1],
    ]) {
      const asked: string[] = []
      aws.listObjectsV2 = ({ Prefix = '' }: { Prefix?: string }) => {
        asked.push(Prefix)
        return { Contents: [] }
      }
      await audit({ ...guard(), random: () => draws.shift() ?? 0.5 }, () => 60_000)
      first.add(asked[0] ?? '')
    }
    expect(first.size).toBe(2)
  })
  it('goes by its own flush for as long as an instance may be silent, and then flushes anew', async () => {
    const of = (InstanceId: string, secondsAgo: number) => ({
      ...{
        InstanceId,
        CommandId: 'c-0',
        Comment: `audit:${GROUP}`,
        Status: 'Failed',
        StatusDetails: 'Failed',
      },
      RequestedDateTime: new Date(now - secondsAgo * 1000),
    })
    const limit = policy.auditAfterSeconds
    aws.listCommandInvocations = ({ InstanceId }: { InstanceId: string }) => ({
      CommandInvocations: [of(InstanceId, InstanceId === IDS[0] ? limit + 1 : limit - 1)],
    })
    await audit(guard(), () => 60_000)
    const findings = told('audited').map(
      (one) => 'finding' in one && [one.instanceId, one.finding, one.commandId],
    )
    expect(findings.toSorted()).toEqual([
      [IDS[0], 'silent', expect.stringMatching(/^c-[1-3]$/)],
      // Of one that is judged, the flush that was judged is named.
      [IDS[1], 'failed', 'c-0'],
      [IDS[2], 'failed', 'c-0'],
    ])
  })
  it('counts as findings what is bad news, and no silence', async () => {
    await audit(guard(), () => 60_000)
    expect(told('audit')).toEqual([expect.objectContaining({ instances: 3, findings: 0, failed: 0 })])
  })
  it('asks when a machine was launched where its newest object is old: it may have been away, and is young again', async () => {
    aws.listObjectsV2 = () => ({
      Contents: [{ Key: 'k', Size: 1, ETag: '"e"', LastModified: new Date(now - 48 * 3_600_000) }],
    })
    aws.describeInstances = ({ InstanceIds: [InstanceId] }: { InstanceIds: string[] }) => ({
      Reservations: [{ Instances: [{ InstanceId, LaunchTime: new Date(now - 60_000) }] }],
    })
    await audit(guard(), () => 60_000)
    expect([sent, told('audited')]).toEqual([[], []])
  })
  it('names the first ten of the files that are not proven', async () => {
    const files = Array.from({ length: 12 }, (_, at) => ({ ...file, path: `/var/log/${at}.gz` }))
    aws.listCommandInvocations = ({ InstanceId }: { InstanceId: string }) => ({
      CommandInvocations: [
        {
          ...{
            InstanceId,
            CommandId: 'c-1',
            Comment: `audit:${GROUP}`,
            Status: 'Success',
            StatusDetails: 'Success',
          },
          RequestedDateTime: new Date(now - 3_600_000),
          CommandPlugins: [
            {
              Output: manifestLine(files, [], 86_400, 'audit', InstanceId),
              ResponseFinishDateTime: new Date(now - 3_590_000),
            },
          ],
        },
      ],
    })
    await audit(guard(), () => 60_000)
    const [one] = told('audited')
    expect(one).toMatchObject({ finding: 'unproven', files: 12 })
    expect(one && 'unproven' in one && one.unproven).toHaveLength(10)
  })
  it('an agent that does not answer is a finding: a termination would end with a kept machine', async () => {
    aws.sendCommand = () => {
      throw Object.assign(new Error(''), { name: 'InvalidInstanceId' })
    }
    await audit(guard(), () => 60_000)
    expect(told('audited')).toEqual(IDS.map(() => expect.objectContaining({ finding: 'unreachable' })))
    expect(told('audited').every(isLoud)).toBe(true)
  })
  it('an instance that was terminated since its group was listed is no finding', async () => {
    aws.sendCommand = () => {
      throw Object.assign(new Error(''), { name: 'InvalidInstanceId' })
    }
    aws.describeInstances = ({ InstanceIds: [id] }: { InstanceIds: string[] }) => ({
      Reservations: [
        {
          Instances: [
            {
              InstanceId: id,
              LaunchTime: new Date(START),
              State: { Name: id === IDS[0] ? 'shutting-down' : 'running' },
            },
          ],
        },
      ],
    })
    await audit(guard(), () => 60_000)
    expect(told('audited').map((one) => 'instanceId' in one && one.instanceId)).toEqual(IDS.slice(1))
    expect(told('audit')).toEqual([expect.objectContaining({ instances: 3, findings: 2, failed: 0 })])
  })
  it.each([
    [
      'S3 does not list its objects',
      'listObjectsV2' as const,
      /S3 does not let the guard list .*AccessDenied/,
    ],
    ['SSM refuses to send', 'sendCommand' as const, /SSM refuses to send a flush: .*AccessDenied/],
  ])('where %s it could not look, which is told of each instance and is no finding', async (_, call, why) => {
    aws[call] = () => {
      throw Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    }
    await audit(guard(), () => 60_000)
    expect(told('audited')).toEqual([])
    expect(told('audit-failed')).toEqual(
      IDS.map(() => expect.objectContaining({ errorMessage: expect.stringMatching(why) })),
    )
    expect(told('audit')).toEqual([expect.objectContaining({ findings: 0, failed: 3 })])
  })
  it('the next audit uploads what the flush of the last left out, and takes nobody else’s flush for that', async () => {
    const lines = (id: string) => manifestLine([file], [], 86_400, 'audit', id)
    const of = (InstanceId: string, Comment: string) => ({
      ...{ InstanceId, CommandId: 'c-1', Comment, Status: 'Success', StatusDetails: 'Success' },
      RequestedDateTime: new Date(now - 3_600_000),
      CommandPlugins: [{ Output: lines(InstanceId), ResponseFinishDateTime: new Date(now - 3_590_000) }],
    })
    aws.listCommandInvocations = ({ InstanceId }: { InstanceId: string }) => ({
      CommandInvocations: [of(InstanceId, InstanceId === IDS[0] ? `audit:${GROUP}` : personComment(GROUP))],
    })
    await audit(guard(), () => 60_000)
    const findings = told('audited').map((one) => 'finding' in one && one.finding)
    expect(findings.toSorted()).toEqual(['silent', 'silent', 'unproven'])
    const uploads = sent.map(({ InstanceIds, Parameters }) => [InstanceIds?.[0], Parameters?.Upload?.[0]])
    const [first, ...others] = uploads.toSorted(([a = ''], [b = '']) => a.localeCompare(b))
    expect(new Set(others.map(([, upload]) => upload)).size).toBe(1)
    expect(first?.[1]).not.toBe(others[0]?.[1])
  })
  it('looks at no instance when its time is nearly over, and says how many it left out', async () => {
    await audit(guard(), () => 1000)
    expect(sent).toEqual([])
    expect(told('audit')).toEqual([expect.objectContaining({ deferred: 3 })])
  })
  it('E1: waits for a flush that runs for longer than an instance may be silent', async () => {
    const RequestedDateTime = new Date(now - (policy.auditAfterSeconds + 60) * 1000)
    aws.listCommandInvocations = ({ InstanceId }: { InstanceId: string }) => ({
      CommandInvocations: [
        { InstanceId, CommandId: 'c-1', Comment: `audit:${GROUP}`, Status: 'InProgress', RequestedDateTime },
      ],
    })
    await audit(guard(), () => 60_000)
    expect(sent).toEqual([])
    expect(told('audited')[0]).toMatchObject({ finding: 'flushing' })
  })

  it('leaves a group alone that is chosen but not enrolled', async () => {
    aws.describeLifecycleHooks = () => ({ LifecycleHooks: [] })
    await audit(guard(), () => 60_000)
    expect(sent).toEqual([])
  })
  it('S1: nor is a person’s, however long its group’s name: it is nobody’s, and no audit’s', async () => {
    const listed = {
      CommandId: 'c-1',
      InstanceId: IDS[0],
      // As many characters as a token has.
      Comment: personComment('g'.repeat(30)),
      Status: 'Success',
      RequestedDateTime: new Date(now),
    }
    aws.listCommandInvocations = () => ({ CommandInvocations: [listed] })
    const [invocation] = await listInvocations(guard().aws, policy.documentName, String(IDS[0]), now)
    expect(invocation).toMatchObject({ isAudit: false, belongsTo: undefined })
  })
  it('S1: its flush is never taken for a termination’s', async () => {
    await audit(guard(), () => 60_000)
    const [first] = sent
    const listed = {
      CommandId: 'c-1',
      InstanceId: IDS[0],
      Comment: first?.Comment,
      Status: 'Success',
      RequestedDateTime: new Date(now),
    }
    aws.listCommandInvocations = () => ({ CommandInvocations: [listed] })
    const [invocation] = await listInvocations(guard().aws, policy.documentName, String(IDS[0]), now)
    expect(invocation).toMatchObject({ isAudit: true, belongsTo: undefined })
    expect(await identify(guard(), { instanceId: String(IDS[0]), commandId: 'c-1' })).toBeUndefined()
  })
})
