/** What a group says about where its instances' logs go. */

import type { AwsApi } from '../aws/api.ts'
import { groupOf } from '../aws/group-of.ts'
import { archivePrefix, environmentOf, needsEnvironment } from './prefix.ts'

/** The archive prefix of one instance. Asks for the group's tags only when its name does not show the environment. */
export async function prefixOf(
  aws: AwsApi,
  template: string,
  instance: { readonly groupName: string; readonly instanceId: string },
): Promise<string> {
  const fromName = environmentOf(instance.groupName)
  const isKnown = fromName !== undefined || !needsEnvironment(template)
  const environmentId = isKnown ? fromName : await environmentTag(aws, instance.groupName)
  return archivePrefix(template, { ...instance, environmentId })
}

async function environmentTag(aws: AwsApi, groupName: string): Promise<string | undefined> {
  const group = await groupOf(aws, groupName)
  return group?.Tags?.find((tag) => tag.Key === 'elasticbeanstalk:environment-id')?.Value
}
