/**
 * The functions' log groups, which the journal is written to. They are no resources of the stack: they outlive it, since whoever keeps a
 * machine after a removal must still be able to read why, and a stack that made them could not be deployed again while they are there.
 */
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs'
import { functionNames } from './environment.ts'

/** The names that Lambda gives them. */
export function logGroupsOf(name: string): string[] {
  return functionNames.map((functionName) => `/aws/lambda/${name}-${functionName}`)
}

/** Makes those that are not there yet; all of them keep what is written for so long. */
export async function keepLogs(
  logs: Pick<CloudWatchLogsClient, 'send'>,
  name: string,
  retentionInDays: number,
): Promise<void> {
  for (const logGroupName of logGroupsOf(name)) {
    await logs.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error
    })
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }))
  }
}
