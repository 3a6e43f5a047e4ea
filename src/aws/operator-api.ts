/**
 * The calls that the commands for people make besides the guard's own: with the person's credentials, never with a function's role.
 * What each is for stands in the command that makes it.
 */
import type { SetDesiredCapacityCommandInput } from '@aws-sdk/client-auto-scaling'
import type {
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type {
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
} from '@aws-sdk/client-lambda'
import type {
  DeleteMessageCommandInput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs'
import type { Answer, AwsApi } from './api.ts'

export interface OperatorApi extends AwsApi {
  setDesiredCapacity(input: SetDesiredCapacityCommandInput): Promise<unknown>
  describeTargetHealth(
    input: DescribeTargetHealthCommandInput,
  ): Promise<Answer<DescribeTargetHealthCommandOutput>>
  receiveMessage(input: ReceiveMessageCommandInput): Promise<Answer<ReceiveMessageCommandOutput>>
  deleteMessage(input: DeleteMessageCommandInput): Promise<unknown>
  getFunctionConfiguration(
    input: GetFunctionConfigurationCommandInput,
  ): Promise<Answer<GetFunctionConfigurationCommandOutput>>
}
