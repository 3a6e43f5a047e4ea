/** The real AWS of the functions, and the only file that constructs their SDK clients. Endpoints and credentials come from the SDK's own environment variables. */
import {
  AutoScalingClient,
  type AutoScalingClientConfig,
  CompleteLifecycleActionCommand,
  CreateOrUpdateTagsCommand,
  DeleteLifecycleHookCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  EC2Client,
  GetConsoleOutputCommand,
  ListVolumesInRecycleBinCommand,
  ModifyVolumeCommand,
  RebootInstancesCommand,
  RestoreVolumeFromRecycleBinCommand,
} from '@aws-sdk/client-ec2'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import type { AwsApi, Clock, ObjectBody } from './api.ts'
import type { Patience } from './persons-calls.ts'
import { flowing, inTime } from './time-limit.ts'

/**
 * Few attempts, so that what lasts is soon told as what it is. Adaptive: a client that was throttled learns how many calls a second it may
 * make, and waits for its turn. A pass that fails half way instead has spent calls that the whole account must share, and its repetition
 * spends them again: 5,000 terminations at once take twice as long for that, and holds run out (`npm run bench -- --only storm`). (SendCommand has
 * no idempotency token, so a retried one may run twice; the flush is safe to run twice.)
 */
export const SHARED = {
  maxAttempts: 3,
  retryMode: 'adaptive',
  // A call that hangs must not eat the whole invocation: the pass fails and the message comes back.
  requestHandler: { connectionTimeout: 2000, requestTimeout: 8000, throwOnRequestTimeout: true },
} as const
/** The request's own limit ends with the headers: a body that stops flowing is given up after so long. */
export const STALLED_BODY_MS = 8000

/** What all clients have in common, and may be told otherwise: somebody's own credentials, a person's patience. */
export interface ConnectOptions extends Pick<AutoScalingClientConfig, 'credentials'> {
  readonly patience?: Patience
  /** The account that every bucket must belong to: the name of one that was deleted may have become a stranger's. */
  readonly bucketOwner?: string | undefined
  readonly clock?: Clock
}

/** By default the SDK finds the process's credentials, and a call is tried as a function should. */
export function connect(
  region: string,
  { bucketOwner, patience, clock = Date, ...options }: ConnectOptions = {},
): AwsApi {
  const owned = <Input extends object>(input: Input) =>
    bucketOwner ? { ...input, ExpectedBucketOwner: bucketOwner } : input
  const config = () => ({ region, ...SHARED, ...options, ...patience?.() })
  const autoScaling = inTime(new AutoScalingClient(config()), clock)
  const ec2 = inTime(new EC2Client(config()), clock)
  // Path style is what local endpoints understand; AWS itself gets the bucket's own host name.
  const s3 = inTime(
    new S3Client({ ...config(), forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined }),
    clock,
  )
  const sqs = inTime(new SQSClient(config()), clock)
  const ssm = inTime(new SSMClient(config()), clock)
  return {
    recordLifecycleActionHeartbeat: (input) =>
      autoScaling.send(new RecordLifecycleActionHeartbeatCommand(input)),
    completeLifecycleAction: (input) => autoScaling.send(new CompleteLifecycleActionCommand(input)),
    describeAutoScalingInstances: (input) => autoScaling.send(new DescribeAutoScalingInstancesCommand(input)),
    describeAutoScalingGroups: (input) => autoScaling.send(new DescribeAutoScalingGroupsCommand(input)),
    describeLifecycleHooks: (input) => autoScaling.send(new DescribeLifecycleHooksCommand(input)),
    describeScalingActivities: (input) => autoScaling.send(new DescribeScalingActivitiesCommand(input)),
    terminateInstanceInAutoScalingGroup: (input) =>
      autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(input)),
    putLifecycleHook: (input) => autoScaling.send(new PutLifecycleHookCommand(input)),
    deleteLifecycleHook: (input) => autoScaling.send(new DeleteLifecycleHookCommand(input)),
    updateAutoScalingGroup: (input) => autoScaling.send(new UpdateAutoScalingGroupCommand(input)),
    createOrUpdateTags: (input) => autoScaling.send(new CreateOrUpdateTagsCommand(input)),
    deleteTags: (input) => autoScaling.send(new DeleteTagsCommand(input)),
    sendCommand: (input) => ssm.send(new SendCommandCommand(input)),
    listCommandInvocations: (input) => ssm.send(new ListCommandInvocationsCommand(input)),
    getCommandInvocation: (input) => ssm.send(new GetCommandInvocationCommand(input)),
    describeInstanceInformation: (input) => ssm.send(new DescribeInstanceInformationCommand(input)),
    listObjectsV2: (input) => s3.send(new ListObjectsV2Command(owned(input))),
    headObject: (input) => s3.send(new HeadObjectCommand(owned(input))),
    putObject: (input) => s3.send(new PutObjectCommand(owned(input))),
    getObject: async (input) => {
      const { Body, VersionId } = await s3.send(new GetObjectCommand(owned(input)))
      return { Body: flowing(Body as ObjectBody, () => STALLED_BODY_MS), VersionId }
    },
    changeMessageVisibility: (input) => sqs.send(new ChangeMessageVisibilityCommand(input)),
    sendMessage: (input) => sqs.send(new SendMessageCommand(input)),
    getQueueAttributes: (input) => sqs.send(new GetQueueAttributesCommand(input)),
    getConsoleOutput: (input) => ec2.send(new GetConsoleOutputCommand(input)),
    createTags: (input) => ec2.send(new CreateTagsCommand(input)),
    rebootInstances: (input) => ec2.send(new RebootInstancesCommand(input)),
    describeInstances: (input) => ec2.send(new DescribeInstancesCommand(input)),
    describeSnapshots: (input) => ec2.send(new DescribeSnapshotsCommand(input)),
    createSnapshot: (input) => ec2.send(new CreateSnapshotCommand(input)),
    deleteSnapshot: (input) => ec2.send(new DeleteSnapshotCommand(input)),
    describeVolumes: (input) => ec2.send(new DescribeVolumesCommand(input)),
    modifyVolume: (input) => ec2.send(new ModifyVolumeCommand(input)),
    describeVolumesModifications: (input) => ec2.send(new DescribeVolumesModificationsCommand(input)),
    createVolume: (input) => ec2.send(new CreateVolumeCommand(input)),
    deleteVolume: (input) => ec2.send(new DeleteVolumeCommand(input)),
    attachVolume: (input) => ec2.send(new AttachVolumeCommand(input)),
    detachVolume: (input) => ec2.send(new DetachVolumeCommand(input)),
    listVolumesInRecycleBin: (input) => ec2.send(new ListVolumesInRecycleBinCommand(input)),
    restoreVolumeFromRecycleBin: (input) => ec2.send(new RestoreVolumeFromRecycleBinCommand(input)),
  }
}
