/**
 * The only seam between the guard and AWS: each AWS call the guard makes, in AWS's own words, and no other. It is also the
 * list of permissions (`test/deploy/` holds it against the roles). The SDK stands below it in production (`sdk.ts`),
 * a simulated AWS in the simulator.
 */
import type {
  CompleteLifecycleActionCommandInput,
  CreateOrUpdateTagsCommandInput,
  DeleteLifecycleHookCommandInput,
  DeleteTagsCommandInput,
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput,
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput,
  DescribeLifecycleHooksCommandInput,
  DescribeLifecycleHooksCommandOutput,
  DescribeScalingActivitiesCommandInput,
  DescribeScalingActivitiesCommandOutput,
  PutLifecycleHookCommandInput,
  RecordLifecycleActionHeartbeatCommandInput,
  TerminateInstanceInAutoScalingGroupCommandInput,
  UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling'
import type {
  AttachVolumeCommandInput,
  CreateSnapshotCommandInput,
  CreateTagsCommandInput,
  CreateVolumeCommandInput,
  DeleteSnapshotCommandInput,
  DeleteVolumeCommandInput,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  DescribeVolumesCommandInput,
  DescribeVolumesCommandOutput,
  DescribeVolumesModificationsCommandInput,
  DescribeVolumesModificationsCommandOutput,
  DetachVolumeCommandInput,
  GetConsoleOutputCommandInput,
  GetConsoleOutputCommandOutput,
  ListVolumesInRecycleBinCommandInput,
  ListVolumesInRecycleBinCommandOutput,
  ModifyVolumeCommandInput,
  RebootInstancesCommandInput,
  RestoreVolumeFromRecycleBinCommandInput,
} from '@aws-sdk/client-ec2'
import type {
  GetObjectCommandInput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import type {
  ChangeMessageVisibilityCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs'
import type {
  DescribeInstanceInformationCommandInput,
  DescribeInstanceInformationCommandOutput,
  GetCommandInvocationCommandInput,
  GetCommandInvocationCommandOutput,
  ListCommandInvocationsCommandInput,
  ListCommandInvocationsCommandOutput,
  SendCommandCommandInput,
  SendCommandCommandOutput,
} from '@aws-sdk/client-ssm'

/** An answer without the SDK's transport details: a simulated AWS has none. */
export type Answer<Output> = Omit<Output, '$metadata'>

/** A body that is read once, piece by piece, so that an object larger than memory can be hashed. */
export type ObjectBody = AsyncIterable<Uint8Array>

export interface AwsApi {
  recordLifecycleActionHeartbeat(input: RecordLifecycleActionHeartbeatCommandInput): Promise<unknown>
  completeLifecycleAction(input: CompleteLifecycleActionCommandInput): Promise<unknown>
  describeAutoScalingInstances(
    input: DescribeAutoScalingInstancesCommandInput,
  ): Promise<Answer<DescribeAutoScalingInstancesCommandOutput>>
  describeAutoScalingGroups(
    input: DescribeAutoScalingGroupsCommandInput,
  ): Promise<Answer<DescribeAutoScalingGroupsCommandOutput>>
  describeLifecycleHooks(
    input: DescribeLifecycleHooksCommandInput,
  ): Promise<Answer<DescribeLifecycleHooksCommandOutput>>
  describeScalingActivities(
    input: DescribeScalingActivitiesCommandInput,
  ): Promise<Answer<DescribeScalingActivitiesCommandOutput>>

  terminateInstanceInAutoScalingGroup(
    input: TerminateInstanceInAutoScalingGroupCommandInput,
  ): Promise<unknown>

  putLifecycleHook(input: PutLifecycleHookCommandInput): Promise<unknown>
  deleteLifecycleHook(input: DeleteLifecycleHookCommandInput): Promise<unknown>
  updateAutoScalingGroup(input: UpdateAutoScalingGroupCommandInput): Promise<unknown>
  createOrUpdateTags(input: CreateOrUpdateTagsCommandInput): Promise<unknown>
  deleteTags(input: DeleteTagsCommandInput): Promise<unknown>

  sendCommand(input: SendCommandCommandInput): Promise<Answer<SendCommandCommandOutput>>
  listCommandInvocations(
    input: ListCommandInvocationsCommandInput,
  ): Promise<Answer<ListCommandInvocationsCommandOutput>>
  getCommandInvocation(
    input: GetCommandInvocationCommandInput,
  ): Promise<Answer<GetCommandInvocationCommandOutput>>

  describeInstanceInformation(
    input: DescribeInstanceInformationCommandInput,
  ): Promise<Answer<DescribeInstanceInformationCommandOutput>>

  listObjectsV2(input: ListObjectsV2CommandInput): Promise<Answer<ListObjectsV2CommandOutput>>
  headObject(input: HeadObjectCommandInput): Promise<Answer<HeadObjectCommandOutput>>
  putObject(input: PutObjectCommandInput): Promise<unknown>
  getObject(
    input: GetObjectCommandInput,
  ): Promise<{ readonly Body: ObjectBody; readonly VersionId?: string | undefined }>

  changeMessageVisibility(input: ChangeMessageVisibilityCommandInput): Promise<unknown>
  sendMessage(input: SendMessageCommandInput): Promise<unknown>
  getQueueAttributes(input: GetQueueAttributesCommandInput): Promise<Answer<GetQueueAttributesCommandOutput>>

  getConsoleOutput(input: GetConsoleOutputCommandInput): Promise<Answer<GetConsoleOutputCommandOutput>>
  createTags(input: CreateTagsCommandInput): Promise<unknown>
  rebootInstances(input: RebootInstancesCommandInput): Promise<unknown>
  describeInstances(input: DescribeInstancesCommandInput): Promise<Answer<DescribeInstancesCommandOutput>>

  describeSnapshots(input: DescribeSnapshotsCommandInput): Promise<Answer<DescribeSnapshotsCommandOutput>>
  createSnapshot(input: CreateSnapshotCommandInput): Promise<unknown>
  deleteSnapshot(input: DeleteSnapshotCommandInput): Promise<unknown>
  describeVolumes(input: DescribeVolumesCommandInput): Promise<Answer<DescribeVolumesCommandOutput>>
  modifyVolume(input: ModifyVolumeCommandInput): Promise<unknown>
  describeVolumesModifications(
    input: DescribeVolumesModificationsCommandInput,
  ): Promise<Answer<DescribeVolumesModificationsCommandOutput>>
  createVolume(input: CreateVolumeCommandInput): Promise<unknown>
  deleteVolume(input: DeleteVolumeCommandInput): Promise<unknown>
  attachVolume(input: AttachVolumeCommandInput): Promise<unknown>
  detachVolume(input: DetachVolumeCommandInput): Promise<unknown>

  listVolumesInRecycleBin(
    input: ListVolumesInRecycleBinCommandInput,
  ): Promise<Answer<ListVolumesInRecycleBinCommandOutput>>
  restoreVolumeFromRecycleBin(input: RestoreVolumeFromRecycleBinCommandInput): Promise<unknown>
}

/** The time, in epoch milliseconds. It does not move when read. */
export interface Clock {
  now(): number
  /** Calls back so many milliseconds from now and answers what takes that back; where it is not given, the process's timers do. */
  readonly after?: (ms: number, callBack: () => void) => () => void
}
