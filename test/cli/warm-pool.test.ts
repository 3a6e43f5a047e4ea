/** A warm pool under the packaged guard: who leaves it, who returns to it, and whose machine is switched off meanwhile. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PutWarmPoolCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling'
import { EC2Client, StartInstancesCommand } from '@aws-sdk/client-ec2'
import { expect, it } from '@jest/globals'
import { afterwards, eventually } from '../testbed/local/local-aws.ts'
import { guardedAws } from './guarded-aws.ts'
import { typeGuard } from './typing.ts'

/** A group of one, and one more in its pool. */
async function pooled(PoolState: 'Stopped' | 'Running', ReuseOnScaleIn = false) {
  const local = await guardedAws({})
  afterwards(local.stop)
  const { aws, autoScaling, credentials } = local
  const ec2 = new EC2Client({ endpoint: aws.endpoints.ec2, region: aws.region, credentials })
  afterwards(() => ec2.destroy())
  const [serving] = await local.createGroup({ name: 'web', instances: 1, retains: true })
  if (serving === undefined) throw new Error('the group has no instance')
  const put = (MaxGroupPreparedCapacity: number) =>
    autoScaling.send(
      new PutWarmPoolCommand({
        ...{ AutoScalingGroupName: 'web', MaxGroupPreparedCapacity, PoolState },
        InstanceReusePolicy: { ReuseOnScaleIn },
      }),
    )
  return {
    ...{ ...local, put, serving },
    /** The one that the pool gets. */
    async spare() {
      await put(2)
      return await eventually(
        () =>
          aws.model.instances().find(({ lifecycleState }) => lifecycleState === `Warmed:${PoolState}`)?.id,
      )
    },
    start: (id: string) => ec2.send(new StartInstancesCommand({ InstanceIds: [id] })),
    want: (DesiredCapacity: number) =>
      autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity })),
    journal: () => readFileSync(join(aws.directory, 'journal.jsonl'), 'utf8'),
    type: (...words: string[]) => typeGuard(local.environment, words).told,
  }
}

it('a machine that is switched off waits to be started, by word, and is then archived', async () => {
  const { spare, put, state, start, type } = await pooled('Stopped')
  const id = await spare()
  await put(1)
  await eventually(async () => (await state(id)) === 'Warmed:Terminating:Wait')
  await eventually(async () => (await type('explain', id)).out.includes('the machine is stopped'))
  expect((await type('status')).out).toMatch(
    new RegExp(`${id}[^\n]*\n?[^\n]*the machine is stopped, and nothing can run on it`),
  )
  await start(id)
  await eventually(async () => (await state(id)) === undefined)
  expect((await type('history', id)).out).toContain('archived')
}, 300_000)

it('a machine that runs in the pool is archived when it leaves it', async () => {
  const { spare, put, state, type } = await pooled('Running')
  const id = await spare()
  await put(1)
  await eventually(async () => (await state(id)) === undefined)
  expect((await type('history', id)).out).toContain('archived')
}, 300_000)

it('a machine that returns to the pool is archived first, and again when it leaves the group for good', async () => {
  const { put, state, serving, want, start, journal, type } = await pooled('Stopped', true)
  await put(1)
  await fetch(`${serving.url}/i?e=pv`)
  await want(0)
  const id = serving.instanceId
  await eventually(async () => (await state(id)) === 'Warmed:Stopped')
  expect((await type('history', id)).out).toContain('archived')
  await put(0)
  await eventually(async () => (await state(id)) === 'Warmed:Terminating:Wait')
  await start(id)
  await eventually(async () => (await state(id)) === undefined)
  const ends = journal().match(/"event":"action-ended"/g)
  expect(ends?.length).toBeGreaterThanOrEqual(2)
}, 300_000)
