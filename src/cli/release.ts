/**
 * `release`: ends a kept machine whose logs cannot be had. It is tried once more first; without proof it ends only with `--accept-loss`,
 * and then who ended it, why and what is lost stand in the journal.
 */
import { Command } from 'commander'
import type { ActionEndedEvent } from '../journal/journal.ts'
import { isKept, type LifecycleAction, type Observation } from '../model.ts'
import { explain } from '../termination/explain.ts'
import { waitsToLeave } from '../termination/hold.ts'
import { hasHook } from '../termination/hook.ts'
import { complete, whereabouts } from '../termination/lifecycle-actions.ts'
import { endEvent } from '../termination/tell.ts'
import { answer, withJson } from './answer.ts'
import type { Deployment } from './deployment.ts'
import { type Explained, explained, explanationLines } from './explain.ts'
import { type Ending, follow, untilHeld } from './following.ts'
import { instanceId } from './instance-id.ts'
import { ifInterrupted, unlessInterrupted } from './interruption.ts'
import { lostInVain } from './lost-in-vain.ts'
import { minutes } from './minutes.ts'
import { NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import type { Typed } from './typed.ts'
import { notEmpty, type Where, withWhere } from './where.ts'

/** The load balancer has let go of a kept machine long ago, so its hook begins at once. */
const HOOK_MS = 120_000

interface ReleaseOptions extends Where {
  readonly acceptLoss: boolean
  readonly reason: string | undefined
  readonly wait: number
  readonly json: boolean
}

interface Released {
  readonly instanceId: string
  readonly ended: Ending
  /** Who accepted the loss of what is not proven. */
  readonly acceptedBy?: string
  /** What was seen of it last. */
  readonly explanation?: Explained
}

export function releaseCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('release')))
    .description('end a kept machine: with proof, or with --accept-loss')
    .argument('<instance>', 'the instance id', instanceId)
    .option('--accept-loss', 'end it although its logs are not proven to be in S3', false)
    .option('--reason <text>', 'why, for the journal; needed with --accept-loss', notEmpty)
    .option('--wait <minutes>', 'how long to try once more', minutes, 30)
    .action(async (instance: string, options: ReleaseOptions) => {
      if (options.acceptLoss && !options.reason)
        throw new WrongWords(
          'With --accept-loss, say why: --reason "…". It stands in the journal with your name.',
        )
      const deployment = await surroundings.reach(options)
      await begin(deployment, surroundings, instance, options)
      const released = options.acceptLoss
        ? await letGo(deployment, surroundings, instance, options.reason ?? '')
        : await tryAgain(deployment, surroundings, instance, options.wait * 60_000)
      const { terminal, typed } = surroundings
      answer(terminal, { json: options.json, command: 'release' }, released, (value) =>
        lines(value, surroundings),
      )
      if (released.acceptedBy !== undefined || released.ended === 'left') return
      const goesOn = released.ended === 'interrupted' || released.ended === 'timed out'
      const first = goesOn ? ' so far, and the guard goes on: to follow it, type the same again' : ''
      terminal.complain(
        `Nothing was let go${first}. To end it without its logs:\n  ${typed(`release ${instance} --accept-loss --reason "…"`)}`,
      )
      throw new NotSo()
    })
}

/** A kept machine passes the hook once more: that is AWS's own way out, and our last chance. One that is held is there already. */
async function begin(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  { acceptLoss }: Pick<ReleaseOptions, 'acceptLoss'>,
): Promise<void> {
  const { aws, policy } = deployment
  const { interruption, typed } = surroundings
  const where = await unlessInterrupted(whereabouts(aws, instance), interruption)
  const isOurs = where && (await unlessInterrupted(hasHook(aws, where.groupName, policy), interruption))
  const state = where?.lifecycleState ?? ''
  if (!isOurs || !(isKept(state) || waitsToLeave(state)))
    throw new Refusal(
      `${instance} is ${state || 'in no group'}${isOurs || !where ? '' : ', and its group is not guarded'}: ` +
        `only a machine that the guard holds or keeps can be released. What it is:  ${typed(`explain ${instance}`)}`,
    )
  if (!isKept(state)) return
  if (!acceptLoss) {
    const why = await unlessInterrupted(lostInVain(deployment, surroundings, where.groupName), interruption)
    if (why !== undefined) throw new Refusal(`${instance}: ${why}`)
  }
  await aws.terminateInstanceInAutoScalingGroup({
    InstanceId: instance,
    ShouldDecrementDesiredCapacity: false,
  })
  if (!(await untilHeld(deployment, surroundings, instance, HOOK_MS).catch(ifInterrupted(false)))) {
    const until = interruption.aborted ? ' before the interruption' : ''
    throw new Refusal(
      `${instance} did not reach the hook${until}. What it is:  ${typed(`explain ${instance}`)}`,
    )
  }
}

async function tryAgain(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  waitMs: number,
): Promise<Released> {
  const ended = await follow(deployment, surroundings, instance, waitMs)
  if (ended === 'left' || ended === 'interrupted') return { instanceId: instance, ended }
  const explanation = await explained(deployment, surroundings, instance)
  return { instanceId: instance, ended, explanation }
}

async function letGo(
  deployment: Deployment,
  surroundings: Surroundings,
  instance: string,
  why: string,
): Promise<Released> {
  const { aws, policy } = deployment
  const { clock, typed, interruption } = surroundings
  const explanation = await unlessInterrupted(explain({ aws, clock, policy }, instance), interruption)
  if (explanation.is !== 'held')
    throw new Refusal(`${instance} is not held any more. What it is:  ${typed(`explain ${instance}`)}`)
  const by = await unlessInterrupted(deployment.who(), interruption)
  // Written down before it is done: what is lost without a word is worse than a word too many.
  await deployment.journal.write(releasedEvent(explanation.seen, `${by} accepted the loss: ${why}`))
  const action: LifecycleAction = { ...explanation.seen.action, token: undefined }
  if ((await complete(aws, action, 'CONTINUE', clock.now())) === 'none')
    throw new Refusal(`${instance} was ended by somebody else.`)
  return { instanceId: instance, ended: 'left', acceptedBy: by, explanation }
}

/** What is and is not proven, and what became of it. */
function lines({ instanceId: id, ended, acceptedBy, explanation }: Released, next: Typed): string[] {
  const seen = explanation ? explanationLines(id, explanation, next) : []
  if (acceptedBy !== undefined)
    return [
      ...seen,
      `${id} is let go, and what was not proven is lost. It stands in the journal as accepted by ${acceptedBy}.`,
    ]
  if (ended === 'interrupted') return [`${id}  interrupted: the guard goes on with it.`]
  return ended === 'left' ? [`${id} is let go. What became of it:  ${next.typed(`history ${id}`)}`] : seen
}

function releasedEvent(seen: Observation, reason: string): ActionEndedEvent {
  return endEvent(seen, { do: 'continue', outcome: 'lost', reason })
}
