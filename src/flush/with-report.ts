/** What a flush reported, read out of what SSM and S3 have of it; or why it cannot be. */
import { createHash } from 'node:crypto'
import type { AwsApi } from '../aws/api.ts'
import { isInvocationMissing, isPassing, reasonOf } from '../aws/failures.ts'
import { readWhole } from '../aws/read-whole.ts'
import type { Flush, Report } from '../model.ts'
import type { Policy } from '../policy.ts'
import type { Invocation } from './commands.ts'
import { findManifestLine, MANIFEST, type ManifestLine, parseManifest } from './manifest.ts'

/**
 * The flush with its report, when it succeeded. Asks SSM or S3 only for what the listing did not hold: it cuts the output after 2,500
 * characters, or has none of it yet, and GetCommandInvocation gives the first 24,000. `instanceId`: whose logs.
 */
export async function withReport(
  aws: AwsApi,
  policy: Policy,
  invocation: Invocation,
  instanceId: string,
): Promise<Flush> {
  const { flush, ranOn } = invocation
  if (flush.status !== 'succeeded') return { ...flush, report: undefined }
  let line = findManifestLine(invocation.output)
  if (line.kind === 'unreadable') {
    const output = await wholeOutput(aws, flush.commandId, ranOn)
    if (typeof output !== 'string') return { ...flush, report: output }
    const isBehind = output === '' && invocation.output.includes(MANIFEST)
    if (isBehind) return { ...flush, report: untold(flush.commandId) }
    line = findManifestLine(output)
  }
  return { ...flush, report: await readReport(aws, policy, line, instanceId) }
}

async function wholeOutput(aws: AwsApi, commandId: string, instanceId: string): Promise<string | Unreadable> {
  try {
    const answer = await aws.getCommandInvocation({ CommandId: commandId, InstanceId: instanceId })
    const { CommandId = commandId, InstanceId = instanceId, StandardOutputContent = '' } = answer
    const isOfThis = CommandId === commandId && InstanceId === instanceId
    return isOfThis ? StandardOutputContent : unreadable(`SSM answered for ${CommandId} on ${InstanceId}`)
  } catch (error) {
    if (isInvocationMissing(error)) return untold(commandId)
    if (isPassing(error)) throw error
    const found = unreadable(`the manifest was cut, and cannot be had whole: ${reasonOf(error)}`)
    return { ...found, refusal: error }
  }
}

/** What its listing shows of a flush, SSM has not everywhere yet. That passes: as a refusal it is no answer of AWS. */
function untold(commandId: string): Unreadable {
  const why = `SSM does not tell yet what flush ${commandId} printed`
  return { ...unreadable(why), refusal: new Error(why) }
}

async function readReport(
  aws: AwsApi,
  policy: Policy,
  line: ManifestLine,
  instanceId: string,
): Promise<Report> {
  if (line.kind === 'unreadable') return line
  const gzip = line.kind === 'inline' ? line.gzip : await fetchManifest(aws, policy, line, instanceId)
  if ('kind' in gzip) return gzip
  try {
    const manifest = parseManifest(gzip)
    const sha256 = createHash('sha256').update(gzip).digest('hex')
    if (manifest.instanceId === instanceId) return { kind: 'manifest', manifest, sha256 }
    return unreadable(`the manifest is of another instance, ${manifest.instanceId}`)
  } catch (error) {
    return unreadable(`the manifest is broken: ${error instanceof Error ? error.message : error}`)
  }
}

const MAX_MANIFEST_BYTES = 16 * 1024 * 1024

type Unreadable = Extract<Report, { kind: 'unreadable' }>

/** What is wrong may be told in the instance's own words, which have no end. */
const MAX_WHY_CHARACTERS = 500

function unreadable(why: string): Unreadable {
  return { kind: 'unreadable', why: why.slice(0, MAX_WHY_CHARACTERS) }
}

/**
 * A manifest that was put in S3, or why it is none. The key comes from the instance, so it is believed only below our own
 * prefix for that instance.
 */
async function fetchManifest(
  aws: AwsApi,
  { archive }: Policy,
  { key, sha256 }: Extract<ManifestLine, { kind: 'object' }>,
  instanceId: string,
): Promise<Uint8Array | Unreadable> {
  if (!key.startsWith(`${archive.manifestPrefix}${instanceId}/`))
    return unreadable(`the manifest is said to be at ${key}`)
  try {
    const { Body } = await aws.getObject({ Bucket: archive.bucket, Key: key })
    const bytes = await readWhole(Body, MAX_MANIFEST_BYTES)
    if (!bytes) return unreadable(`the manifest is larger than ${MAX_MANIFEST_BYTES} bytes`)
    const isWhole = createHash('sha256').update(bytes).digest('hex') === sha256
    return isWhole ? bytes : unreadable('the manifest in S3 is not the one that the flush wrote')
  } catch (error) {
    if (isPassing(error)) throw error
    const found = unreadable(`the manifest is not in S3, or may not be read: ${reasonOf(error)}`)
    const isMissing = error instanceof Error && error.name === 'NoSuchKey'
    return isMissing ? found : { ...found, refusal: error }
  }
}
