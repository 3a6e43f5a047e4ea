/** Which deployment a command is about, and how AWS is reached. The same four options everywhere. */
import type { Command } from 'commander'

/** How the AWS clients are told where to look: the usual reason why nothing can be read. */
export const REGION_AND_PROFILE = '--region and --profile (or AWS_REGION and AWS_PROFILE)'

export interface Where {
  readonly region?: string
  readonly profile?: string
  readonly stage: string
  readonly service: string
}

/** Adds the options to a command. */
export function withWhere(command: Command): Command {
  return command
    .option('--region <region>', 'the AWS Region (default: AWS_REGION, or the profile’s)')
    .option('--profile <profile>', 'the profile of the AWS CLI’s configuration (default: AWS_PROFILE)')
    .option('--stage <stage>', 'the stage that was deployed', 'prod')
    .option('--service <service>', 'the service’s name in serverless.yml', 'termination-guard')
}

/** The name of a deployment: its hook, and what its functions and queues are named after. */
export function deploymentName({ service, stage }: Where): string {
  return `${service}-${stage}`
}
