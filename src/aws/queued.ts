import type { QueueAttributeName } from '@aws-sdk/client-sqs'
import type { AwsApi } from './api.ts'

const IN_SIGHT: QueueAttributeName = 'ApproximateNumberOfMessages'

/** How many messages a queue has: in sight, and those that `others` names. Throws where SQS does not tell of one: no number is not none. */
export async function queued(
  aws: Pick<AwsApi, 'getQueueAttributes'>,
  QueueUrl: string,
  ...others: readonly QueueAttributeName[]
): Promise<number> {
  const AttributeNames = [IN_SIGHT, ...others]
  const { Attributes = {} } = await aws.getQueueAttributes({ QueueUrl, AttributeNames })
  return AttributeNames.reduce((sum, name) => sum + numberIn(Attributes[name], QueueUrl), 0)
}

function numberIn(text: string | undefined, queueUrl: string): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new Error(`SQS does not tell how many messages are in ${queueUrl}`)
}
