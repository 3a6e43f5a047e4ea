import {
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from '@jest/globals'
import { eventually, localAws, refusalOf } from '../local-aws.ts'

describe('a move task', () => {
  it('takes dead letters back to the queue that they came from', async () => {
    const { aws, sqs } = await localAws()
    const dead = await aws.createQueue('dead')
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 })
    const live = await aws.createQueue('live', { RedrivePolicy })
    await sqs.send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: 'once more' }))
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
    const task = await eventually(async () => {
      const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
      return Results?.[0]?.Status === 'COMPLETED' && Results[0]
    })
    expect(task.ApproximateNumberOfMessagesMoved).toBe(1)
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: live.url }))
    expect(Messages?.map(({ Body }) => Body)).toEqual(['once more'])
  })

  it('is refused for a queue that has no dead letters', async () => {
    const { aws, sqs } = await localAws()
    const { arn } = await aws.createQueue('live')
    const ask = (SourceArn: string) => refusalOf(sqs.send(new StartMessageMoveTaskCommand({ SourceArn })))
    expect(await ask(arn)).toMatch(/configured as a Dead Letter Queue/)
    expect(await ask(`${arn}-gone`)).toMatch(/^ResourceNotFoundException/)
  })
})
