/** What the stand-in for the AWS CLI knows besides S3: what an instance says of its own termination. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  CreateAutoScalingGroupCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling'
import { expect, it } from '@jest/globals'
import { eventually, localAws } from '../local-aws.ts'

const program = fileURLToPath(new URL('../../../../testbed/local/bin/aws', import.meta.url))

async function withHook() {
  const { aws, autoScaling } = await localAws()
  const said: object[] = []
  const topic = aws.createTopic('told', (event) => void said.push(event))
  const AutoScalingGroupName = 'web'
  const group = {
    AutoScalingGroupName,
    LaunchTemplate: { LaunchTemplateName: 'web' },
    MinSize: 0,
    MaxSize: 1,
  }
  await autoScaling.send(new CreateAutoScalingGroupCommand({ ...group, DesiredCapacity: 1 }))
  const LifecycleTransition = 'autoscaling:EC2_INSTANCE_TERMINATING'
  const hook = {
    AutoScalingGroupName,
    LifecycleHookName: 'theirs',
    LifecycleTransition,
    HeartbeatTimeout: 3600,
  }
  await autoScaling.send(new PutLifecycleHookCommand(hook))
  const run = async (...words: string[]) => {
    const env = { PATH: process.env.PATH, ...aws.environment('INSTANCE') }
    return promisify(execFile)(program, words, { env }).then(
      ({ stdout }) => stdout,
      ({ code, stderr }) => `${code}:${stderr}`,
    )
  }
  const instances = async () =>
    JSON.parse(await run('autoscaling', 'describe-auto-scaling-instances')).AutoScalingInstances
  const leave = () =>
    autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity: 0 }))
  return { run, instances, leave, topic, said }
}

it('sees an instance of the group, keeps it and lets it go', async () => {
  const { run, instances, leave } = await withHook()
  await leave()
  const [{ InstanceId }] = await eventually(async () => {
    const now = await instances()
    return now[0]?.LifecycleState === 'Terminating:Wait' && now
  })
  const action = [
    '--lifecycle-hook-name',
    'theirs',
    '--auto-scaling-group-name',
    'web',
    '--instance-id',
    InstanceId,
  ]
  expect(await run('autoscaling', 'record-lifecycle-action-heartbeat', ...action)).toBe('')
  const result = ['--lifecycle-action-result', 'CONTINUE', '--region', 'eu-west-1']
  expect(await run('autoscaling', 'complete-lifecycle-action', ...action, ...result)).toBe('')
  await eventually(async () => (await instances()).length === 0)
  expect(await run('autoscaling', 'complete-lifecycle-action', ...action, ...result)).toMatch(
    /^254:\nAn error occurred \(ValidationError\) when calling the autoscaling complete-lifecycle-action operation: /,
  )
})

it('publishes to a topic, and says what it does not know', async () => {
  const { run, topic, said } = await withHook()
  const to = ['--target-arn', topic, '--subject', 'backup', '--message', 'upload: a to b']
  expect(JSON.parse(await run('sns', 'publish', ...to))).toHaveProperty('MessageId')
  expect(said).toMatchObject([{ Records: [{ Sns: { Subject: 'backup', Message: 'upload: a to b' } }] }])
  expect(await run('sns', 'list-topics')).toBe('252:\nthis stand-in does not know: aws sns list-topics\n')
})
