/** The real AWS for `doctor` and `receipt`. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import {
  DescribeInstanceAttributeCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
} from '@aws-sdk/client-ec2'
import {
  DescribeTargetGroupAttributesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  GetInstanceProfileCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { GetDocumentCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { InspectionApi } from './inspection-api.ts'
import type { Patience } from './persons-calls.ts'

/** `bucketOwner`: the account that every bucket must belong to. */
export function connectInspection(region: string, patience: Patience, bucketOwner?: string): InspectionApi {
  const config = () => ({ region, ...patience() })
  const owned = <Input extends object>(input: Input) =>
    bucketOwner ? { ...input, ExpectedBucketOwner: bucketOwner } : input
  const ssm = new SSMClient(config())
  const s3 = new S3Client({ ...config(), forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined })
  const ec2 = new EC2Client(config())
  const loadBalancing = new ElasticLoadBalancingV2Client(config())
  const iam = new IAMClient(config())
  const cloudWatch = new CloudWatchClient(config())
  const sns = new SNSClient(config())
  return {
    getDocument: (input) => ssm.send(new GetDocumentCommand(input)),
    getBucketVersioning: (input) => s3.send(new GetBucketVersioningCommand(owned(input))),
    getBucketEncryption: (input) => s3.send(new GetBucketEncryptionCommand(owned(input))),
    getBucketLifecycleConfiguration: (input) =>
      s3.send(new GetBucketLifecycleConfigurationCommand(owned(input))),
    listObjectVersions: (input) => s3.send(new ListObjectVersionsCommand(owned(input))),
    getBucketPolicy: (input) => s3.send(new GetBucketPolicyCommand(owned(input))),
    putBucketVersioning: (input) => s3.send(new PutBucketVersioningCommand(owned(input))),
    describeInstanceAttribute: (input) => ec2.send(new DescribeInstanceAttributeCommand(input)),
    modifyInstanceAttribute: (input) => ec2.send(new ModifyInstanceAttributeCommand(input)),
    getInstanceProfile: (input) => iam.send(new GetInstanceProfileCommand(input)),
    simulatePrincipalPolicy: (input) => iam.send(new SimulatePrincipalPolicyCommand(input)),
    listRolePolicies: (input) => iam.send(new ListRolePoliciesCommand(input)),
    getRolePolicy: (input) => iam.send(new GetRolePolicyCommand(input)),
    listAttachedRolePolicies: (input) => iam.send(new ListAttachedRolePoliciesCommand(input)),
    describeTargetGroupAttributes: (input) =>
      loadBalancing.send(new DescribeTargetGroupAttributesCommand(input)),
    describeAlarms: (input) => cloudWatch.send(new DescribeAlarmsCommand(input)),
    listSubscriptionsByTopic: (input) => sns.send(new ListSubscriptionsByTopicCommand(input)),
  }
}
