/** What the functions would refuse to start with, found before anything is packaged, and said of the parameters that a person writes. */
import { readPolicy } from '../src/policy.ts'
import { RECEIPT_PREFIX } from '../src/receipt-prefix.ts'
import { BUNDLED } from '../src/selection.ts'
import { environmentOf, functionNames, type Value } from './environment.ts'
import type { ParameterName, Settings } from './parameters.ts'

export interface ParameterProblem {
  /** A parameter's name; a variable's where no parameter sets it. */
  readonly parameter: string
  readonly problem: string
}

/** Which parameter a function's variable comes from. */
const parameterOf: Readonly<Record<string, ParameterName>> = {
  GROUPS: 'groups',
  ARCHIVE_BUCKET: 'bucket',
  ARCHIVE_BUCKET_OWNER: 'bucketOwner',
  ARCHIVE_PREFIX: 'prefix',
  ARCHIVE_MOVED_TO: 'movedTo',
  MANIFEST_PREFIX: 'manifestPrefix',
  UPLOAD_ENCRYPTION: 'kmsKeyArn',
  RETAIN: 'retain',
  WITHOUT_RETENTION: 'withoutRetention',
  HEARTBEAT_TIMEOUT_SECONDS: 'heartbeat',
  PATIENCE_SECONDS: 'patience',
  MAX_ATTEMPTS: 'attempts',
  LOOK_AGAIN_SECONDS: 'lookAgain',
  EXECUTION_TIMEOUT_SECONDS: 'flushTimeout',
  AUDIT_AFTER_SECONDS: 'auditAfter',
  RECOVER: 'recover',
  RECOVERIES_AT_ONCE: 'recoveriesAtOnce',
}

/** A problem comes once for each function that would have it. */
export function policyProblems(settings: Settings): ParameterProblem[] {
  const lines = functionNames.flatMap((name) => refusal(environmentOf(settings, name)))
  return [...manifestProblems(settings), ...receiptProblems(settings), ...lines.map(translated)]
}

/** The lines of the policy's error; none where the function would start. */
function refusal(environment: Readonly<Record<string, Value>>): string[] {
  const filled = Object.entries(environment).map(([name, value]) => [name, placeholder(value)])
  try {
    // What the bundle says instead was read with the parameters.
    const { GROUPS, ...others } = Object.fromEntries(filled)
    const groups = GROUPS === BUNDLED ? '' : GROUPS
    readPolicy({ ...others, GROUPS: groups, AWS_REGION: 'eu-west-1' })
    return []
  } catch (error) {
    const [, ...lines] = String(error instanceof Error ? error.message : error).split('\n')
    return lines.map((line) => line.trim())
  }
}

function translated(line: string): ParameterProblem {
  const [variable = '', ...words] = line.split(' ')
  const problem = words.map((word) => parameterOf[word] ?? word).join(' ')
  return { parameter: parameterOf[variable] ?? variable, problem }
}

/** Stands for what only CloudFormation knows. */
function placeholder(value: Value): string {
  if (typeof value === 'string') return value
  if ('Ref' in value) return 'https://sqs.eu-west-1.amazonaws.com/111122223333/queue'
  if ('Fn::GetAtt' in value) return 'arn:aws:sqs:eu-west-1:111122223333:queue'
  return String(value['Fn::Sub'])
    .replaceAll(`\${AWS::Region}`, 'eu-west-1')
    .replaceAll(`\${AWS::AccountId}`, '111122223333')
}

/** A manifest is no log: under the archive's prefix, a collector would take it in. */
function manifestProblems({ prefix, manifestPrefix }: Settings): ParameterProblem[] {
  const manifest = `${manifestPrefix}i-0123456789abcdef0/manifest.gz`
  if (!archivePattern(prefix).test(manifest)) return []
  const problem = `manifests under '${manifestPrefix}' would lie under the archive's prefix ('${prefix}'), where a collector takes them for logs: write another`
  return [{ parameter: 'manifestPrefix', problem }]
}

/** Where receipts are, instances may write nothing; and a receipt is no log either. */
function receiptProblems({ prefix, manifestPrefix }: Settings): ParameterProblem[] {
  const reserved = (parameter: ParameterName, value: string) => ({
    parameter,
    problem: `'${value}' would hold the guard's receipts ('${RECEIPT_PREFIX}'), where no instance may write and a collector takes them for logs: write another`,
  })
  const receipt = `${RECEIPT_PREFIX}i-0123456789abcdef0/receipt.json`
  return [
    ...(archivePattern(prefix).test(receipt) ? [reserved('prefix', prefix)] : []),
    ...(manifestPrefix.startsWith(RECEIPT_PREFIX) ? [reserved('manifestPrefix', manifestPrefix)] : []),
  ]
}

function archivePattern(prefix: string): RegExp {
  const literally = prefix.split(/\{[a-z]+\}/).map((part) => part.replaceAll(/[^A-Za-z0-9_/]/g, '\\$&'))
  return new RegExp(`^${literally.join('[^/]+')}`)
}
