/** The deployed settings: from this shell's environment when they are there (the local AWS prints them), else from the function. */
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type Policy, readPolicy } from '../policy.ts'

export const DEFAULT_FUNCTION = 'termination-guard-prod-terminations'

/** How the AWS clients are told where to look: the usual reason why nothing can be read. */
export const REGION_AND_PROFILE = 'the region and profile as for the AWS CLI (AWS_REGION, AWS_PROFILE)'

/** Throws an Error that says what to type when neither has them. */
export async function readSettings(functionName: string): Promise<Policy> {
  if (process.env.HOOK_NAME) return readPolicy(process.env)
  const client = new LambdaClient({})
  try {
    const answer = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }))
    return readPolicy({ AWS_REGION: await client.config.region(), ...answer.Environment?.Variables })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `Cannot read the settings of function ${functionName}: ${why}\n` +
        `Name the deployed function with --function <name>, and ${REGION_AND_PROFILE}.`,
      { cause },
    )
  }
}
