/** Enrolment, audit and withdrawal on the local AWS: the packaged functions, real machines, real shells. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { functionNames } from '../../deploy/environment.ts'
import { statementsOf } from '../../deploy/roles.ts'
import { readSettings } from '../../deploy/settings.ts'
import type { AwsApi } from '../../src/aws/api.ts'
import { connect } from '../../src/aws/sdk.ts'
import { enrol } from '../../src/enrolment/enrol.ts'
import { markKey } from '../../src/enrolment/mark.ts'
import type { Wanted } from '../../src/enrolment/plan.ts'
import { forget, withdraw } from '../../src/enrolment/withdraw.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'
import { parseSelections } from '../../src/selection.ts'
import {
  hookName,
  type InstalledGuard,
  installGuard,
  notifierRoleArn,
  patientWaits,
} from '../../testbed/local/installed-guard.ts'
import { type MachineRoom, openMachineRoom } from '../../testbed/local/instance/machine-room.ts'
import { ConnectionDropped, type LocalAws, startLocalAws } from '../../testbed/local/local-aws.ts'
import { eventually } from '../testbed/local/local-aws.ts'
import { defaults } from './defaults.ts'

const BUCKET = 'logs-of-the-account'
const GROUPS = 'tag:team=data'
const QUICK = {
  ...patientWaits,
  AUDIT_AFTER_SECONDS: '12',
  ADOPT_AFTER_SECONDS: '1',
  HEARTBEAT_TIMEOUT_SECONDS: '60',
}

let aws: LocalAws
let room: MachineRoom
let autoScaling: AutoScalingClient
let guard: InstalledGuard
let api: AwsApi
let wanted: Wanted
let areNotificationsLost = false
/** It enrols what is new, too, and may be the first. */
let isSweepHindered = false
let isNobodyLeft = false
const journal: JournalEvent[] = []
/** `function action`, as IAM names it. */
const calls = new Set<string>()
const environmentBefore = { ...process.env }

beforeAll(async () => {
  aws = await startLocalAws({
    launch: (instance) => room.launch(instance),
    observer: {
      before: ({ operation, caller }) => {
        if (areNotificationsLost && operation === 'SendMessage' && caller === 'INTERNAL')
          throw new ConnectionDropped()
        if (isNobodyLeft && /^(sweep|enrol)/.test(caller)) throw new ConnectionDropped()
        if (isSweepHindered && operation === 'PutLifecycleHook' && caller.startsWith('sweep'))
          throw new ConnectionDropped()
      },
    },
    onProblem: () => {},
  })
  aws.observe({
    before: ({ caller, service, operation }) =>
      void calls.add(`${caller.split('.')[0]} ${iamAction(service, operation)}`),
  })
  room = openMachineRoom({
    directory: aws.directory,
    environment: { ...aws.environment('INSTANCE'), EB_BUCKET: BUCKET, EB_ENVIRONMENT_ID: 'e-abcdefghij' },
    bufferMs: 200,
    // Nobody rotates or publishes by the hour here: that is what the audit is to find.
    publishEveryMs: undefined,
  })
  const credentials = aws.credentials('OPERATOR')
  autoScaling = new AutoScalingClient({
    endpoint: aws.endpoints.autoscaling,
    region: aws.region,
    credentials,
  })
  await aws.createBucket(BUCKET)
  await createGroup('first')
  const profile = join(aws.directory, 'quick-beanstalk.json')
  await writeFile(profile, JSON.stringify({ ...loadProfile('beanstalk'), bufferSeconds: 1 }))
  guard = await installGuard(aws, {
    bucket: BUCKET,
    profile,
    groups: GROUPS,
    waits: QUICK,
    sweepEveryMs: 1500,
    auditEveryMs: 3000,
    onLine: (text) => {
      const line = parseJournalLine(text)
      if (line) journal.push(line.event)
    },
  })
  Object.assign(process.env, aws.environment('DEPLOYER'))
  api = connect(aws.region)
  wanted = {
    selections: parseSelections(GROUPS),
    hookName,
    queueArn: guard.queue.arn,
    notifierRoleArn,
    heartbeatTimeoutSeconds: 60,
    retain: true,
    archivePrefix: loadProfile('beanstalk').archivePrefix,
  }
}, 60_000)
afterAll(async () => {
  for (const name of Object.keys(aws.environment())) delete process.env[name]
  Object.assign(process.env, environmentBefore)
  autoScaling.destroy()
  await aws.stop()
  await room.stop()
})

/** IAM's name of an operation, where it is not the API's own. */
function iamAction(service: string, operation: string): string {
  const names: Record<string, string> = { ListObjectsV2: 'ListBucket', HeadObject: 'GetObject' }
  return `${service}:${names[operation] ?? operation}`
}

async function createGroup(AutoScalingGroupName: string): Promise<void> {
  const Tags = Object.entries({ team: 'data', 'elasticbeanstalk:environment-id': 'e-abcdefghij' }).map(
    ([Key, Value]) => ({
      Key,
      Value,
      PropagateAtLaunch: true,
    }),
  )
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 0,
      MaxSize: 2,
      DesiredCapacity: 1,
      Tags,
    }),
  )
}

async function group(name: string) {
  const { AutoScalingGroups } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  )
  return AutoScalingGroups?.[0]
}
async function hook(AutoScalingGroupName: string) {
  const { LifecycleHooks } = await autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName }),
  )
  return LifecycleHooks?.[0]
}
const inService = (name: string) =>
  eventually(
    async () =>
      (await group(name))?.Instances?.find(({ LifecycleState }) => LifecycleState === 'InService')
        ?.InstanceId,
  )
const terminate = (InstanceId: string) =>
  autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
  )
const told = (event: JournalEvent['event'], about: object = {}) =>
  eventually(() =>
    journal.find(
      (told) =>
        told.event === event &&
        Object.entries(about).every(([key, value]) => Reflect.get(told, key) === value),
    ),
  )

async function visit(instanceId: string): Promise<void> {
  const url = room.find(instanceId)?.url
  for (let event = 0; event < 20; event++) await fetch(`${url}/i?e=pv&eid=${instanceId}-${event}`)
}

describe('on the local AWS', () => {
  it('a group is enrolled by its tag at deployment', async () => {
    const first = await enrol(api, wanted, { trigger: 'deployment' })
    expect(first.refused).toEqual([])
    expect(first.guarded).toEqual(['first'])
    expect(await hook('first')).toMatchObject({
      DefaultResult: 'ABANDON',
      NotificationTargetARN: guard.queue.arn,
    })
  })

  it('a group that is created later is enrolled by its first launch', async () => {
    isSweepHindered = true
    await createGroup('second')
    await told('enrolment', { trigger: 'launch' })
    isSweepHindered = false
    expect(await hook('second')).toBeDefined()
    expect((await group('second'))?.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon).toBe(
      'retain',
    )
  })

  it('a hook that was deleted by hand comes back', async () => {
    await inService('second')
    await autoScaling.send(
      new DeleteLifecycleHookCommand({ AutoScalingGroupName: 'second', LifecycleHookName: hookName }),
    )
    expect(await eventually(() => hook('second'))).toMatchObject({ NotificationTargetARN: guard.queue.arn })
  })

  it('an instance that publishes nothing is found and flushed by the audit, and stays in service', async () => {
    const instanceId = await inService('first')
    await visit(instanceId)
    // Its log is open, and would be copied and cut off: an audit leaves it alone rather than cost a line.
    const found = await told('audited', { instanceId, finding: 'silent' })
    expect(found).toMatchObject({ commandId: expect.any(String) })
    expect(await inService('first')).toBe(instanceId)
    expect(await fetch(`${room.find(instanceId)?.url}/healthcheck`).then(({ status }) => status)).toBe(200)
  })

  it('while an action is open, withdrawal refuses and changes nothing', async () => {
    areNotificationsLost = true
    const instanceId = await inService('second')
    await visit(instanceId)
    await terminate(instanceId)
    const scope = { hookName, queueArn: guard.queue.arn }
    const refused = await withdraw(api, scope)
    expect(refused).toMatchObject({ withdrawn: [], open: [{ groupName: 'second', instanceId }] })
    expect(await hook('first')).toBeDefined()
  })

  it('an action whose notification was lost is adopted by the sweep and ends proven', async () => {
    const ended = await told('action-ended')
    expect(ended).toMatchObject({ groupName: 'second', outcome: 'archived' })
    areNotificationsLost = false
  })

  it('a termination whose notification arrives ends proven, too', async () => {
    const instanceId = await inService('first')
    await visit(instanceId)
    await terminate(instanceId)
    expect(await told('action-ended', { instanceId })).toMatchObject({
      groupName: 'first',
      outcome: 'archived',
    })
    await eventually(async () => (await group('first'))?.Instances?.length === 0)
  })

  it('without an open action, withdrawal leaves nothing', async () => {
    await eventually(async () => (await group('second'))?.Instances?.length === 0)
    await autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'second', DesiredCapacity: 0 }),
    )
    const scope = { hookName, queueArn: guard.queue.arn }
    expect(await withdraw(api, scope)).toMatchObject({ open: [], withdrawn: ['first', 'second'] })
    await guard.sweep.invoke({})
    // The functions go before what is left is forgotten: another sweep would put it back.
    isNobodyLeft = true
    await forget(api, scope)
    for (const name of ['first', 'second']) {
      expect(await hook(name)).toBeUndefined()
      const found = await group(name)
      expect(found?.Tags?.map(({ Key }) => Key)).not.toContain(markKey(hookName))
      expect(found?.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon).not.toBe('retain')
    }
  })
  it.each(functionNames)('%s made no call that its role does not allow', (name) => {
    const statements = statementsOf(readSettings(hookName, { ...defaults, groups: GROUPS }), name)
    const allowed = new Set(statements.flatMap(({ Action }) => Action))
    const made = [...calls]
      .filter((call) => call.startsWith(`${name} `))
      .map((call) => call.split(' ')[1] ?? '')
    expect(made.length).toBeGreaterThan(1)
    expect(made.filter((action) => !allowed.has(action))).toEqual([])
  })
})
