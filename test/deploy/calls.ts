/** What the guard's functions really ask of AWS: production code in the simulator's world, with every call written down. */
import type { ListCommandInvocationsCommandOutput } from '@aws-sdk/client-ssm'
import type { SQSRecord } from 'aws-lambda'
import type { FunctionName } from '../../deploy/environment.ts'
import { audit } from '../../src/audit/audit.ts'
import type { AwsApi, ObjectBody } from '../../src/aws/api.ts'
import { enrolAndTell } from '../../src/enrolment/enrol.ts'
import type { Guard } from '../../src/guard.ts'
import type { Policy } from '../../src/policy.ts'
import { markDisks } from '../../src/recovery/mark-disks.ts'
import { recover } from '../../src/recovery/recover.ts'
import { RUNGS, type Rung } from '../../src/rungs.ts'
import { waitingAndRetained } from '../../src/sweep/waiting.ts'
import { consume } from '../../src/termination/consume.ts'
import { keptByBin } from '../../src/termination/disk-mark.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { Run } from '../../testbed/simulator/run.ts'
import { type Operation, perform, serviceOf } from '../../testbed/simulator/seam-operations.ts'
import { HOOK, QUEUE_ARN } from '../../testbed/simulator/setting.ts'
import { World } from '../../testbed/simulator/world.ts'

export interface Call {
  readonly by: FunctionName
  readonly operation: Operation
  readonly input: Readonly<Record<string, unknown>>
  /** Under which policy it was made: what is ours, and where the archive is. */
  readonly policy: Policy
}

const MINUTE = 60_000

/** What ends in the dead-letter queue; only few worlds have it. */
const UNREADABLE = {
  messageId: 'unreadable',
  receiptHandle: 'unreadable',
  body: '{}',
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
} as unknown as SQSRecord

/**
 * All calls of one seed's day: the queue's consumer and the sweep by themselves; enrolment, audit and passes of our own in between, every
 * second time with outputs that SSM has cut. `rungs`: none but these are climbed.
 */
export async function callsOf(seed: number, rungs?: readonly Rung[]): Promise<Call[]> {
  const world = new World(seed, { isTraced: false })
  const calls: Call[] = []
  const policy = withEnrolment(world, rungs ?? RUNGS)
  const { setting } = world
  if (rungs) setting.policy = { ...setting.policy, recovery: { ...setting.policy.recovery, rungs } }
  const note = (by: FunctionName, operation: Operation, input: object) =>
    void calls.push({ by, operation, input: input as Call['input'], policy })
  world.watchWith([
    {
      called: (run, operation, input) =>
        note(run.messages.length > 0 ? 'terminations' : 'sweep', operation, input),
    },
  ])
  world.begin()
  keepMarkedDisks(world)
  for (let step = 1; step <= 16; step++) {
    await world.time.run(world.time.now + 15 * MINUTE, () => false)
    const as = (...by: readonly FunctionName[]) => {
      const noteAll = (operation: Operation, input: object) => {
        for (const one of by) note(one, operation, input)
      }
      return guardOf(world, policy, noteAll, step % 2 === 0)
    }
    if (step % 6 === 0) disturb(world)
    const enrolments = [
      () => enrolAndTell(as('sweep'), { trigger: 'sweep' }),
      () => enrolAndTell(as('enrol'), { trigger: 'launch', groupName: world.setting.groups[0]?.name }),
    ]
    for (const enrolment of seed % 2 === 0 ? enrolments : enrolments.reverse()) await enrolment()
    if (step % 5 === 0) silence(world, step % 2 === 0)
    await markDisks(as('sweep'), namesOf(world), [], () => MINUTE)
    if (step % 4 === 0) lose(world)
    for (let look = 0; look < 4; look++) {
      await recoverAll(as('sweep'))
      // Long enough for a reboot to have its time, and for a snapshot.
      await world.time.run(world.time.now + 2.5 * MINUTE, () => false)
    }
    await audit(as('audit'), () => MINUTE)
    await consume(as('terminations'), [UNREADABLE], () => MINUTE)
    // The consumer and the sweep make the same passes, also of an action that was adopted: its flush's status event reaches the queue.
    for (const { groupName, instance, token: given, startedAt } of world.region.openActions()) {
      const token = step % 3 === 0 ? undefined : given
      const action = { groupName, instanceId: instance.id, hookName: HOOK, token, startedAt }
      await reconcile(as('terminations', 'sweep'), action).catch(() => {})
    }
  }
  return calls
}

/** The agent of a machine that is held dies before its first flush, of a full disk or otherwise. */
function silence({ region, time, ssm }: World, isDiskFull: boolean): void {
  for (const { machine, instance } of region.openActions()) {
    if (ssm.commandsOf(instance.id).length > 0) continue
    machine.agent = 'gone'
    machine.disk.isFull = isDiskFull
    machine.unheardSince = time.now - 30 * MINUTE
  }
}

/** As the deployment's rule has it. */
function keepMarkedDisks({ region }: World): void {
  region.call({ by: 'operator' }, 'CreateRule', {
    ResourceType: 'EBS_VOLUME',
    ResourceTags: keptByBin(HOOK),
    RetentionPeriod: { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' },
  })
}

/** A host fails. */
function lose({ region }: World): void {
  const one = region.model.instances().find(({ lifecycleState }) => lifecycleState === 'InService')
  if (one) region.loseMachine(one.id)
}

function namesOf({ setting }: World): string[] {
  return setting.groups.map(({ name }) => name)
}

/** What the sweep does by itself with what is kept. */
async function recoverAll(guard: Guard): Promise<void> {
  await recover(guard, await waitingAndRetained(guard.aws), () => MINUTE)
}

/** Every group is chosen by its name, and silence is noticed soon. */
function withEnrolment({ setting }: World, rungs: readonly Rung[]): Policy {
  return {
    ...setting.policy,
    auditAfterSeconds: 1800,
    recovery: { rungs, retryAfterSeconds: 60, rebootAfterSeconds: 60, atOnce: 5 },
    enrolment: {
      selections: setting.groups.map(({ name }) => ({ by: 'name', name })),
      queueArn: QUEUE_ARN,
      notifierRoleArn: 'arn:aws:iam::000000000000:role/notifier',
      retain: true,
    },
  }
}

/** The world without its faults, below one invocation that nothing kills. */
function guardOf(
  world: World,
  policy: Policy,
  note: (operation: Operation, input: object) => void,
  isOutputCut: boolean,
): Guard {
  const run = new Run(world, 0, MINUTE, [])
  const { setting, time, region, views, ssm, bucket, queue, deadLetters } = world
  // Its time stands still meanwhile, and a body that stalls would never be given up.
  const services = {
    ...{ setting, time, region, views, ssm, bucket, queue, deadLetters },
    mayStall: (body: ObjectBody) => body,
    saw: () => {},
  }
  const call = (operation: Operation) => async (input: object) => {
    note(operation, input)
    const answer = perform(services, run, operation, input)
    return isOutputCut && operation === 'listCommandInvocations' ? cut(answer) : answer
  }
  const operations = Object.keys(serviceOf) as Operation[]
  return {
    aws: Object.fromEntries(operations.map((operation) => [operation, call(operation)])) as unknown as AwsApi,
    clock: { now: () => world.time.now },
    random: () => 0.5,
    policy,
    journal: () => {},
  }
}

/** Somebody deletes the first group's hook, and it is to come back. */
function disturb(world: World): void {
  const [first] = world.setting.groups
  // The day's own operator may have deleted the group before.
  if (!first || !world.region.hookOf(first.name)) return
  const cause = { by: 'operator' } as const
  const input = { AutoScalingGroupName: first.name, LifecycleHookName: HOOK }
  world.region.call(cause, 'DeleteLifecycleHook', input)
}

/** As SSM lists the output of a command that said more than 2,500 characters. */
function cut(answer: unknown): unknown {
  const listed = answer as ListCommandInvocationsCommandOutput
  const plugins = [{ Output: '---Output truncated---' }]
  return {
    ...listed,
    CommandInvocations: listed.CommandInvocations?.map((one) => ({ ...one, CommandPlugins: plugins })),
  }
}
