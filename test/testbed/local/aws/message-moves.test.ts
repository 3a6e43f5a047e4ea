import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from '@jest/globals'
import { eventually, localAws, refusalOf } from '../local-aws.ts'

/** A message that was received too often, of a queue with dead letters. */
async function deadLetter() {
  const { aws, sqs } = await localAws()
  const dead = await aws.createQueue('dead')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 })
  // Another queue has its dead letters there, too.
  await aws.createQueue('alive', { RedrivePolicy })
  const live = await aws.createQueue('live', { RedrivePolicy })
  const receive = async (QueueUrl: string) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, MessageSystemAttributeNames: ['All'] }),
    )
    return Messages
  }
  await sqs.send(new SendMessageCommand({ QueueUrl: live.url, MessageBody: 'once more' }))
  expect(await receive(live.url)).toHaveLength(1)
  expect(await receive(live.url)).toEqual([])
  const moved = async () => {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
    return eventually(async () => {
      const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
      return Results?.[0]?.Status !== 'RUNNING' && Results?.[0]
    })
  }
  return { aws, sqs, dead, live, receive, moved }
}

describe('a move task', () => {
  it('takes dead letters back to the queue that they came from', async () => {
    const { dead, live, receive, moved } = await deadLetter()
    const [letter] = await receive(dead.url)
    expect(letter?.Attributes).toMatchObject({ DeadLetterQueueSourceArn: live.arn })
    expect(await moved()).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 })
    expect((await receive(live.url)).map(({ Body }) => Body)).toEqual(['once more'])
  })

  it('fails at a message that came from no queue, which stays', async () => {
    const { sqs, dead, receive, moved } = await deadLetter()
    await sqs.send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: 'put here by hand' }))
    expect(await moved()).toMatchObject({
      ...{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
      ApproximateNumberOfMessagesMoved: 1,
    })
    expect((await receive(dead.url)).map(({ Body }) => Body)).toEqual(['put here by hand'])
  })

  it('is refused for a queue that has no dead letters', async () => {
    const { aws, sqs } = await localAws()
    const { arn } = await aws.createQueue('live')
    const ask = (SourceArn: string) => refusalOf(sqs.send(new StartMessageMoveTaskCommand({ SourceArn })))
    expect(await ask(arn)).toMatch(/configured as a Dead Letter Queue/)
    expect(await ask(`${arn}-gone`)).toMatch(/^ResourceNotFoundException/)
  })
})

describe('a queue', () => {
  it('takes no dead letters where there is no queue for them, nor after a number of receives that is none', async () => {
    const { aws, sqs } = await localAws()
    const dead = await aws.createQueue('dead')
    const { url: QueueUrl } = await aws.createQueue('live')
    const set = (policy: object) => {
      const Attributes = { RedrivePolicy: JSON.stringify(policy) }
      return refusalOf(sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })))
    }
    const deadLetterTargetArn = dead.arn
    expect(await set({ deadLetterTargetArn, maxReceiveCount: 0 })).toMatch(/from 1 to 1000/)
    expect(await set({ deadLetterTargetArn, maxReceiveCount: 1001 })).toMatch(/from 1 to 1000/)
    expect(await set({ deadLetterTargetArn })).toMatch(/mandatory/)
    expect(await set({ deadLetterTargetArn: `${dead.arn}-gone`, maxReceiveCount: 3 })).toMatch(/not exist/)
    expect(await set({ deadLetterTargetArn, maxReceiveCount: '1000' })).toBe('no error')
  })

  it('knows a receipt from what is none, and from one whose time is over', async () => {
    const { aws, sqs } = await localAws()
    const { url: QueueUrl } = await aws.createQueue('live', { VisibilityTimeout: '0' })
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }))
    const receive = async (VisibilityTimeout?: number) => {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout }))
      return Messages?.[0]?.ReceiptHandle
    }
    const change = (ReceiptHandle: string | undefined) => {
      const VisibilityTimeout = 30
      return refusalOf(
        sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
      )
    }
    expect(await change('nonsense')).toMatch(/^ReceiptHandleIsInvalid/)
    expect(await change(await receive())).toMatch(/^MessageNotInflight/)
    const receipt = await receive(30)
    expect(await change(receipt)).toBe('no error')
    expect(await change(receipt)).toBe('no error')
    const remove = sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' }))
    expect(await refusalOf(remove)).toMatch(/^ReceiptHandleIsInvalid/)
  })
})
