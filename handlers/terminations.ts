/** The queue's consumer. Answers which messages to keep. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { consume } from '../src/termination/consume.ts'
import { theGuard } from './composition.ts'

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  consume(theGuard(), event.Records, () => context.getRemainingTimeInMillis())
