/**
 * What `doctor` and `receipt` ask of AWS besides the guard's own calls, and the few things that it mends: with the person's credentials, never with a
 * function's role.
 */
import type { DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch'
import type {
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput,
  ModifyInstanceAttributeCommandInput,
} from '@aws-sdk/client-ec2'
import type {
  DescribeTargetGroupAttributesCommandInput,
  DescribeTargetGroupAttributesCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type {
  GetInstanceProfileCommandInput,
  GetInstanceProfileCommandOutput,
  GetRolePolicyCommandInput,
  GetRolePolicyCommandOutput,
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput,
  ListRolePoliciesCommandInput,
  ListRolePoliciesCommandOutput,
  SimulatePrincipalPolicyCommandInput,
  SimulatePrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam'
import type {
  GetBucketEncryptionCommandInput,
  GetBucketEncryptionCommandOutput,
  GetBucketLifecycleConfigurationCommandInput,
  GetBucketLifecycleConfigurationCommandOutput,
  GetBucketPolicyCommandInput,
  GetBucketPolicyCommandOutput,
  GetBucketVersioningCommandInput,
  GetBucketVersioningCommandOutput,
  ListObjectVersionsCommandInput,
  ListObjectVersionsCommandOutput,
  PutBucketVersioningCommandInput,
} from '@aws-sdk/client-s3'
import type {
  ListSubscriptionsByTopicCommandInput,
  ListSubscriptionsByTopicCommandOutput,
} from '@aws-sdk/client-sns'
import type { GetDocumentCommandInput, GetDocumentCommandOutput } from '@aws-sdk/client-ssm'
import type { Answer } from './api.ts'

type Call<Input, Output> = (input: Input) => Promise<Answer<Output>>

export interface InspectionApi {
  readonly getDocument: Call<GetDocumentCommandInput, GetDocumentCommandOutput>

  readonly getBucketVersioning: Call<GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput>
  readonly getBucketEncryption: Call<GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput>
  readonly getBucketLifecycleConfiguration: Call<
    GetBucketLifecycleConfigurationCommandInput,
    GetBucketLifecycleConfigurationCommandOutput
  >
  readonly listObjectVersions: Call<ListObjectVersionsCommandInput, ListObjectVersionsCommandOutput>
  readonly getBucketPolicy: Call<GetBucketPolicyCommandInput, GetBucketPolicyCommandOutput>
  readonly putBucketVersioning: (input: PutBucketVersioningCommandInput) => Promise<unknown>

  readonly describeInstanceAttribute: Call<
    DescribeInstanceAttributeCommandInput,
    DescribeInstanceAttributeCommandOutput
  >
  readonly modifyInstanceAttribute: (input: ModifyInstanceAttributeCommandInput) => Promise<unknown>

  readonly getInstanceProfile: Call<GetInstanceProfileCommandInput, GetInstanceProfileCommandOutput>
  readonly simulatePrincipalPolicy: Call<
    SimulatePrincipalPolicyCommandInput,
    SimulatePrincipalPolicyCommandOutput
  >
  readonly listRolePolicies: Call<ListRolePoliciesCommandInput, ListRolePoliciesCommandOutput>
  readonly getRolePolicy: Call<GetRolePolicyCommandInput, GetRolePolicyCommandOutput>
  readonly listAttachedRolePolicies: Call<
    ListAttachedRolePoliciesCommandInput,
    ListAttachedRolePoliciesCommandOutput
  >

  readonly describeTargetGroupAttributes: Call<
    DescribeTargetGroupAttributesCommandInput,
    DescribeTargetGroupAttributesCommandOutput
  >
  readonly describeAlarms: Call<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>
  readonly listSubscriptionsByTopic: Call<
    ListSubscriptionsByTopicCommandInput,
    ListSubscriptionsByTopicCommandOutput
  >
}
