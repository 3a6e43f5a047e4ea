/** The schedule's look at what runs: does every instance still publish its logs? */
import type { Context, ScheduledEvent } from 'aws-lambda'
import { audit } from '../src/audit/audit.ts'
import { theGuard } from './composition.ts'

export const handler = async (_event: ScheduledEvent, context: Context): Promise<void> =>
  await audit(theGuard(), () => context.getRemainingTimeInMillis())
