/** What the recovery sees of a machine that our hook holds, and what it does to one whose agent is silent. */
import type { AwsApi } from '../aws/api.ts'
import { type Asked, ask } from '../aws/ask.ts'
import { belongs, type Invocation, listInvocations } from '../flush/commands.ts'
import type { Guard } from '../guard.ts'
import type { LifecycleAction } from '../model.ts'
import { isUndelivered } from '../termination/evidence.ts'
import { isHeldItself, whereabouts } from '../termination/lifecycle-actions.ts'
import { describedInstance } from '../termination/machine-state.ts'
import { type Agent, agentsOf } from './agents.ts'
import type { HeldLook } from './ladder.ts'
import { onceMark, readOnceMark, rebootKey } from './once-mark.ts'

/** Of the console's last 64 KB, so many characters stand in the journal. */
const MAX_CONSOLE_CHARACTERS = 4000

/** Everything that a reboot hinges on, asked just before. */
export async function lookAtHeld(
  { aws, clock, policy }: Pick<Guard, 'aws' | 'clock' | 'policy'>,
  action: LifecycleAction,
): Promise<{ readonly look: HeldLook; readonly agent: Agent | undefined }> {
  const { instanceId } = action
  const listed = await listTwice(aws, policy.documentName, instanceId, clock.now())
  const ours = listed.filter((one) => belongs(one, action)).map(({ flush }) => flush)
  const machine = await machineOf(aws, instanceId, rebootKey(policy.hookName))
  const agent = (await agentsOf(aws, [instanceId])).get(instanceId)
  const state = (await whereabouts(aws, instanceId))?.lifecycleState
  return {
    agent,
    look: {
      ...machine,
      isHeld: state === 'Terminating:Wait' && (await isHeldItself(aws, action)),
      isFlushing: listed.some(({ flush }) => flush.status === 'running' && !isWaiting(flush)),
      wasFlushed: ours.some(({ status }) => status === 'succeeded'),
      said: ours.find(({ said }) => said !== undefined)?.said,
      unfetchedAt: unfetchedAt(ours.find(({ status }) => status !== 'running')),
    },
  }
}

/** One empty answer does not say that nothing was flushed, and a reboot where something was may cost what is written after it. */
async function listTwice(...question: Parameters<typeof listInvocations>): Promise<Invocation[]> {
  const listed = await listInvocations(...question)
  return listed.length > 0 ? listed : await listInvocations(...question)
}

function unfetchedAt(ended: Invocation['flush'] | undefined): number | undefined {
  return ended && isUndelivered(ended) ? ended.requestedAt : undefined
}

/** Sent, and not fetched: it runs when the agent is back. */
function isWaiting({ statusDetails }: Invocation['flush']): boolean {
  return /^(Pending|Delayed)$/.test(statusDetails)
}

async function machineOf(
  aws: AwsApi,
  instanceId: string,
  key: string,
): Promise<Pick<HeldLook, 'isRunning' | 'rebootedAt'>> {
  const instance = await describedInstance(aws, instanceId)
  return { isRunning: instance?.State?.Name === 'running', rebootedAt: readOnceMark(key, instance?.Tags) }
}

/** The end of what stands on the machine's console, or why it cannot be had. */
export async function consoleOf(aws: AwsApi, instanceId: string): Promise<string> {
  const asked = await readConsole(aws, instanceId)
  if (asked.is === 'refused') return `cannot be had: ${asked.why}`
  return asked.answer.slice(-MAX_CONSOLE_CHARACTERS) || 'nothing'
}

/** All of it that EC2 keeps. Its latest is kept for Nitro instances only; others show what they said at boot. */
export async function readConsole(aws: AwsApi, InstanceId: string): Promise<Asked<string>> {
  const latest = await ask(() => aws.getConsoleOutput({ InstanceId, Latest: true }))
  const asked =
    latest.is === 'answered' && latest.answer.Output
      ? latest
      : await ask(() => aws.getConsoleOutput({ InstanceId }))
  if (asked.is === 'refused') return asked
  const text = Buffer.from(asked.answer.Output ?? '', 'base64').toString('utf8')
  return { is: 'answered', answer: text.replaceAll(/[^\P{C}\n]/gu, '') }
}

/** At most once an action: the tag comes first, and where it cannot be written, nothing is rebooted. */
export async function reboot({ aws, clock, policy }: Guard, instanceId: string): Promise<void> {
  const Tags = onceMark(rebootKey(policy.hookName), clock.now())
  await aws.createTags({ Resources: [instanceId], Tags })
  await aws.rebootInstances({ InstanceIds: [instanceId] })
}
