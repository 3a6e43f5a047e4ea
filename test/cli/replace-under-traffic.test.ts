/** `replace` as a person types it, of the only instance of a group under traffic, on the AWS on this machine. */
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { expect, it } from '@jest/globals'
import { BUCKET, ENVIRONMENT_ID } from '../../testbed/local/demo/deployment.ts'
import { archivedEventIds, countEvents } from '../../testbed/local/demo/event-ledger.ts'
import { hasLeft } from '../../testbed/local/demo/group.ts'
import { type Stage, setStage } from '../../testbed/local/demo/stage.ts'
import { PUBLISH_PREFIX } from '../../testbed/local/instance/disk.ts'
import { startTraffic } from '../../testbed/local/traffic.ts'
import { seededRandom } from '../../testbed/random.ts'
import { afterwards, eventually } from '../testbed/local/local-aws.ts'
import { typeGuard } from './typing.ts'

/** Whoever types is known by this in every request. */
const PERSON = 'PERSON'

/** Types the command; it is killed, as by a lost terminal, right after this call has had its effect. */
async function type(stage: Stage, words: readonly string[], killedAfter?: string) {
  const { child, told } = typeGuard(stage.shell(PERSON), words)
  const forget = stage.observe({
    after: ({ caller, operation }) => {
      if (caller === PERSON && operation === killedAfter) child.kill('SIGKILL')
    },
  })
  const ended = await told
  forget()
  return ended
}

async function furnish() {
  const random = seededRandom(7)
  const stage = await setStage({
    ...{ instances: 1, guarded: true, random },
    ...{ onProblem: () => undefined, onJournal: () => undefined, onKill: () => undefined },
  })
  afterwards(stage.stop)
  const shell: Readonly<Record<string, string | undefined>> = stage.shell('TEST')
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = shell
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = shell
  const credentials = { accessKeyId, secretAccessKey }
  const autoScaling = new AutoScalingClient({ endpoint, region, credentials })
  afterwards(() => autoScaling.destroy())
  // Full, so that room must be made for the second instance.
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: stage.group.name, MaxSize: 1 }),
  )
  const traffic = startTraffic({ url: stage.url, eventsPerSecond: 40, random })
  afterwards(traffic.stop)
  await eventually(() => traffic.accepted.size > 40)
  const look = async () =>
    (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.[0]
  /** Everybody goes home; what was accepted is counted in S3. */
  const ledger = async () => {
    await traffic.stop()
    await stage.group.setDesiredCapacity(0)
    await stage.group.when((states) => [...states.values()].every(hasLeft))
    await stage.quiet()
    return countEvents(traffic.accepted, await archivedEventIds(stage.s3, BUCKET, PUBLISH_PREFIX), [])
  }
  return { stage, traffic, look, ledger }
}

it('interrupted at each of its steps and typed again, it drops no request, loses no event, and leaves the group as it was', async () => {
  const { stage, traffic, look, ledger } = await furnish()
  const [old = ''] = await stage.group.inService()
  let largest = 0
  const watching = setInterval(async () => {
    largest = Math.max(largest, (await stage.group.inService()).length)
  }, 200)
  afterwards(() => clearInterval(watching))
  const steps = [
    ...['CreateOrUpdateTags', 'UpdateAutoScalingGroup', 'SetDesiredCapacity', 'DescribeTargetHealth'],
    'TerminateInstanceInAutoScalingGroup',
  ]
  for (const step of steps)
    expect([step, (await type(stage, ['replace', old], step)).code]).toEqual([step, null])
  const last = await type(stage, ['replace', old])
  expect(last).toMatchObject({ code: 0, out: expect.stringContaining(`${old} is let go. What was proven:`) })
  expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1 })
  expect((await look())?.Tags?.map(({ Key }) => Key)).not.toContain('termination-guard:replacing')
  const states = await stage.group.states()
  expect([...states].map(([id, state]) => [id === old, state])).toEqual([[false, 'InService']])
  clearInterval(watching)
  expect(largest).toBe(2)
  expect(traffic.dropped).toEqual([])
  expect(await ledger()).toMatchObject({ lost: 0, kept: 0 })
}, 900_000)

it('undone while both serve, and interrupted at each step of that, it lets the second one go as every instance goes', async () => {
  const { stage, traffic, look, ledger } = await furnish()
  const [old = ''] = await stage.group.inService()
  expect((await type(stage, ['replace', old], 'SetDesiredCapacity')).code).toBeNull()
  await stage.group.when(
    (states) => [...states.values()].filter((state) => state === 'InService').length === 2,
  )
  const [second = ''] = (await stage.group.inService()).filter((id) => id !== old)
  const before = traffic.accepted.size
  await eventually(() => traffic.accepted.size > before + 100)
  const changes = ['TerminateInstanceInAutoScalingGroup', 'UpdateAutoScalingGroup']
  for (const step of ['DescribeInstances', ...changes])
    expect([step, (await type(stage, ['replace', old, '--undo'], step)).code]).toEqual([step, null])
  expect(await type(stage, ['replace', old, '--undo'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('take the tag termination-guard:replacing from'),
  })
  expect(await look()).toMatchObject({ MaxSize: 1, DesiredCapacity: 1 })
  expect((await look())?.Tags?.map(({ Key }) => Key)).not.toContain('termination-guard:replacing')
  await stage.group.when((states) => !states.has(second))
  expect([...(await stage.group.states())]).toEqual([[old, 'InService']])
  // It was no bystander: what it had answered is in S3, since the hook held it.
  const itsPrefix = `${PUBLISH_PREFIX}${ENVIRONMENT_ID}/${second}/`
  expect((await archivedEventIds(stage.s3, BUCKET, itsPrefix)).length).toBeGreaterThan(0)
  expect(traffic.dropped).toEqual([])
  expect(await ledger()).toMatchObject({ lost: 0, kept: 0 })
  expect(await type(stage, ['replace', old, '--undo'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is nothing to undo'),
  })
}, 900_000)
