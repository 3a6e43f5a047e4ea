/** The prefix under which one instance's logs are, from the deployment's template. */

export interface PrefixValues {
  readonly groupName: string
  readonly instanceId: string
  /** Elastic Beanstalk's environment id; needed only by a template with `{environment}`. */
  readonly environmentId: string | undefined
}

export function needsEnvironment(template: string): boolean {
  return template.includes('{environment}')
}

/** Elastic Beanstalk names its groups `awseb-<environment id>-stack-AWSEBAutoScalingGroup-…`, temporary ones alike. */
export function environmentOf(groupName: string): string | undefined {
  return /^awseb-(e-[a-z0-9]+)-/.exec(groupName)?.[1]
}

/** The template wants an environment, and the group belongs to none (or is gone, and its tags with it). */
export class NoEnvironment extends Error {
  override name = 'NoEnvironment'
}

/** Throws NoEnvironment, which says what to do, when the template wants an environment and the group belongs to none. */
export function archivePrefix(
  template: string,
  { groupName, instanceId, environmentId }: PrefixValues,
): string {
  if (needsEnvironment(template) && !environmentId) {
    throw new NoEnvironment(
      `Group ${groupName} belongs to no Elastic Beanstalk environment, but ARCHIVE_PREFIX has {environment}: ` +
        'write a prefix without it, or tag the group with elasticbeanstalk:environment-id',
    )
  }
  return template
    .replaceAll('{environment}', environmentId ?? '')
    .replaceAll('{instance}', instanceId)
    .replaceAll('{group}', safe(groupName))
}

/** Group names may hold any character; keys of ours hold only these. */
function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.=-]/g, '_')
}
