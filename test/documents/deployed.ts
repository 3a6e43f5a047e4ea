/** What is typed about a deployment that stands in an account (moto's), and what is left of it when it is removed. */
import { expect } from '@jest/globals'
import type { Told } from '../cli/typing.ts'
import { type Occasion, type Occasions, whereInstalled } from './occasions.ts'

export interface Account {
  /** What `serverless deploy` printed. */
  readonly printed: string
  readonly subnets: readonly string[]
  readonly type: (line: string) => Promise<Told>
}

const hasCli = whereInstalled('aws')
const withCli = (occasion: Occasion<Account>): Occasion<Account> => ({ where: hasCli, ...occasion })

export const whileDeployed: Occasions<Account> = {
  "aws cloudformation describe-stacks --region eu-west-1 --stack-name termination-guard-prod --query 'Stacks[0].Outputs'":
    withCli({ says: /"QueueArn"[\s\S]*"NotifierRoleArn"|"NotifierRoleArn"[\s\S]*"QueueArn"/ }),
  'aws iam put-role-policy …': withCli({
    before: ({ type }) => type("aws iam create-role --role-name ROLE --assume-role-policy-document '{}'"),
    // The documents say that it is printed whole.
    as: (line, { printed }) =>
      printed.split('\n').find((one) => one.trim().startsWith(line.replace('…', ''))) ?? '',
    after: async ({ type }) => {
      const { out } = await type(
        'aws iam get-role-policy --role-name ROLE --policy-name termination-guard-prod',
      )
      expect(out).toContain('ssm:UpdateInstanceInformation')
    },
  }),
  'aws cloudformation deploy --stack-name web --template-file examples/plain-group/group.yml --capabilities CAPABILITY_IAM --parameter-overrides Subnets=subnet-1,subnet-2 Bucket=my-logs':
    withCli({
      as: (line, { subnets }) => line.replace('subnet-1,subnet-2', subnets.slice(0, 2).join(',')),
      says: /Successfully created\/updated stack - web/,
    }),
  'aws ec2 create-snapshots --instance-specification InstanceId=INSTANCE': withCli({
    as: (line) =>
      `INSTANCE=$(aws ec2 run-instances --image-id ami-12c6146b --query 'Instances[0].InstanceId' --output text)
      ${line.replace('INSTANCE', '$INSTANCE')}`,
    says: /"SnapshotId": "snap-/,
  }),
  'aws ec2 describe-volumes --filters Name=status,Values=available': withCli({
    before: ({ type }) => type('aws ec2 create-volume --availability-zone eu-west-1a --size 1'),
    says: /"State": "available"/,
    after: (_, { out }) => expect(out).not.toContain('in-use'),
  }),
  'aws lambda put-function-concurrency --function-name termination-guard-prod-terminations --reserved-concurrent-executions 5':
    withCli({ says: /"ReservedConcurrentExecutions": 5/ }),
}

export const removal: Occasions<Account> = {
  'npx serverless remove --region eu-west-1': { says: /Service .*removed|termination-guard .*removed/ },
  'aws logs delete-log-group --log-group-name /aws/lambda/termination-guard-prod-terminations': withCli({
    after: async ({ type }) =>
      expect((await type('aws logs describe-log-groups')).out).not.toContain('prod-terminations"'),
  }),
}
