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

/** Words that a shell fills in. */
const idOf = (what: string, query: string) => `$(aws ec2 ${what} --query '${query}' --output text)`
const LAUNCHED = idOf('run-instances --image-id ami-12c6146b', 'Instances[0].InstanceId')
const STOPPED = idOf(
  'describe-instances --filters Name=instance-state-name,Values=stopped',
  'Reservations[0].Instances[0].InstanceId',
)
const SNAPSHOT = idOf('describe-snapshots --owner-ids self', 'sort_by(Snapshots, &StartTime)[-1].SnapshotId')
const VOLUME = idOf('describe-volumes --filters Name=status,Values=available', 'Volumes[0].VolumeId')
const onDevice = 'describe-volumes --filters Name=attachment.device,Values=/dev/sdf'
const ATTACHED = idOf(onDevice, 'Volumes[0].VolumeId')
const HOLDER = idOf(onDevice, 'Volumes[0].Attachments[0].InstanceId')

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
  'aws ec2 stop-instances --instance-ids INSTANCE': withCli({
    as: (line) => line.replace('INSTANCE', LAUNCHED),
    says: /"Name": "stopp/,
  }),
  'aws ec2 create-snapshots --instance-specification InstanceId=INSTANCE': withCli({
    as: (line) => line.replace('INSTANCE', STOPPED),
    says: /"SnapshotId": "snap-/,
  }),
  'aws ec2 create-volume --snapshot-id snap-0123456789abcdef0 --availability-zone eu-west-1a': withCli({
    as: (line) => line.replace(/snap-\w+/, SNAPSHOT),
    says: /"VolumeId": "vol-/,
  }),
  'aws ec2 attach-volume --volume-id vol-0123456789abcdef0 --instance-id i-0fedcba9876543210 --device /dev/sdf':
    withCli({
      as: (line) => line.replace(/vol-\w+/, VOLUME).replace(/i-0\w+/, LAUNCHED),
      says: /"State": "attach/,
    }),
  'aws ec2 detach-volume --volume-id vol-0123456789abcdef0 --instance-id i-0fedcba9876543210': withCli({
    as: (line) => line.replace(/vol-\w+/, ATTACHED).replace(/i-0\w+/, HOLDER),
    says: /"State": "detach/,
  }),
  'aws ec2 create-snapshot --volume-id …': withCli({
    as: (line) => line.replace('…', VOLUME),
    says: /"SnapshotId": "snap-/,
  }),
  'aws ec2 delete-volume --volume-id vol-0123456789abcdef0': withCli({
    as: (line) => line.replace(/vol-\w+/, VOLUME),
    after: async ({ type }) => expect((await type(`echo ${VOLUME}`)).out.trim()).toBe('None'),
  }),
  'aws ec2 delete-snapshot --snapshot-id snap-0123456789abcdef0': withCli({
    as: (line) => line.replace(/snap-\w+/, SNAPSHOT),
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
