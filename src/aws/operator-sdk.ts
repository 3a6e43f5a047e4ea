/** The real AWS for the commands for people. Region, credentials and endpoints come from the SDK's own environment variables. */
import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling'
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { OperatorApi } from './operator-api.ts'
import type { Patience } from './persons-calls.ts'
import { connect } from './sdk.ts'

/** `bucketOwner` as for `connect`. */
export function connectOperator(region: string, patience: Patience, bucketOwner?: string): OperatorApi {
  const config = () => ({ region, ...patience() })
  const autoScaling = new AutoScalingClient(config())
  const loadBalancing = new ElasticLoadBalancingV2Client(config())
  const sqs = new SQSClient(config())
  const lambda = new LambdaClient(config())
  return {
    ...connect(region, { patience, bucketOwner }),
    setDesiredCapacity: (input) => autoScaling.send(new SetDesiredCapacityCommand(input)),
    describeTargetHealth: (input) => loadBalancing.send(new DescribeTargetHealthCommand(input)),
    receiveMessage: (input) => sqs.send(new ReceiveMessageCommand(input)),
    deleteMessage: (input) => sqs.send(new DeleteMessageCommand(input)),
    getFunctionConfiguration: (input) => lambda.send(new GetFunctionConfigurationCommand(input)),
  }
}
