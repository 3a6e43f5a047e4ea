import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  PutLifecycleHookCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { describe, expect, it } from '@jest/globals'
import { afterwards, eventually } from './local-aws.ts'

const main = fileURLToPath(new URL('../../../testbed/local/main.ts', import.meta.url))

/** `npm run local`, on free ports. */
async function started(...options: string[]) {
  return startedIn({}, ...options)
}

async function startedIn(environment: Readonly<Record<string, string>>, ...options: string[]) {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const env = { ...inherited, ...environment }
  const child = spawn(process.execPath, [main, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const gone = new Promise<number | null>((resolve) => child.once('close', resolve))
  afterwards(async () => {
    child.kill('SIGKILL')
    await gone
  })
  const told = { out: '', err: '' }
  child.stdout.on('data', (data) => (told.out += data))
  child.stderr.on('data', (data) => (told.err += data))
  return { child, gone, told }
}

describe('npm run local', () => {
  it('says how to reach it, sees a termination through, and ends when told to', async () => {
    const { child, gone, told } = await started('--port', '0', '--storage-port', '0')
    await eventually(() => told.out.includes('Ctrl-C'))
    const read = (name: string) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(told.out)?.[1] ?? ''
    const autoScaling = new AutoScalingClient({
      endpoint: read('AWS_ENDPOINT_URL_AUTO_SCALING'),
      region: read('AWS_REGION'),
      credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
    })
    afterwards(() => autoScaling.destroy())
    const states = async () => {
      const { AutoScalingInstances = [] } = await autoScaling.send(
        new DescribeAutoScalingInstancesCommand({}),
      )
      return AutoScalingInstances
    }
    const AutoScalingGroupName = 'web'
    const Tags = [{ Key: 'elasticbeanstalk:environment-id', Value: 'e-localguard' }]
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
        Tags,
      }),
    )
    await autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName,
        LifecycleHookName: 'termination-guard',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        HeartbeatTimeout: 60,
        NotificationTargetARN: /--notification-target-arn (\S+)/.exec(told.out)?.[1],
      }),
    )
    const [instance] = await eventually(async () => {
      const now = await states()
      return now[0]?.LifecycleState === 'InService' && now
    })
    const InstanceId = instance?.InstanceId
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
    )
    await eventually(async () => (await states()).length === 0)
    expect(told.err).toMatch(new RegExp(`^${InstanceId} (archived|empty): `, 'm'))
    // Once from the terminal, once from npm.
    child.kill('SIGINT')
    child.kill('SIGINT')
    expect(await gone).toBe(0)
  })

  it('does not take a port that is none', async () => {
    const { gone, told } = await started('--port', 'http')
    expect(await gone).toBe(1)
    expect(told.err).toContain('Write a port from 0 to 65535.')
  })

  it('does not take groups that the guard could not choose', async () => {
    for (const groups of ['a*', 'tag:env', ',']) {
      const { gone, told } = await started('--groups', groups)
      expect(await gone).toBe(1)
      expect(told.err).toMatch(/'--groups <selection>' argument .* is invalid.*tag/)
    }
  })

  it('tells which group it has enrolled', async () => {
    const { told } = await started('--port', '0', '--storage-port', '0', '--groups', 'tag:env=prod')
    await eventually(() => told.out.includes('Ctrl-C'))
    const read = (name: string) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(told.out)?.[1] ?? ''
    const autoScaling = new AutoScalingClient({
      endpoint: read('AWS_ENDPOINT_URL_AUTO_SCALING'),
      region: read('AWS_REGION'),
      credentials: { accessKeyId: 'TEST', secretAccessKey: 'test' },
    })
    afterwards(() => autoScaling.destroy())
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
        Tags: [
          { Key: 'env', Value: 'prod', PropagateAtLaunch: true },
          { Key: 'elasticbeanstalk:environment-id', Value: 'e-localguard', PropagateAtLaunch: true },
        ],
      }),
    )
    await eventually(() => /^group web enrolled: /m.test(told.err))
  })

  it('says what to set where its files cannot be written, and ends', async () => {
    const { gone, told } = await startedIn({ TMPDIR: '/proc' }, '--port', '0', '--storage-port', '0')
    expect(await gone).toBe(1)
    expect(told.err).toBe('cannot write to the temporary directory /proc: set TMPDIR\n')
  })
})
