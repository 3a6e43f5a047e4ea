/** `status`: one screen of what the guard holds, what is kept, and whether it is well itself. */
import { Command } from 'commander'
import type { AwsApi } from '../aws/api.ts'
import { queued } from '../aws/queued.ts'
import type { JournalEvent } from '../journal/journal.ts'
import { parseJournalLine } from '../journal/journal-line.ts'
import { copiesOf } from '../recovery/copies.ts'
import { orphansOf } from '../recovery/marked-disks.ts'
import { waitingAndRetained } from '../sweep/waiting.ts'
import { deadlineSeconds } from '../termination/deadline.ts'
import { explain } from '../termination/explain.ts'
import { hasHook } from '../termination/hook.ts'
import { again } from './again.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { replacementsUnderWay } from './group-facts.ts'
import { unlessInterrupted, untilInterrupted } from './interruption.ts'
import { keptInstances } from './kept.ts'
import { known } from './known.ts'
import { type Prices, price, pricePerDay } from './price.ts'
import { type StatusScreen, statusLines } from './status-lines.ts'
import type { Surroundings } from './surroundings.ts'
import { type Where, withWhere } from './where.ts'

const WATCH_MS = 5000
/** Held actions that are looked at closely; of the others only the number is told. */
const MAX_EXPLAINED = 20
const SWEEP_WINDOW_MS = 3600_000

interface StatusOptions extends Where {
  readonly watch: boolean
  readonly price: Prices
  readonly json: boolean
}

export function statusCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('status')))
    .description('what the guard holds and keeps now, and whether it is well')
    .option('--watch', 'show it again every 5 seconds', false)
    .option(
      '--price <type=amount>',
      'what an hour of an instance type costs; again for each type',
      price,
      new Map() as Prices,
    )
    .action(async (options: StatusOptions) => {
      const deployment = await surroundings.reach(options)
      const shown = () => show(deployment, surroundings, options)
      const { interruption } = surroundings
      if (options.watch) await untilInterrupted(again(shown, WATCH_MS, surroundings), interruption)
      else await unlessInterrupted(shown(), interruption)
    })
}

async function show(
  deployment: Deployment,
  surroundings: Surroundings,
  { watch, json, price: prices }: StatusOptions,
): Promise<void> {
  const { terminal, clock, typed } = surroundings
  const screen = await look(deployment, surroundings, prices)
  if (watch && terminal.isInteractive && !json) terminal.clear()
  answer(terminal, { json, command: 'status' }, screen, (value) => statusLines(value, clock.now(), typed))
}

async function look(deployment: Deployment, { clock }: Surroundings, prices: Prices): Promise<StatusScreen> {
  const { aws, policy, name } = deployment
  const { waiting, retained } = await waitingAndRetained(aws)
  const underWay = await replacementsUnderWay(aws)
  const ours = await guardedGroups(aws, policy, [...waiting, ...retained, ...underWay])
  const held = waiting.filter(({ groupName }) => ours.has(groupName))
  const explained: StatusScreen['held'][number][] = []
  const asked = held.slice(0, MAX_EXPLAINED)
  for (const { instanceId, groupName } of asked) {
    const explanation = await explain({ aws, clock, policy }, instanceId)
    if (explanation.is !== 'held') continue
    const { seen, decision } = explanation
    explained.push({
      instanceId,
      groupName,
      since: seen.action.startedAt,
      until: seen.action.startedAt + deadlineSeconds(seen, policy) * 1000,
      next: decision.do,
      reason: decision.reason,
    })
  }
  const kept = await keptInstances(
    aws,
    retained.filter(({ groupName }) => ours.has(groupName)),
  )
  return {
    deployment: name,
    held: explained,
    heldInAll: held.length - asked.length + explained.length,
    kept: kept.map((one) => ({ ...one, pricePerDay: pricePerDay(one.instanceType, prices) })),
    replacing: underWay.filter(({ groupName }) => ours.has(groupName)),
    messages: await countMessages(aws, policy.queueUrl),
    deadLetters: await countMessages(aws, policy.deadLetterQueueUrl),
    lastSweep: await lastSweep(deployment, clock.now()),
    disks: await disksOf(deployment),
  }
}

/** What recovery made or restored costs money, whether or not it is switched on any more. */
async function disksOf({ aws, policy }: Deployment): Promise<StatusScreen['disks']> {
  const asked = await known(async () => ({
    copies: (await copiesOf(aws, policy.hookName)).map(({ instanceId, snapshots, volumes }) => ({
      instanceId,
      ids: [...snapshots.map((one) => one.snapshotId), ...volumes.map((one) => one.volumeId)],
      since: Math.min(...snapshots.map((one) => one.startedAt), ...volumes.map((one) => one.createdAt)),
    })),
    left: (await orphansOf(aws, policy.hookName)).map(({ instanceId, volumeId }) => ({
      instanceId,
      volumeId,
    })),
  }))
  return asked.is === 'answered' ? asked.answer : { copies: [], left: [], unread: asked.why }
}

async function guardedGroups(
  aws: AwsApi,
  policy: Deployment['policy'],
  instances: readonly { readonly groupName: string }[],
): Promise<ReadonlySet<string>> {
  const guarded = new Set<string>()
  for (const groupName of new Set(instances.map((one) => one.groupName)))
    if (await hasHook(aws, groupName, policy)) guarded.add(groupName)
  return guarded
}

/** In sight, in flight and delayed together: each is a termination that is not over, or a status event. */
function countMessages(aws: AwsApi, queueUrl: string): Promise<number> {
  return queued(aws, queueUrl, 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed')
}

async function lastSweep({ journal }: Deployment, now: number): Promise<StatusScreen['lastSweep']> {
  let newest: StatusScreen['lastSweep']
  for await (const lines of journal.read(parseJournalLine, now - SWEEP_WINDOW_MS))
    for (const { at, event } of lines)
      if (isSweep(event) && at > (newest?.at ?? 0)) newest = { at, failed: event.failed }
  return newest
}

function isSweep(event: JournalEvent): event is Extract<JournalEvent, { event: 'sweep' }> {
  return event.event === 'sweep'
}
