import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it } from '@jest/globals'
import type { EventBridgeEvent } from '../../../../testbed/auto-scaling/auto-scaling.ts'
import type { EventFate } from '../../../../testbed/local/local-aws.ts'
import { localAws } from '../local-aws.ts'

const event = (document: string): EventBridgeEvent => ({
  version: '0',
  id: document,
  'detail-type': 'EC2 Command Invocation Status-change Notification',
  source: 'aws.ssm',
  account: '000000000000',
  time: '2026-01-02T03:04:05Z',
  region: 'eu-west-1',
  resources: [],
  detail: { 'document-name': document, status: 'Success' },
})

async function received(fate: (event: EventBridgeEvent) => EventFate = () => 'deliver') {
  const { aws, sqs } = await localAws({ eventFate: fate })
  const queue = await aws.createQueue('guard')
  aws.addRule({
    name: 'flush finished',
    pattern: { source: ['aws.ssm'], detail: { 'document-name': ['flush'] } },
    target: { queue: 'guard' },
  })
  aws.publish(event('flush'))
  aws.publish(event('other'))
  await aws.settle()
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  )
  return (Messages ?? []).map(({ Body }) => JSON.parse(Body ?? ''))
}

describe('a rule', () => {
  it('sends the events it means to its queue, in their envelope', async () => {
    expect(await received()).toEqual([event('flush')])
  })

  it('never sees an event that the bus loses', async () => {
    expect(await received(() => 'lose')).toEqual([])
  })

  it('sees a late event late', async () => {
    expect(await received(() => ({ delayMs: 20 }))).toEqual([event('flush')])
  })
})
