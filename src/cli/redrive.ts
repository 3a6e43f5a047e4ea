/**
 * `redrive`: the dead letters with their reasons, and away with those that are done with. None goes back: the sweep finds what is held by
 * the instance's state, and the queue admits nobody but Auto Scaling and the guard's own rules.
 */
import type { Message } from '@aws-sdk/client-sqs'
import { Command } from 'commander'
import { parse } from '../termination/message.ts'
import { answer, withJson } from './answer.ts'
import { counted } from './counted.ts'
import type { Deployment } from './deployment.ts'
import { unlessInterrupted } from './interruption.ts'
import { NotSo, Refusal, type Surroundings, WrongWords } from './surroundings.ts'
import { toEach } from './to-each.ts'
import { type Where, withWhere } from './where.ts'

/** While they are read, so that none is read twice; then they are put back into sight, for whoever types the next command. */
const OUT_OF_SIGHT_SECONDS = 60
/** Empty answers in a row after which there are no more: SQS asks only some of its servers each time. */
const EMPTY_ANSWERS = 3
const MAX_SHOWN_BODY = 200

interface RedriveOptions extends Where {
  readonly json: boolean
  readonly discard: boolean
  readonly all: boolean
}

export interface DeadLetter {
  readonly messageId: string
  /** Epoch milliseconds. */
  readonly sentAt: number
  /** Why the guard refused it; `undefined`: it was received too often. */
  readonly refusedBecause: string | undefined
  readonly instanceId: string | undefined
  readonly body: string
  /** What became of it now. */
  readonly fate: 'left' | 'discarded'
  /** Why it could not be discarded. */
  readonly why?: string
}

export function redriveCommand(surroundings: Surroundings): Command {
  return withJson(withWhere(new Command('redrive')))
    .description('the dead letters and their reasons: show them, or discard them')
    .argument('[message...]', 'ids of the messages that are meant')
    .option('--discard', 'away with them', false)
    .option('--all', 'every one of them', false)
    .action(async (ids: string[], options: RedriveOptions) => {
      checkWords(ids, options)
      const deployment = await surroundings.reach(options)
      const meant = (id: string) => options.discard && (options.all || ids.includes(id))
      const letters = await redrive(deployment, surroundings, meant)
      const missing = ids.filter((id) => !letters.some(({ messageId }) => messageId === id))
      answer(surroundings.terminal, { json: options.json, command: 'redrive' }, { letters }, (value) =>
        letterLines(value.letters, surroundings.clock.now()),
      )
      if (missing.length > 0)
        throw new Refusal(
          `Not among the dead letters: ${missing.join(', ')}. One that somebody else looks at is hidden for a minute.`,
        )
      if (letters.some(({ why }) => why !== undefined)) throw new NotSo()
    })
}

function checkWords(ids: readonly string[], { all, discard }: RedriveOptions): void {
  if (!discard && (ids.length > 0 || all))
    throw new WrongWords('What is to become of them? Add --discard; without words they are shown.')
  if (discard && ids.length === 0 && !all)
    throw new WrongWords('Which of them? Name their ids, or add --all. Without --discard they are shown.')
}

async function redrive(
  deployment: Deployment,
  surroundings: Surroundings,
  isMeant: (messageId: string) => boolean,
): Promise<DeadLetter[]> {
  const { aws, policy } = deployment
  const { deadLetterQueueUrl: QueueUrl } = policy
  const all = await unlessInterrupted(everyLetter(deployment), surroundings.interruption)
  const meant = all.filter(({ letter }) => isMeant(letter.messageId))
  const undone = await toEach(
    meant,
    ({ ReceiptHandle }) => aws.deleteMessage({ QueueUrl, ReceiptHandle }),
    ({ letter }) => letter.messageId,
    surroundings,
  )
  const letters: DeadLetter[] = []
  for (const one of all) {
    const why = undone.get(one)
    if (meant.includes(one) && why === undefined) {
      letters.push({ ...one.letter, fate: 'discarded' })
      continue
    }
    letters.push({ ...one.letter, ...(why !== undefined && { why }) })
    await putBack(deployment, one)
  }
  return letters.sort((a, b) => a.sentAt - b.sentAt)
}

interface Received extends Pick<Message, 'ReceiptHandle'> {
  readonly letter: DeadLetter
}

async function everyLetter(deployment: Deployment): Promise<Received[]> {
  const { aws, policy } = deployment
  const found = new Map<string, Received>()
  for (let empty = 0; empty < EMPTY_ANSWERS; ) {
    const { Messages = [] } = await aws
      .receiveMessage({
        QueueUrl: policy.deadLetterQueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: OUT_OF_SIGHT_SECONDS,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      })
      .catch(async (error) => {
        for (const one of found.values()) await putBack(deployment, one)
        throw error
      })
    const fresh = Messages.filter(({ MessageId }) => MessageId && !found.has(MessageId))
    empty = fresh.length === 0 ? empty + 1 : 0
    for (const message of fresh) {
      const letter = readLetter(message)
      found.set(letter.messageId, { letter, ReceiptHandle: message.ReceiptHandle })
    }
  }
  return [...found.values()]
}

/** Without the right to it they come back into sight by themselves, after that minute. */
async function putBack({ aws, policy }: Deployment, { ReceiptHandle }: Received): Promise<void> {
  await aws
    .changeMessageVisibility({ QueueUrl: policy.deadLetterQueueUrl, ReceiptHandle, VisibilityTimeout: 0 })
    .catch(() => undefined)
}

function readLetter({ MessageId = '', Body = '', Attributes, MessageAttributes }: Message): DeadLetter {
  const message = parse(Body)
  return {
    messageId: MessageId,
    sentAt: Number(Attributes?.SentTimestamp ?? 0),
    refusedBecause: MessageAttributes?.RefusedBecause?.StringValue,
    instanceId: 'instanceId' in message ? message.instanceId : undefined,
    body: Body,
    fate: 'left',
  }
}

function letterLines(letters: readonly DeadLetter[], now: number): string[] {
  if (letters.length === 0) return ['There are no dead letters.']
  return [
    ...letters.flatMap(({ messageId, sentAt, refusedBecause, instanceId, body, fate, why }) => [
      `${messageId}  ${instanceId ?? ''}  ${new Date(sentAt || now).toISOString()}${fate === 'left' ? '' : `  ${fate}`}${why === undefined ? '' : `  not discarded: ${why}`}`,
      `    ${refusedBecause ?? 'received too often: the sweep looks after its instance'}`,
      `    ${body.replaceAll(/\s+/g, ' ').slice(0, MAX_SHOWN_BODY)}`,
    ]),
    `${counted(letters.length, 'dead letter')}.`,
  ]
}
