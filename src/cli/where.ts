/** Which deployment a command is about, and how AWS is reached. The same four options everywhere. */
import { type Command, InvalidArgumentError } from 'commander'

/** How the AWS clients are told where to look: the usual reason why nothing can be read. */
export const REGION_AND_PROFILE = '--region and --profile (or AWS_REGION and AWS_PROFILE)'

/** Those of a deployment that nobody has named otherwise. */
export const STAGE = 'prod'
export const SERVICE = 'termination-guard'

export interface Where {
  readonly region?: string
  readonly profile?: string
  readonly stage: string
  readonly service: string
}

/** Adds the options to a command. */
export function withWhere(command: Command): Command {
  return command
    .option('--region <region>', 'the AWS Region (default: AWS_REGION, or the profile’s)', regionNamed)
    .option(
      '--profile <profile>',
      'the profile of the AWS CLI’s configuration (default: AWS_PROFILE)',
      notEmpty,
    )
    .option('--stage <stage>', 'the stage that was deployed', notEmpty, STAGE)
    .option('--service <service>', 'the service’s name in serverless.yml', notEmpty, SERVICE)
}

export function isRegion(text: string): boolean {
  return /^[a-z]+(-[a-z]+)+-[0-9]+$/.test(text)
}

/** What a Region is like, for whoever named something else. */
export const REGION_LOOKS = 'A Region looks like eu-west-1.'

function regionNamed(text: string): string {
  if (isRegion(text)) return text
  throw new InvalidArgumentError(REGION_LOOKS)
}

/** A shell’s variable that is not set must not mean the default. */
export function notEmpty(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It is empty.')
}

/** The name of a deployment: its hook, and what its functions and queues are named after. */
export function deploymentName({ service, stage }: Pick<Where, 'service' | 'stage'>): string {
  return `${service}-${stage}`
}
