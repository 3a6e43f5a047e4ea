/** What fauxqs does not have of dead-letter queues: whose they are, and move tasks, which send messages back or elsewhere. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '@aws-sdk/client-sqs'
import { AwsError } from '../../aws-error.ts'
import type { Operation } from '../wire/operation.ts'
import type { Queues } from './queues.ts'

interface Task {
  readonly id: string
  readonly source: string
  readonly destination: string | undefined
  readonly perSecond: number | undefined
  readonly startedAt: number
  readonly toMove: number
  moved: number
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  failure: string | undefined
}

const mostPerSecond = 500
const mostListed = 10

/** By AWS's names. `queues` is asked for when it is needed: the server must listen first. */
export function messageMoves(queues: () => Queues): Readonly<Record<string, Operation>> {
  // Newest first.
  const tasks: Task[] = []
  return {
    ListDeadLetterSourceQueues: async ({ QueueUrl = '' }: { readonly QueueUrl?: string }) => {
      const { QueueArn = '' } = await queues().attributes(QueueUrl)
      const sources = await queues().sourcesOf(QueueArn)
      return { queueUrls: await Promise.all(sources.map(queues().urlOf)) }
    },
    StartMessageMoveTask: async (input: {
      readonly SourceArn?: string
      readonly DestinationArn?: string
      readonly MaxNumberOfMessagesPerSecond?: number
    }) => {
      const { SourceArn: source = '', DestinationArn: destination } = input
      const perSecond = input.MaxNumberOfMessagesPerSecond
      if (perSecond !== undefined && !(perSecond >= 1 && perSecond <= mostPerSecond))
        throw invalid(`MaxNumberOfMessagesPerSecond must be between 1 and ${mostPerSecond}.`)
      await mustExist(queues(), source, 'SourceArn')
      if (destination !== undefined) await mustExist(queues(), destination, 'DestinationArn')
      const sources = await queues().sourcesOf(source)
      if (sources.length === 0) throw invalid('Source queue must be configured as a Dead Letter Queue.')
      if (tasks.some((task) => task.source === source && isUnderWay(task)))
        throw invalid(
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        )
      const task: Task = {
        ...{ id: randomUUID(), source, destination, perSecond, startedAt: Date.now() },
        ...{ toMove: await queues().waiting(source), moved: 0, status: 'RUNNING', failure: undefined },
      }
      tasks.unshift(task)
      void move(queues(), task).catch((error: unknown) => {
        Object.assign(task, { status: 'FAILED', failure: String(error) })
      })
      return { TaskHandle: handleOf(task) }
    },
    ListMessageMoveTasks: async (input: { readonly SourceArn?: string; readonly MaxResults?: number }) => {
      const { SourceArn: source = '', MaxResults: most = 1 } = input
      if (most < 1 || most > mostListed) throw invalid(`MaxResults must be between 1 and ${mostListed}.`)
      await mustExist(queues(), source, 'SourceArn')
      const found = tasks.filter((task) => task.source === source).slice(0, most)
      return { Results: found.map(described) }
    },
    CancelMessageMoveTask: async ({ TaskHandle }: { readonly TaskHandle?: string }) => {
      const task = tasks.find((one) => handleOf(one) === TaskHandle)
      if (task === undefined) throw notFound('Task does not exist.')
      if (task.status !== 'RUNNING') throw notFound('Only active tasks can be cancelled.')
      task.status = 'CANCELLING'
      return { ApproximateNumberOfMessagesMoved: task.moved }
    },
  }
}

/** Until nothing is left, or somebody cancels. What was moved stays moved. */
async function move(queues: Queues, task: Task): Promise<void> {
  const source = await queues.urlOf(task.source)
  for (;;) {
    if (task.status === 'CANCELLING') {
      task.status = 'CANCELLED'
      return
    }
    const messages = await queues.take(source, Math.min(10, task.perSecond ?? 10))
    if (messages.length === 0) {
      task.status = 'COMPLETED'
      return
    }
    for (const message of messages) {
      const destination = task.destination ?? originOf(message)
      // Whoever sent it here himself has not said where else it belongs.
      if (destination === undefined) {
        for (const left of messages.slice(messages.indexOf(message))) await queues.putBack(source, left)
        Object.assign(task, { status: 'FAILED', failure: 'CouldNotDetermineMessageSource' })
        return
      }
      await queues.resend(destination, message)
      await queues.remove(source, [message])
      task.moved += 1
    }
    if (task.perSecond !== undefined) await sleep((1000 * messages.length) / task.perSecond)
  }
}

function originOf({ Attributes }: Message): string | undefined {
  return Attributes?.DeadLetterQueueSourceArn
}

function isUnderWay({ status }: Task): boolean {
  return status === 'RUNNING' || status === 'CANCELLING'
}

function described(task: Task): object {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: handleOf(task) } : {}),
    Status: task.status,
    SourceArn: task.source,
    ...(task.destination === undefined ? {} : { DestinationArn: task.destination }),
    ...(task.perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  }
}

function handleOf({ id, source }: Task): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn: source })).toString('base64')
}

async function mustExist(queues: Queues, arn: string, field: string): Promise<void> {
  if (/^arn:[^:]+:sqs:/.test(arn) && (await queues.exists(arn))) return
  throw notFound(`The resource that you specified for the ${field} parameter doesn't exist.`)
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404)
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message)
}
