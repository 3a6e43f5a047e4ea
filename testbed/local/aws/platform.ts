/** Auto Scaling, EC2, Systems Manager, EventBridge and SNS, wired to each other, to the queues and to the machines. */
import { randomUUID } from 'node:crypto'
import { newSsm, type SsmOptions } from '../ssm/command-store.ts'
import { advanceDelivery, nextDeliveryDue } from '../ssm/delivery.ts'
import { ssmOperations } from '../ssm/ssm-operations.ts'
import { registerAgents } from '../ssm/targets.ts'
import type { Services } from '../wire/server.ts'
import { type Compute, createCompute } from './compute.ts'
import type { Disks } from './disks.ts'
import { createMachines, type Machines } from './ec2-machines.ts'
import { createEventBridge, type EventBridge } from './event-bridge.ts'
import { type LocalAwsOptions, localTimings } from './local-options.ts'
import type { Queues } from './queues.ts'
import { createTargetGroups } from './target-groups.ts'
import { createTopics, type Topics } from './topics.ts'
import { createWake } from './wake.ts'

export interface Platform {
  readonly services: Services
  readonly compute: Compute
  readonly machines: Machines
  readonly bus: EventBridge
  readonly topics: Topics
  readonly now: () => number
  /** Applies what became due and waits until it has happened. */
  settle(): Promise<void>
  /** Nothing happens by itself any more; machines are switched off and their disks deleted. */
  stop(): Promise<void>
}

interface Surroundings {
  readonly region: string
  readonly accountId: string
  readonly queues: Queues
  readonly disks: Disks
}

export function createPlatform(
  options: LocalAwsOptions,
  { region, accountId, queues, disks }: Surroundings,
): Platform {
  const { clock } = options
  const now = clock === undefined ? Date.now : () => clock.now()
  const failed = options.onProblem ?? ((error: unknown) => console.error(error))
  const bus = createEventBridge({
    rules: options.rules ?? [],
    fate: options.eventFate ?? (() => 'deliver'),
    send: queues.send,
    failed,
  })
  const topics = createTopics(region, accountId, failed)
  const machines = createMachines(options.launch, disks, failed)
  const nextDue = () => {
    const due = [compute.model.nextDue(), nextDeliveryDue(ssm)].filter((at) => at !== undefined)
    return clock === undefined && due.length > 0 ? Math.min(...due) : undefined
  }
  const tick = () => {
    compute.settle()
    registerAgents(ssm)
    advanceDelivery(ssm)
    wake.plan()
  }
  const targetGroups = createTargetGroups(
    () => compute.model,
    now,
    options.targetHealth ?? (() => ({ State: 'healthy' })),
  )
  const wake = createWake(now, nextDue, tick)
  const compute = createCompute(
    {
      region,
      accountId,
      now,
      timings: { ...localTimings, ...options.timings },
      machines,
      canNotify: async (arn) => topics.has(arn) || queues.exists(arn),
      notify: (arn, body) => (topics.has(arn) ? topics.notify(arn, body) : queues.send(arn, body)),
      publish: bus.publish,
      onEffect: (effect) => {
        targetGroups.follow(effect)
        options.onEffect?.(effect)
      },
      failed,
    },
    () => {
      // A machine may just have started, and its agent with it.
      registerAgents(ssm)
      wake.plan()
    },
  )
  const ssm = newSsm({
    region,
    accountId,
    newId: randomUUID,
    now,
    lagMs: options.commandLagMs ?? 100,
    ...running(compute, machines, now),
    publish: bus.publish,
    putObject: queues.putObject,
  })
  const identity = { Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId, Account: accountId }
  return {
    now,
    bus,
    topics,
    compute,
    machines,
    services: {
      autoscaling: compute.autoscaling,
      ec2: compute.ec2,
      rbin: compute.rbin,
      elasticloadbalancing: targetGroups.operations,
      sns: topics.operations,
      ssm: ssmOperations(ssm, wake.plan),
      sts: { GetCallerIdentity: () => identity },
    },
    async settle() {
      // What one round starts may make something due in the next.
      for (let round = 0; round < 3; round += 1) {
        tick()
        await compute.idle()
        await bus.idle()
      }
    },
    async stop() {
      wake.stop()
      bus.stop()
      await compute.idle()
      await machines.stop()
      await bus.idle()
    },
  }
}

/** Only machines that EC2 has running can be commanded. */
function running(
  compute: Compute,
  machines: Machines,
  now: () => number,
): Pick<SsmOptions, 'machine' | 'ready' | 'instanceIds' | 'tagsOf'> {
  const all = () => compute.model.instances().filter(({ machine }) => machine === 'running')
  return {
    machine: (id) => (all().some((instance) => instance.id === id) ? machines.get(id) : undefined),
    ready: machines.ready,
    instanceIds: () => all().map(({ id }) => id),
    tagsOf: (id) => tagsOf(compute, now(), id),
  }
}

function tagsOf({ model }: Compute, now: number, instanceId: string): Readonly<Record<string, string>> {
  const { Reservations = [] } = model.call(now, 'DescribeInstances', { InstanceIds: [instanceId] })
  const tags = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(({ Tags = [] }) => Tags)
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}
