/** What SQS refuses and fauxqs would take, and under which codes clients know it. */
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from '@jest/globals'
import { afterwards, localAws } from '../local-aws.ts'

it('refuses what SQS refuses, by SQS’s codes', async () => {
  const { aws } = await localAws()
  const { url: QueueUrl } = await aws.createQueue('orders')
  const client = new SQSClient({
    ...{ endpoint: aws.endpoints.sqs, region: aws.region, credentials: aws.credentials('TEST') },
  })
  afterwards(() => client.destroy())
  const text = { DataType: 'String', StringValue: 'x' }
  const send = (input: object) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', ...input })).then(
      () => 'sent',
      (error) => error.Code ?? error.Error?.Code ?? error.name,
    )
  expect(await send({ MessageAttributes: { why: text } })).toBe('sent')
  for (const wrong of [
    { DelaySeconds: 901 },
    { MessageAttributes: { 'AWS.why': text } },
    { MessageAttributes: { why: { ...text, DataType: 'Text' } } },
    { MessageAttributes: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}`, text])) },
  ])
    expect([wrong, await send(wrong)]).toEqual([wrong, 'InvalidParameterValue'])
  expect(await send({ QueueUrl: QueueUrl.replace('orders', 'nobodys') })).toBe(
    'AWS.SimpleQueueService.NonExistentQueue',
  )
  await expect(client.send(new CreateQueueCommand({ QueueName: 'a b' }))).rejects.toThrow('Can only include')
})
