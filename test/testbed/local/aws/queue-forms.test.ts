/** SQS as clients from before November 2023 ask it, without one: forms in, XML out. */
import { expect, it } from '@jest/globals'
import { localAws } from '../local-aws.ts'
import { signedFetch } from '../signed.ts'

it('answers forms with XML, and with the error codes of that protocol', async () => {
  const { aws } = await localAws()
  const ask = async (fields: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Version: '2012-11-05', ...fields })
    const signing = { service: 'sqs', credentials: aws.credentials('TEST') }
    const answer = await signedFetch(aws.endpoints.sqs, { method: 'POST', body }, signing)
    return { status: answer.status, text: await answer.text() }
  }
  const created = await ask({
    Action: 'CreateQueue',
    QueueName: 'orders',
    'Attribute.1.Name': 'DelaySeconds',
    'Attribute.1.Value': '0',
  })
  const [, QueueUrl = ''] =
    /<CreateQueueResult><QueueUrl>(http:[^<]*\/orders)<\/QueueUrl>/.exec(created.text) ?? []
  expect(QueueUrl).not.toBe('')
  await ask({
    ...{ Action: 'SendMessageBatch', QueueUrl },
    ...{ 'SendMessageBatchRequestEntry.1.Id': 'a', 'SendMessageBatchRequestEntry.1.MessageBody': '1 < 2' },
    ...{ 'SendMessageBatchRequestEntry.2.Id': 'b', 'SendMessageBatchRequestEntry.2.MessageBody': 'two' },
  })
  const received = await ask({
    ...{ Action: 'ReceiveMessage', QueueUrl, MaxNumberOfMessages: '10', 'AttributeName.1': 'All' },
  })
  expect(received.text.match(/<Message>/g)).toHaveLength(2)
  expect(received.text).toMatch(
    /<Body>1 &#60; 2<\/Body>.*<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1</,
  )
  expect(await ask({ Action: 'GetQueueUrl', QueueName: 'nobodys' })).toEqual({
    status: 400,
    text: expect.stringContaining('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>'),
  })
})
