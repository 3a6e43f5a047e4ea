/** The deployment on AWS: its settings from its function, its journal from CloudWatch Logs. Or both from this shell's environment. */
import { appendFile } from 'node:fs/promises'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { connectInspection } from '../aws/inspection-sdk.ts'
import type { OperatorApi } from '../aws/operator-api.ts'
import { connectOperator } from '../aws/operator-sdk.ts'
import { patience, toldWhileWaiting } from '../aws/persons-calls.ts'
import { type Policy, readPolicy } from '../policy.ts'
import { checkAddresses } from './addresses.ts'
import { type Deployment, type JournalSink, type JournalSource, journalOf } from './deployment.ts'
import { crashesOf, journalLine, logsOf } from './function-logs.ts'
import { journalFile } from './journal-file.ts'
import { nextStepAfter } from './next-step.ts'
import { onThisMachine } from './on-this-machine.ts'
import { CannotReach } from './surroundings.ts'
import {
  deploymentName,
  isRegion,
  REGION_AND_PROFILE,
  REGION_LOOKS,
  SERVICE,
  STAGE,
  type Where,
} from './where.ts'
import { checkCredentials, checkProfile } from './who-asks.ts'

type Environment = Record<string, string | undefined>

/** Options of a command are the environment's variables by another name: every client then honours them. */
export async function reachAws(
  where: Where,
  environment: Environment,
  tell: (line: string) => void,
): Promise<Deployment> {
  refuseAnother(where, environment)
  if (where.region !== undefined) environment.AWS_REGION = where.region
  if (where.profile !== undefined) environment.AWS_PROFILE = where.profile
  // A variable that is set to nothing names none.
  if (environment.AWS_REGION === '') delete environment.AWS_REGION
  checkAddresses(environment)
  const told = toldWhileWaiting(tell)
  const patient = patience(tell, told, environment)
  const profiles = await checkProfile(environment)
  const region = await regionOf(environment)
  await checkCredentials(profiles, environment, region, patient, told)
  const aws = connectOperator(region, patient)
  if (environment.HOOK_NAME !== undefined) {
    // The local AWS prints what its functions are told.
    const policy = readPolicy({ ...environment, AWS_REGION: region })
    return {
      name: policy.hookName,
      aws,
      inspection: connectInspection(region, patient),
      policy,
      journal: localJournal(environment.GUARD_JOURNAL),
      crashes: async () => {
        throw new CannotReach('these functions’ logs are not in CloudWatch Logs')
      },
      who: async () => onThisMachine(),
    }
  }
  const name = deploymentName(where)
  const policy = await deployedPolicy(aws, region, name)
  const owner = policy.archive.bucketOwner
  const config = () => ({ region, ...patient() })
  return {
    name,
    aws: connectOperator(region, patient, owner),
    inspection: connectInspection(region, patient, owner),
    policy,
    journal: logsOf(name, config()),
    crashes: (since) => crashesOf(name, config(), since),
    who: () => callerOf(config()),
  }
}

/** Where the shell itself names the deployment (as beside the local AWS), whoever names another must not be shown this one. */
function refuseAnother(where: Where, { HOOK_NAME: here, AWS_REGION }: Environment): void {
  if (here === undefined) return
  const isNamed = where.stage !== STAGE || where.service !== SERVICE
  const isElsewhere = where.region !== undefined && where.region !== AWS_REGION
  if (isElsewhere || (isNamed && deploymentName(where) !== here))
    throw new CannotReach(
      `This shell names the deployment itself: ${here} in ${AWS_REGION} (HOOK_NAME, AWS_REGION). For another one, type it in another shell.`,
    )
}

/** As the SDK finds it: the environment, then the profile. */
async function regionOf(environment: Environment): Promise<string> {
  const client = new CloudWatchLogsClient({})
  try {
    const region =
      environment.AWS_REGION ?? (environment.AWS_DEFAULT_REGION || (await client.config.region()))
    if (!isRegion(region)) throw new Error(`“${region}” is no Region. ${REGION_LOOKS}`)
    return region
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CannotReach(`${why}\nName ${REGION_AND_PROFILE}.`, { cause })
  } finally {
    client.destroy()
  }
}

async function deployedPolicy(aws: OperatorApi, region: string, name: string): Promise<Policy> {
  const functionName = `${name}-terminations`
  try {
    const answer = await aws.getFunctionConfiguration({ FunctionName: functionName })
    return readPolicy({ AWS_REGION: region, ...answer.Environment?.Variables })
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
    const isThere = `Is the guard deployed in ${region} as ${name}? Name it with --stage and --service, and ${REGION_AND_PROFILE}.`
    const next = nextStepAfter(cause) ?? isThere
    throw new CannotReach(`Cannot read the settings of function ${functionName}: ${why}\n${next}`, { cause })
  }
}

function localJournal(file: string | undefined): JournalSource & JournalSink {
  if (!file) return { ...journalOf(async function* () {}), write: async () => undefined }
  return { ...journalFile(file), write: (event) => appendFile(file, `${journalLine(event)}\n`) }
}

async function callerOf(config: STSClientConfig): Promise<string> {
  const client = new STSClient(config)
  try {
    return (await client.send(new GetCallerIdentityCommand({}))).Arn ?? onThisMachine()
  } catch {
    // Everybody may ask; where the answer does not come, the machine's own name is better than none.
    return onThisMachine()
  } finally {
    client.destroy()
  }
}
