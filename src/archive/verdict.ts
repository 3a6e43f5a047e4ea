/** What S3 tells of one object that a listing does not settle, question by question. */
import { createHash } from 'node:crypto'
import type { AwsApi } from '../aws/api.ts'
import { isMissing, isPassing } from '../aws/failures.ts'
import type { ArchivedObject, ManifestFile } from '../model.ts'
import {
  isQuestion,
  type Judgement,
  judge,
  type ObjectDigest,
  type ObjectFacts,
  type ObjectHead,
  type Question,
  type Verdict,
} from './prove.ts'

/** What one proof may still ask: a pass must end within its function's time, or it would never come to a decision. */
export interface Budget {
  questions: number
  bytes: number
  readonly isLate: () => boolean
  /** How many files were left because it was late. */
  unasked: number
}

/** A file of which the listing does not tell enough, and what to ask of it first. */
export interface Open {
  readonly file: ManifestFile
  readonly listed: ArchivedObject | undefined
  readonly question: Question
}

/** The questions are asked until the answers tell, or no more may be asked. */
export async function verdict(
  aws: AwsApi,
  bucket: string,
  { file, listed, question }: Open,
  budget: Budget,
): Promise<Verdict> {
  let facts: ObjectFacts = { listed }
  let is: Judgement = question
  while (isQuestion(is)) {
    if (budget.questions-- <= 0) return { is: 'unproven' }
    const key = listed?.key ?? ''
    try {
      if (is === 'ask head') facts = { ...facts, head: await head(aws, bucket, key) }
      else {
        budget.bytes -= file.size
        facts = { ...facts, digest: await digest(aws, bucket, key) }
      }
    } catch (error) {
      if (!budget.isLate()) throw error
      budget.unasked++
      return { is: 'unproven' }
    }
    is = judge(file, facts, budget.bytes)
  }
  return { is, versionId: versionOf(facts) }
}

/** Of what was read, since what S3 told of it before may have been of a version that was overwritten in between. */
function versionOf({ head, digest }: ObjectFacts): string | undefined {
  if (digest?.is === 'read') return digest.versionId
  return head?.is === 'known' ? head.versionId : undefined
}

/** S3 returns checksums only when asked, in base64; a composite one (`-N`, multipart) is of the parts' digests. */
async function head(aws: AwsApi, bucket: string, key: string): Promise<ObjectHead> {
  try {
    const answer = await aws.headObject({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
    const checksum = answer.ChecksumSHA256
    const isComposite = answer.ChecksumType === 'COMPOSITE' || (checksum?.includes('-') ?? false)
    const isWhole = checksum !== undefined && !isComposite
    const encryption = answer.ServerSideEncryption
    return {
      is: 'known',
      sha256: isWhole ? Buffer.from(checksum, 'base64').toString('hex') : undefined,
      compositeSha256: isComposite ? checksum : undefined,
      ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
      etagIsMd5:
        (encryption === undefined || encryption === 'AES256') && answer.SSECustomerAlgorithm === undefined,
    }
  } catch (error) {
    return missingOrDenied(error)
  }
}

/** A body that stalls proves nothing of its object, and holds up no other. */
async function digest(aws: AwsApi, bucket: string, key: string): Promise<ObjectDigest> {
  let answer: Awaited<ReturnType<AwsApi['getObject']>>
  try {
    answer = await aws.getObject({ Bucket: bucket, Key: key })
  } catch (error) {
    return missingOrDenied(error)
  }
  try {
    const hash = createHash('sha256')
    for await (const chunk of answer.Body) hash.update(chunk)
    return { is: 'read', sha256: hash.digest('hex'), versionId: answer.VersionId }
  } catch {
    return { is: 'denied' }
  }
}

/** `denied`: S3 answers, and tells nothing of the object. */
function missingOrDenied(error: unknown): { is: 'missing' } | { is: 'denied' } {
  if (isMissing(error)) return { is: 'missing' }
  if (isPassing(error)) throw error
  return { is: 'denied' }
}
