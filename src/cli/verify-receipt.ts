/** Holds a receipt against S3 as it is now. What was overwritten is told with the version that was proven, where there is one. */
import type { ObjectVersion } from '@aws-sdk/client-s3'
import pMap from 'p-map'
import { proveObject } from '../archive/archives.ts'
import { list } from '../archive/listing.ts'
import type { Receipt, ReceiptFile } from '../archive/receipt.ts'
import type { ArchivedObject, ManifestFile } from '../model.ts'
import type { Deployment } from './deployment.ts'
import { known } from './known.ts'
import type { Surroundings } from './surroundings.ts'

const AT_ONCE = 8

/** `holds`: S3 has these bytes under this key. `unknown`: S3 does not tell, or a collector had moved the object by then. */
export interface Verified {
  readonly path: string
  readonly key: string | undefined
  readonly is: 'holds' | 'changed' | 'gone' | 'unknown'
  readonly why: string
  /** The version that was proven, where the bucket keeps it. */
  readonly provenVersionId: string | undefined
}

export async function verify(
  deployment: Deployment,
  { clock }: Surroundings,
  receipt: Receipt,
): Promise<Verified[]> {
  return await pMap(receipt.files, (file) => verifyFile(deployment, clock, receipt.bucket, file), {
    concurrency: AT_ONCE,
  })
}

async function verifyFile(
  deployment: Deployment,
  clock: Surroundings['clock'],
  bucket: string,
  file: ReceiptFile,
): Promise<Verified> {
  const { path, object } = file
  const told = (is: Verified['is'], why: string, provenVersionId?: string): Verified => ({
    ...{ path, key: object?.key, is, why, provenVersionId },
  })
  if (!object) return told('unknown', 'a collector had moved it before it was proven')
  const { aws, policy } = deployment
  const listing = await known(() => list(aws, bucket, object.key, 1))
  const unread = listing.is === 'refused' ? listing.why : listing.answer.unread
  if (unread !== undefined) return told('unknown', `S3 does not tell: ${unread}`)
  const objects = listing.is === 'answered' ? listing.answer.objects : []
  const now: ArchivedObject | undefined = objects.find(({ key }) => key === object.key)
  const asked = await known(() =>
    proveObject({ aws, clock }, bucket, manifestFile(file), now, policy.archive.hashLimitBytes),
  )
  if (asked.is === 'refused') return told('unknown', `S3 does not tell: ${asked.why}`)
  if (asked.answer === 'proven') return told('holds', 'the same bytes')
  if (asked.answer === 'unproven') return told('unknown', 'nothing comparable is known of it')
  const version = await provenVersion(deployment, bucket, file)
  const is = asked.answer === 'missing' ? 'gone' : 'changed'
  const kept = version.id === undefined ? version.why : 'the version that was proven is kept'
  return told(is, `${is === 'gone' ? 'it is gone' : 'it holds other bytes'}; ${kept}`, version.id)
}

/** By its id where that is known, else by its ETag, its size and its time: one that S3 gives no other version. */
async function provenVersion(
  { inspection }: Deployment,
  bucket: string,
  { size, object }: ReceiptFile,
): Promise<{ readonly id: string | undefined; readonly why: string }> {
  const Prefix = object?.key ?? ''
  const isProven = ({ Key, VersionId, ETag, Size, LastModified }: ObjectVersion) =>
    Key === Prefix &&
    (object?.versionId !== undefined
      ? VersionId === object.versionId
      : ETag?.replaceAll('"', '') === object?.etag &&
        Size === size &&
        LastModified?.getTime() === Date.parse(object?.lastModified ?? ''))
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {}
  for (;;) {
    const page = await known(() => inspection.listObjectVersions({ Bucket: bucket, Prefix, ...marker }))
    if (page.is === 'refused') return { id: undefined, why: `S3 does not list versions: ${page.why}` }
    const found = page.answer.Versions?.find(isProven)
    // Without versioning the one object there is has the version `null`, and it is not the proven one.
    if (found?.VersionId) return { id: found.VersionId, why: '' }
    const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page.answer
    const isPast = NextKeyMarker !== undefined && NextKeyMarker > Prefix
    if (!IsTruncated || isPast) return { id: undefined, why: 'the version that was proven is not kept' }
    marker = { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker }
  }
}

function manifestFile({ path, size, md5, sha256, modifiedAt, multipart }: ReceiptFile): ManifestFile {
  const parts = multipart && {
    etag: multipart.etag,
    ...(multipart.sha256 !== undefined && { sha256: multipart.sha256 }),
  }
  return {
    ...{ path, size, md5, sha256, modifiedAt: Date.parse(modifiedAt) },
    ...(parts && { multipart: parts }),
  }
}
