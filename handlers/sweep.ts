/** The schedule's look at everything that is held. */
import type { Context, ScheduledEvent } from 'aws-lambda'
import { sweep } from '../src/sweep/sweep.ts'
import { theGuard } from './composition.ts'

export const handler = async (_event: ScheduledEvent, context: Context): Promise<void> =>
  await sweep(theGuard(), () => context.getRemainingTimeInMillis())
