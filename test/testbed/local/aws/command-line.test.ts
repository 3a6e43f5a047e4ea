import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { eventually, localAws, refusalOf } from '../local-aws.ts'

const installed = spawnSync('aws', ['--version']).status === 0
const python = spawnSync('python3', ['-c', 'import boto3']).status === 0

const hook = ['--auto-scaling-group-name', 'web', '--lifecycle-hook-name', 'flush']

;(installed ? describe : describe.skip)('the stock AWS CLI', () => {
  it('creates a group, puts a hook, terminates an instance, runs a command on it, and lets it go', async () => {
    const { aws: local } = await localAws()
    const environment = { PATH: process.env.PATH, HOME: local.directory, ...local.environment() }
    const aws = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)('aws', [...args, '--output', 'json'], { env: environment })
      return stdout === '' ? undefined : JSON.parse(stdout)
    }
    const state = async (id: string) => {
      const answer = await aws('autoscaling', 'describe-auto-scaling-instances', '--instance-ids', id)
      return answer.AutoScalingInstances[0]?.LifecycleState
    }
    const { arn } = await local.createQueue('guard')
    expect((await aws('sts', 'get-caller-identity')).Account).toBe('000000000000')
    await aws(
      'autoscaling',
      'create-auto-scaling-group',
      '--auto-scaling-group-name',
      'web',
      '--launch-template',
      'LaunchTemplateName=web',
      '--min-size',
      '0',
      '--max-size',
      '3',
      '--desired-capacity',
      '1',
      '--tags',
      'Key=env,Value=prod',
    )
    await aws(
      'autoscaling',
      'put-lifecycle-hook',
      ...hook,
      '--lifecycle-transition',
      'autoscaling:EC2_INSTANCE_TERMINATING',
      '--notification-target-arn',
      arn,
      '--role-arn',
      'arn:aws:iam::000000000000:role/notifier',
      '--heartbeat-timeout',
      '300',
    )
    const { AutoScalingGroups } = await aws(
      'autoscaling',
      'describe-auto-scaling-groups',
      '--filters',
      'Name=tag:env,Values=prod',
    )
    const id: string = AutoScalingGroups[0].Instances[0].InstanceId
    expect(
      (await aws('ec2', 'describe-instances', '--instance-ids', id)).Reservations[0].Instances[0].State.Name,
    ).toBe('running')
    await aws(
      'autoscaling',
      'terminate-instance-in-auto-scaling-group',
      '--instance-id',
      id,
      '--should-decrement-desired-capacity',
    )
    await eventually(async () => (await state(id)) === 'Terminating:Wait')
    const content = {
      schemaVersion: '2.2',
      mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: ['echo hello'] } }],
    }
    await aws(
      'ssm',
      'create-document',
      '--name',
      'flush',
      '--document-type',
      'Command',
      '--content',
      JSON.stringify(content),
    )
    const { Command } = await aws('ssm', 'send-command', '--document-name', 'flush', '--instance-ids', id)
    const output = await eventually(async () => {
      const invocation = await aws(
        'ssm',
        'get-command-invocation',
        '--command-id',
        Command.CommandId,
        '--instance-id',
        id,
      )
      return invocation.Status === 'Success' && invocation.StandardOutputContent
    })
    expect(output).toBe('hello\n')
    await aws(
      'autoscaling',
      'complete-lifecycle-action',
      ...hook,
      '--instance-id',
      id,
      '--lifecycle-action-result',
      'CONTINUE',
    )
    await eventually(async () => (await state(id)) === undefined)
  })
})

;(installed ? describe : describe.skip)('a service that is not here', () => {
  it.each([
    ['lambda', 'list-functions'],
    ['dynamodb', 'list-tables'],
    ['cloudformation', 'list-stacks'],
    ['route53', 'list-hosted-zones'],
    ['logs', 'describe-log-groups'],
  ])('says so: aws %s %s', async (...command) => {
    const { aws } = await localAws()
    const env = { PATH: process.env.PATH, HOME: aws.directory, ...aws.environment() }
    const call = promisify(execFile)('aws', command, { env })
    expect(await refusalOf(call)).toMatch(
      /\(ServiceNotServedLocally\) when calling .*: The local AWS does not have \w+\./,
    )
  })
})

const script = `
import boto3, botocore
a = boto3.client('autoscaling')
a.create_auto_scaling_group(AutoScalingGroupName='web', LaunchConfigurationName='web', MinSize=0, MaxSize=1)
print(a.describe_auto_scaling_groups()['AutoScalingGroups'][0]['AutoScalingGroupName'])
try:
    a.complete_lifecycle_action(AutoScalingGroupName='web', LifecycleHookName='h', InstanceId='i-1', LifecycleActionResult='CONTINUE')
except botocore.exceptions.ClientError as error:
    print(error.response['Error']['Code'], error.response['Error']['Message'])
print(boto3.client('sqs').get_queue_url(QueueName='guard')['QueueUrl'].endswith('/guard'))
`

;(python ? describe : describe.skip)('boto3', () => {
  it('gets the answers and the errors it expects', async () => {
    const { aws } = await localAws()
    await aws.createQueue('guard')
    const env = { PATH: process.env.PATH, HOME: aws.directory, ...aws.environment() }
    const { stdout } = await promisify(execFile)('python3', ['-c', script], { env })
    expect(stdout.trim().split('\n')).toEqual([
      'web',
      'ValidationError No active Lifecycle Action found with instance ID i-1',
      'True',
    ])
  })
})
