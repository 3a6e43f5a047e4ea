/** The plugin on the local AWS, with as much of Serverless as it uses. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import Enrolment from '../../deploy/plugin.ts'
import { markKey } from '../../src/enrolment/mark.ts'
import { parseSelections } from '../../src/selection.ts'
import { type LocalAws, startLocalAws } from '../../testbed/local/local-aws.ts'
import { eventually } from '../testbed/local/local-aws.ts'
import { tinyMachines } from '../testbed/local/tiny-machine.ts'

const HOOK = 'termination-guard-prod'
const outputs = {
  HookName: HOOK,
  QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:queue',
  NotifierRoleArn: 'arn:aws:iam::111122223333:role/notifier',
}
const environmentBefore = { ...process.env }
const { launch, all: machines } = tinyMachines()
const printed: string[] = []
const log = { notice: (line = '') => void printed.push(line), warning: () => {} }
let aws: LocalAws
let logs: Server
let areLogsDenied = false
/** What CloudWatch Logs was asked for. */
const asked: string[] = []
let autoScaling: AutoScalingClient

beforeAll(async () => {
  aws = await startLocalAws({ launch, onProblem: () => {} })
  Object.assign(process.env, aws.environment('DEPLOYER'))
  logs = createServer(cloudWatchLogs).listen(0, '127.0.0.1')
  await once(logs, 'listening')
  process.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS = `http://127.0.0.1:${(logs.address() as AddressInfo).port}`
  autoScaling = new AutoScalingClient({
    endpoint: aws.endpoints.autoscaling,
    region: aws.region,
    credentials: aws.credentials('DEPLOYER'),
  })
  const sizes = { LaunchTemplate: { LaunchTemplateName: 'web' }, MinSize: 0, MaxSize: 1, DesiredCapacity: 0 }
  const Tags = [{ Key: markKey(HOOK), Value: 'before=terminate heartbeat=3600 retain' }]
  await autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ...sizes, Tags }))
})
afterAll(async () => {
  logs.close()
  delete process.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS
  for (const name of Object.keys(aws.environment())) delete process.env[name]
  Object.assign(process.env, environmentBefore)
  autoScaling.destroy()
  await aws.stop()
  for (const machine of machines.values()) await machine.destroy()
})

/** The sweep's log group is there already, from a deployment that was removed. */
function cloudWatchLogs(request: IncomingMessage, response: ServerResponse): void {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const operation = String(request.headers['x-amz-target']).replace(/.*\./, '')
    const { logGroupName, retentionInDays = '' } = JSON.parse(body)
    asked.push(`${operation} ${logGroupName} ${retentionInDays}`.trim())
    if (areLogsDenied && operation === 'CreateLogGroup') {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no logs for you' }))
      return
    }
    const isThere = operation === 'CreateLogGroup' && logGroupName.endsWith('-sweep')
    response.writeHead(isThere ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(isThere ? { __type: 'ResourceAlreadyExistsException' } : {}))
  })
}

const before = (groups: string, isGuardingNothing: boolean) =>
  plugin({ groups, isGuardingNothing }).hooks['before:deploy:deploy']?.()

interface Given {
  readonly groups: string
  readonly isGuardingNothing?: boolean
  readonly alarmEmail?: string
  readonly heartbeatSeconds?: number
  readonly retain?: boolean
  /** What CloudFormation answers instead of the stack. */
  readonly failure?: Error
}

function plugin({
  groups,
  isGuardingNothing = false,
  alarmEmail,
  heartbeatSeconds = 3600,
  retain = true,
  failure,
}: Given): Enrolment {
  const serverless = {
    service: {
      service: 'termination-guard',
      custom: {
        guard: {
          settings: {
            selections: parseSelections(groups),
            isGuardingNothing,
            name: HOOK,
            logRetentionDays: 90,
            heartbeatSeconds,
            retain,
            prefix: 'logs/{instance}/',
            alarmEmail,
          },
        },
      },
    },
    classes: { Error },
    getProvider: () => ({
      getStage: () => 'prod',
      getRegion: () => aws.region,
      naming: { getStackName: () => HOOK },
      getAwsSdkV3Config: async () => ({ credentials: aws.credentials('DEPLOYER') }),
      getCloudFormationClient: async () => ({
        send: async () => {
          if (failure) throw failure
          return { Stacks: [{ Outputs: listed() }] }
        },
      }),
    }),
  } as unknown as ConstructorParameters<typeof Enrolment>[0]
  return new Enrolment(serverless, {}, { log })
}
const listed = () => Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }))

it('a deployment without groups fails before it begins while a group is guarded, and names it', async () => {
  await expect(before('', false)).rejects.toThrow(/ {2}web\n.*repeat all of them[\s\S]*groups=none/)
  const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
  expect(AutoScalingGroups?.[0]?.Tags?.[0]?.Key).toBe(markKey(HOOK))
})
it('groups=none lets such a deployment go on', async () => {
  await expect(before('', true)).resolves.toBeUndefined()
})
it('a deployment that still chooses some group goes on', async () => {
  await expect(before('other', false)).resolves.toBeUndefined()
})
it('a deployment makes the log groups that are not there, and all keep the journal for so long', async () => {
  asked.length = 0
  await before('other', false)
  const groups = ['terminations', 'sweep', 'enrol', 'audit'].map((name) => `/aws/lambda/${HOOK}-${name}`)
  expect(asked).toEqual(groups.flatMap((name) => [`CreateLogGroup ${name}`, `PutRetentionPolicy ${name} 90`]))
})
it('a deployment whose log groups may not be made says so before it begins: nobody could read why a machine is kept', async () => {
  areLogsDenied = true
  await expect(before('other', false)).rejects.toThrow('no logs for you')
  areLogsDenied = false
})
it('a group that could not be enrolled fails the deployment, and is named: it must not look guarded', async () => {
  // The local AWS has no such queue, so that Auto Scaling cannot publish to it.
  const deployed = plugin({ groups: 'web,new\u001b[2J' }).hooks['after:deploy:deploy']?.()
  await expect(deployed).rejects.toThrow('these groups are not guarded: web')
  // What a terminal would obey is shown, whoever named a group so.
  expect(printed).toContain('  not there   new\\u001b[2J: it is enrolled as soon as it appears')
  expect(printed.join('\n')).toMatch(/ {2}refused {5}web: ValidationError: Unable to publish/)
})
it('one that is no longer chosen is withdrawn from, and that is said; the log groups are made once more, after the stack', async () => {
  printed.length = 0
  asked.length = 0
  await plugin({ groups: 'other' }).hooks['after:deploy:deploy']?.()
  expect(printed).toContain('  withdrawn   web')
  // Whoever deployed a version that had them in the stack has just lost them.
  expect(asked.filter((one) => one.startsWith('PutRetentionPolicy'))).toHaveLength(4)
  const Tags = [{ Key: markKey(HOOK), Value: 'before=terminate heartbeat=3600 retain' }]
  const turned = { AutoScalingGroupName: 'a\u202eb', LaunchTemplate: { LaunchTemplateName: 'web' } }
  const sizes = { MinSize: 0, MaxSize: 1, DesiredCapacity: 0 }
  await autoScaling.send(new CreateAutoScalingGroupCommand({ ...turned, ...sizes, Tags }))
  // And what fails says others' words as a terminal may be sent them.
  await expect(before('', false)).rejects.toThrow('\n  a\\u202eb\n')
  await plugin({ groups: 'other' }).hooks['after:deploy:deploy']?.()
})
it('a first deployment, and a removal of what is gone, look at no group; what CloudFormation refuses is no answer', async () => {
  const answered = (hook: string, message: string) =>
    plugin({ groups: '', failure: new Error(message) }).hooks[hook]?.()
  const gone = `Stack with id ${HOOK} does not exist`
  await expect(answered('before:deploy:deploy', gone)).resolves.toBeUndefined()
  await expect(answered('before:remove:remove', gone)).resolves.toBeUndefined()
  await expect(answered('before:deploy:deploy', 'Rate exceeded')).rejects.toThrow('Rate exceeded')
  await expect(answered('before:remove:remove', 'Rate exceeded')).rejects.toThrow('Rate exceeded')
})
it.each([
  [undefined, [`alarms tell only whoever is subscribed to the topic ${HOOK}-alarms`]],
  ['ops@example.com', []],
])('a deployment says where alarms go to nobody: alarmEmail=%s', async (alarmEmail, expected) => {
  printed.length = 0
  await plugin({ groups: 'other', ...(alarmEmail && { alarmEmail }) }).hooks['after:deploy:deploy']?.()
  const said = printed.filter((line) => line.includes('alarm'))
  expect(said).toEqual(expected.map((one) => expect.stringContaining(one)))
  expect(printed.join('\n')).toContain('  not there   other')
})

it('a group is enrolled as it was said, and forgotten only when the stack is gone: a removal that breaks off finds it again', async () => {
  const { arn } = await aws.createQueue('guard-of-a-life')
  const fiction = outputs.QueueArn
  outputs.QueueArn = arn
  const name = { AutoScalingGroupName: 'life' }
  const sizes = { MinSize: 0, MaxSize: 1, DesiredCapacity: 0 }
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({ ...name, ...sizes, LaunchTemplate: { LaunchTemplateName: 'web' } }),
  )
  const group = async () => {
    const described = { AutoScalingGroupNames: ['life'] }
    const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand(described))
    const { LifecycleHooks = [] } = await autoScaling.send(new DescribeLifecycleHooksCommand(name))
    return {
      heartbeats: LifecycleHooks.map(({ HeartbeatTimeout }) => HeartbeatTimeout),
      retains: AutoScalingGroups?.[0]?.InstanceLifecyclePolicy?.RetentionTriggers?.TerminateHookAbandon,
      isMarked: AutoScalingGroups?.[0]?.Tags?.some(({ Key }) => Key === markKey(HOOK)),
    }
  }
  const deployed = (changes: Partial<Given>) => plugin({ groups: 'life', ...changes }).hooks
  printed.length = 0
  await deployed({ heartbeatSeconds: 1800, retain: false })
    ['after:deploy:deploy']?.()
    .catch(() => undefined)
  expect(await group()).toMatchObject({ heartbeats: [1800], isMarked: true })
  expect((await group()).retains).not.toBe('retain')
  expect(printed.join('\n')).toMatch(/Retention is off \(retain=no\)/)
  printed.length = 0
  await deployed({ heartbeatSeconds: 1800 })
    ['after:deploy:deploy']?.()
    .catch(() => undefined)
  expect(await group()).toMatchObject({ heartbeats: [1800], retains: 'retain', isMarked: true })
  expect(printed.join('\n')).not.toMatch(/Retention is off/)
  const removal = plugin({ groups: '' }).hooks
  await removal['before:remove:remove']?.()
  expect(await group()).toMatchObject({ heartbeats: [], isMarked: true })
  await removal['after:remove:remove']?.()
  expect(await group()).toMatchObject({ heartbeats: [], isMarked: false })
  outputs.QueueArn = fiction
})

describe('while a termination is open in a guarded group', () => {
  const name = { AutoScalingGroupName: 'busy' }
  const described = async () =>
    (await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['busy'] })))
      .AutoScalingGroups?.[0]
  const hooks = async () =>
    (await autoScaling.send(new DescribeLifecycleHooksCommand(name))).LifecycleHooks?.map(
      ({ LifecycleHookName }) => LifecycleHookName,
    )
  const instanceIn = (state: string) =>
    eventually(async () =>
      (await described())?.Instances?.find(({ LifecycleState }) => LifecycleState === state),
    )
  beforeAll(async () => {
    const sizes = { MinSize: 0, MaxSize: 1, DesiredCapacity: 1 }
    const Tags = [{ Key: markKey(HOOK), Value: 'before=terminate heartbeat=3600 retain' }]
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        ...{ ...name, ...sizes, Tags },
        LaunchTemplate: { LaunchTemplateName: 'web' },
        LifecycleHookSpecificationList: [
          { LifecycleHookName: HOOK, LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
        ],
      }),
    )
    const { InstanceId } = await instanceIn('InService')
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
    )
    await instanceIn('Terminating:Wait')
  }, 60_000)

  it.each([
    ['before:deploy:deploy', 'other', 'groups that are no longer chosen'],
    ['after:deploy:deploy', 'other', 'groups that are no longer chosen'],
    ['before:remove:remove', 'busy', 'guarded groups'],
  ])(
    '%s with groups=%s fails, and the hook stays: deleting it would end the instance',
    async (hook, groups, where) => {
      const { InstanceId } = await instanceIn('Terminating:Wait')
      const failed = plugin({ groups }).hooks[hook]?.()
      await expect(failed).rejects.toThrow(
        new RegExp(`under way in ${where}[^]*${InstanceId}[^]*Nothing was changed`),
      )
      expect(await hooks()).toEqual([HOOK])
    },
  )
  it('one whose group stays chosen stands in no deployment’s way', async () => {
    await expect(before('busy', false)).resolves.toBeUndefined()
  })
})
