import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { type FunctionOptions, type Host, isPython } from './lambda-options.ts'

/** Only what Lambda itself and the function's configuration say: nothing of this process leaks in. */
export function variablesOf(
  { environment, region, accountId }: Host,
  { name, bundle, variables }: FunctionOptions,
  caller: string,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    ...environment(caller),
    AWS_EXECUTION_ENV: isPython(bundle) ? 'AWS_Lambda_python3.13' : 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    LAMBDA_TASK_ROOT: dirname(bundle),
    LOCAL_FUNCTION_ARN: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    TZ: ':UTC',
    // Nothing is left beside somebody's file.
    PYTHONDONTWRITEBYTECODE: '1',
    ...variables,
  }
}

/** What an EventBridge schedule hands to its target. */
export function scheduledEvent({ region, accountId }: Host): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region,
    resources: [],
    detail: {},
  }
}
