import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { DescribeInstancesCommand, EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type JournalLine, parseJournalLine } from '../../../src/journal/journal-line.ts'
import { diskKey } from '../../../src/termination/disk-mark.ts'
import type { Effect } from '../../auto-scaling/auto-scaling.ts'
import type { Random } from '../../random.ts'
import { pick } from '../chance-ids.ts'
import { hookName } from '../installed-guard.ts'
import { type MachineRoom, openMachineRoom } from '../instance/machine-room.ts'
import type { Instance } from '../instance.ts'
import { type LoadBalancer, startLoadBalancer } from '../load-balancer.ts'
import { ConnectionDropped, type LocalAws, type LocalFunction, startLocalAws } from '../local-aws.ts'
import type { Launch } from '../machine.ts'
import { BUCKET, createGroup, deployGuard, ENVIRONMENT_ID, enrolled, GROUP_NAME } from './deployment.ts'
import { type Group, openGroup } from './group.ts'
import { waitFor } from './patience.ts'

export interface StageOptions {
  readonly instances: number
  readonly guarded: boolean
  readonly random: Random
  /** Something is not as it should be, but the day goes on. */
  readonly onProblem: (problem: unknown) => void
  /** Each line of the guard's journal, as it is written. */
  readonly onJournal: (line: JournalLine) => void
  /** The Lambda was killed, as was asked for. */
  readonly onKill: () => void
}

/** Everything the day happens on: an AWS, a group of collectors behind a load balancer and, unless it is left out, the guard. */
export interface Stage {
  readonly group: Group
  readonly s3: S3Client
  /** Where visitors send their events. */
  readonly url: string
  machine(instanceId: string): Instance
  /** `aws ec2 terminate-instances`: nobody asks Auto Scaling. */
  terminateMachine(instanceId: string): Promise<void>
  /** One of the instances in service, by chance; waits until there is one. */
  pickInstance(): Promise<string>
  /** One that the guard, if there is one, has seen: a sweep marks the disks of those that came since the last. */
  pickKnown(): Promise<string>
  /** Kills the Lambda once, at its worst moment: the next command has been sent, and its answer is on the way. */
  killNextPass(): void
  /** What a person's shell needs for the guard's commands; `caller` is in every request that they make. */
  shell(caller: string): Readonly<Record<string, string>>
  /** Sees every request from now on. Answers how to stop that. */
  readonly observe: LocalAws['observe']
  /** Resolves when the guard has nothing left to do: its queue is empty. */
  quiet(): Promise<void>
  /** Ends every process and deletes every file. */
  stop(): Promise<void>
}

/** What is about 10 s of Tomcat's, and an hour of cron's, in a day that takes less than a minute. */
const BUFFER_MS = 5_000
const PUBLISH_EVERY_MS = 10_000
const HEALTH_CHECK = { healthCheckEveryMs: 250, unhealthyThreshold: 2 }
const DRAIN_MS = 500

/** Sets everything up, or leaves nothing behind. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const ground = await prepareGround(options.onProblem)
  try {
    return await furnish(ground, options)
  } catch (error) {
    await ground.stop()
    throw error
  }
}

interface Ground {
  readonly aws: LocalAws
  readonly room: MachineRoom
  readonly balancer: LoadBalancer
  readonly clients: ReturnType<typeof connect>
  stop(): Promise<void>
}

async function prepareGround(onProblem: StageOptions['onProblem']): Promise<Ground> {
  const balancer = await startLoadBalancer(HEALTH_CHECK)
  let room: MachineRoom | undefined
  const launch: Launch = (instance) => {
    if (room === undefined) throw new Error('the machine room is not open yet')
    return room.launch(instance)
  }
  const aws = await startLocalAws({
    launch,
    timings: { drainMs: DRAIN_MS },
    onEffect: (effect) => followTraffic(effect, balancer, room),
    onProblem,
  }).catch(async (error: unknown) => {
    await balancer.close()
    throw error
  })
  room = openRoom(aws)
  const clients = connect(aws)
  const stop = async () => {
    await balancer.close()
    await aws.stop()
    await room.stop()
    for (const client of Object.values(clients)) client.destroy()
  }
  return { aws, room, balancer, clients, stop }
}

async function furnish(ground: Ground, options: StageOptions): Promise<Stage> {
  const { aws, room, balancer, clients, stop } = ground
  const { instances, guarded, random, onProblem } = options
  const group = openGroup(clients.autoScaling, GROUP_NAME)
  balancer.onUnhealthy((instanceId) => void group.markUnhealthy(instanceId).catch(onProblem))
  await aws.createBucket(BUCKET)
  const onLine = (text: string) => {
    const line = parseJournalLine(text)
    if (line !== undefined) options.onJournal(line)
  }
  const guard = guarded ? await deployGuard(aws, onLine) : undefined
  await createGroup(clients.autoScaling, instances)
  if (guard !== undefined) await enrolled(clients.autoScaling)
  await group.when((states) => count(states, 'InService') === instances)
  return {
    group,
    s3: clients.s3,
    url: balancer.url,
    machine: (instanceId) => machineOf(room, instanceId),
    terminateMachine: async (instanceId) => {
      await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))
    },
    pickInstance: async () => {
      await group.when((states) => count(states, 'InService') > 0)
      const [first = '', ...others] = await group.inService()
      return pick(random, [first, ...others])
    },
    pickKnown: () =>
      waitFor('an instance whose disk is marked', async () => {
        const Filters = guarded ? [{ Name: 'tag-key', Values: [diskKey(hookName)] }] : []
        const { Reservations = [] } = await clients.ec2.send(new DescribeInstancesCommand({ Filters }))
        const known = new Set(
          Reservations.flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceId)),
        )
        const [first, ...others] = (await group.inService()).filter((id) => known.has(id))
        return first === undefined ? undefined : pick(random, [first, ...others])
      }),
    killNextPass: () => {
      if (guard !== undefined) killAfterNextCommand(aws, guard.terminations, options.onKill)
    },
    shell: (caller) => ({ ...aws.environment(caller), ...guard?.variables }),
    observe: aws.observe,
    quiet: () => emptied(clients.sqs, guard?.queue.url),
    stop,
  }
}

function openRoom(aws: LocalAws): MachineRoom {
  return openMachineRoom({
    directory: aws.directory,
    environment: { ...aws.environment('INSTANCE'), EB_BUCKET: BUCKET, EB_ENVIRONMENT_ID: ENVIRONMENT_ID },
    bufferMs: BUFFER_MS,
    publishEveryMs: PUBLISH_EVERY_MS,
  })
}

/** The load balancer's side of Auto Scaling: instances are registered when they come into service, and drained before they wait at a hook. */
function followTraffic(effect: Effect, balancer: LoadBalancer, room: MachineRoom | undefined): void {
  if (effect.do === 'deregister') balancer.deregister(effect.instanceId)
  if (effect.do === 'register') balancer.register(machineOf(room, effect.instanceId))
}

function killAfterNextCommand(aws: LocalAws, consumer: LocalFunction, onKill: () => void): void {
  const forget = aws.observe({
    after: ({ operation }, status) => {
      if (operation !== 'SendCommand' || status !== 200) return
      forget()
      consumer.kill()
      onKill()
      throw new ConnectionDropped('the caller was killed')
    },
  })
}

function connect({ endpoints, region, ...aws }: LocalAws) {
  const credentials = aws.credentials('OPERATOR')
  return {
    autoScaling: new AutoScalingClient({ endpoint: endpoints.autoscaling, region, credentials }),
    ec2: new EC2Client({ endpoint: endpoints.ec2, region, credentials }),
    s3: new S3Client({ endpoint: endpoints.s3, region, credentials, forcePathStyle: true }),
    sqs: new SQSClient({ endpoint: endpoints.sqs, region, credentials }),
  }
}

function machineOf(room: MachineRoom | undefined, instanceId: string): Instance {
  const machine = room?.find(instanceId)
  if (machine === undefined) throw new Error(`there is no machine ${instanceId}`)
  return machine
}

function count(states: ReadonlyMap<string, string>, state: string): number {
  return [...states.values()].filter((one) => one === state).length
}

async function emptied(sqs: SQSClient, QueueUrl: string | undefined): Promise<void> {
  if (QueueUrl === undefined) return
  const question = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  })
  const messages = async () => {
    const { Attributes = {} } = await sqs.send(question)
    return Object.values(Attributes).reduce((sum, some) => sum + Number(some), 0)
  }
  await waitFor('the guard’s queue to be empty', async () => ((await messages()) === 0 ? true : undefined), {
    stands: async () => `${await messages()} messages are still there`,
  })
}
