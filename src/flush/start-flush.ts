/** A flush is started on an instance: one run of our SSM document. */
import type { AwsApi } from '../aws/api.ts'
import { isPassing, isUnreachable, reasonOf } from '../aws/failures.ts'
import type { FlushPurpose, LifecycleAction } from '../model.ts'
import type { Policy } from '../policy.ts'
import { commentFor } from './commands.ts'
import { encodeUpload } from './upload.ts'

export interface FlushRequest {
  readonly instanceId: string
  readonly comment: string
  readonly purpose: FlushPurpose
  readonly prefix: string
  readonly upload: readonly string[] | undefined
  /** Where another machine flushes in its place. */
  readonly salvage?: Salvage
}

/** A healthy machine, and the copy of a dead one's disk that is attached to it. */
export interface Salvage {
  readonly documentName: string
  readonly on: string
  readonly volumeId: string
  /** The name of the attachment, such as `/dev/sdf`. */
  readonly device: string
  /** How many volumes the dead machine has besides the one that this is a copy of; `undefined`: nobody tells. */
  readonly otherVolumes: number | undefined
}

/** What came of asking SSM. `unreachable`: it knows no agent there that could run a flush. */
export type Started =
  | { readonly is: 'started'; readonly commandId: string }
  | { readonly is: 'unreachable' }
  | { readonly is: 'refused'; readonly why: string }

/** Starts a flush. Throws what will pass by itself. */
export async function startFlush(aws: AwsApi, policy: Policy, request: FlushRequest): Promise<Started> {
  const { salvage } = request
  const parameters = {
    InstanceId: request.instanceId,
    Region: policy.region,
    Purpose: request.purpose,
    Bucket: policy.archive.bucket,
    Prefix: request.prefix,
    Upload: request.upload ? encodeUpload(request.upload) : '',
    ManifestPrefix: policy.archive.manifestPrefix,
    ...(policy.archive.encryption && { Encryption: policy.archive.encryption }),
    ...(salvage && { Disk: salvage.volumeId + salvage.device }),
    ...(salvage?.otherVolumes !== undefined && { OtherVolumes: String(salvage.otherVolumes) }),
    ExecutionTimeout: String(policy.executionTimeoutSeconds),
  }
  try {
    const answer = await aws.sendCommand({
      DocumentName: salvage?.documentName ?? policy.documentName,
      InstanceIds: [salvage?.on ?? request.instanceId],
      Comment: request.comment,
      TimeoutSeconds: policy.deliveryTimeoutSeconds,
      Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
    })
    return { is: 'started', commandId: answer.Command?.CommandId ?? '' }
  } catch (error) {
    if (isUnreachable(error)) return { is: 'unreachable' }
    if (isPassing(error)) throw error
    return { is: 'refused', why: reasonOf(error) }
  }
}

/** The flush request of a termination. */
export function terminationFlush(
  action: LifecycleAction,
  prefix: string,
  upload: readonly string[] | undefined,
): FlushRequest {
  return {
    instanceId: action.instanceId,
    comment: commentFor(action),
    purpose: 'termination',
    prefix,
    upload,
  }
}
