/** The Region that is packaged for where neither `--region` nor AWS_REGION says it: the profile's, as the AWS CLI and the SDK read it. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'

/** Throws where no Region is written anywhere: a guard in a Region that was guessed guards nothing. */
export async function regionOfProfile(profile: string | undefined): Promise<string> {
  const client = new CloudFormationClient({ ...(profile && { profile }) })
  try {
    return await client.config.region()
  } catch (cause) {
    const where = profile ? `the profile ${profile}` : 'the default profile'
    throw new Error(
      `No Region is given, and ${where} has none: write --region, such as --region eu-west-1 (or set AWS_REGION)`,
      { cause },
    )
  } finally {
    client.destroy()
  }
}
