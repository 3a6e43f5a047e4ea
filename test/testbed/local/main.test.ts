import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  PutLifecycleHookCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { describe, expect, it } from '@jest/globals'
import { typeLine } from '../../cli/typing.ts'
import { afterwards, eventually } from './local-aws.ts'
import { environmentFile, startLocal } from './started-local.ts'

/** `npm run local`, on free ports. */
async function started(...options: string[]) {
  return startedIn({}, ...options)
}

async function startedIn(environment: Readonly<Record<string, string>>, ...options: string[]) {
  const { child, said, gone, stop } = startLocal(options, environment)
  afterwards(stop)
  return { child, gone, told: said }
}

const variablesOf = (out: string) => {
  const file = readFileSync(environmentFile(out), 'utf8')
  return (name: string) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(file)?.[1] ?? ''
}

/** What a person types who has sourced that file. */
const typed = async (told: string, line: string) => {
  const { out, err } = await typeLine({}, `. ${environmentFile(told)}; ${line}`).told
  return out + err
}

describe('npm run local', () => {
  it('says how to reach it, sees a termination through, and ends when told to', async () => {
    const { child, gone, told } = await started('--port', '0', '--storage-port', '0')
    await eventually(() => told.out.includes('Ctrl-C'))
    const read = variablesOf(told.out)
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
        LaunchTemplate: { LaunchTemplateName: 'web' },
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
        RoleARN: /--role-arn (\S+)/.exec(told.out)?.[1],
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

  it('breaks an instance when asked to, and what our documents say to type then works', async () => {
    const { told } = await started('--port', '0', '--storage-port', '0', '--groups', 'web')
    await eventually(() => told.out.includes('Ctrl-C'))
    expect(told.out).toContain('runs as you')
    const read = variablesOf(told.out)
    const autoScaling = new AutoScalingClient({
      endpoint: read('AWS_ENDPOINT_URL_AUTO_SCALING'),
      region: read('AWS_REGION'),
      credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
    })
    afterwards(() => autoScaling.destroy())
    const group = {
      AutoScalingGroupName: 'web',
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 0,
      MaxSize: 1,
      DesiredCapacity: 1,
    }
    const Tags = [{ Key: 'elasticbeanstalk:environment-id', Value: 'e-localguard' }]
    await autoScaling.send(new CreateAutoScalingGroupCommand({ ...group, Tags }))
    const state = async () => {
      const answer = await autoScaling.send(new DescribeAutoScalingInstancesCommand({}))
      return answer.AutoScalingInstances?.[0]
    }
    await eventually(() => /^group web enrolled: /m.test(told.err))
    const instance = await eventually(async () => {
      const now = await state()
      return now?.LifecycleState === 'InService' && now
    })
    const id = instance.InstanceId ?? ''
    const guard = (words: string) => typed(told.out, `npm run -s guard -- ${words}`)
    const local = (words: string) => typed(told.out, `npm run -s local -- ${words}`)
    expect(await local(`break ${id} everything`)).toMatch(/What can: agent-dead, agent-asleep, disk-full/)
    expect(await local('break i-0 agent-dead')).toContain(`Those that do: ${id}`)
    expect(await local(`break ${id} publisher-truncate`)).toContain('publisher-truncate')
    expect(await local(`break ${id} disk-full`)).toBe(`${id}: publisher-truncate, disk-full\n`)
    await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 0 }))
    await eventually(async () => (await state())?.LifecycleState === 'Terminating:Wait')
    expect(await guard(`explain ${id}`)).toContain(id)
    await eventually(async () => (await state())?.LifecycleState === 'Terminating:Retained')
    expect(await guard('status')).toContain(id)
    expect(await guard(`history ${id} --passes`)).toContain('no space left on device')
    expect(await local(`mend ${id} disk-full`)).toBe(`${id}: publisher-truncate\n`)
    await guard(`retry ${id}`)
    await eventually(async () => (await state()) === undefined)
    expect(told.err).toMatch(new RegExp(`^${id} (archived|empty): `, 'm'))
    expect(await guard('redrive')).toMatch(/\S/)
  })

  it('does not take a port that is none', async () => {
    const { gone, told } = await started('--port', 'http')
    expect(await gone).toBe(2)
    expect(told.err).toContain('Write a whole number from 0 to 65535.')
  })

  it('does not take groups that the guard could not choose', async () => {
    for (const groups of ['a*', 'tag:env', ',']) {
      const { gone, told } = await started('--groups', groups)
      expect(await gone).toBe(2)
      expect(told.err).toMatch(/'--groups <selection>' argument .* is invalid.*tag/)
    }
  })

  it('tells which group it has enrolled', async () => {
    const { told } = await started('--port', '0', '--storage-port', '0', '--groups', 'tag:env=prod')
    await eventually(() => told.out.includes('Ctrl-C'))
    expect(told.out).toContain(" 'Key=env,Value=prod,PropagateAtLaunch=true'\n")
    const read = variablesOf(told.out)
    const autoScaling = new AutoScalingClient({
      endpoint: read('AWS_ENDPOINT_URL_AUTO_SCALING'),
      region: read('AWS_REGION'),
      credentials: { accessKeyId: read('AWS_ACCESS_KEY_ID'), secretAccessKey: read('AWS_SECRET_ACCESS_KEY') },
    })
    afterwards(() => autoScaling.destroy())
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateName: 'web' },
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

  it.each([
    ['its terminal is closed', (child: ChildProcess) => void child.kill('SIGHUP')],
    ['it is interrupted while it starts', (child: ChildProcess) => void child.kill('SIGINT')],
  ])('leaves no file behind where %s', async (what, end) => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'termination-guard-test-'))
    afterwards(() => rmSync(TMPDIR, { recursive: true }))
    const { child, gone, told } = await startedIn({ TMPDIR }, '--port', '0', '--storage-port', '0')
    const isThere = () =>
      what.includes('starts') ? readdirSync(TMPDIR).length > 0 : told.out.includes('Ctrl-C')
    await eventually(isThere)
    end(child)
    expect(await gone).toBe(0)
    expect(readdirSync(TMPDIR)).toEqual([])
  })

  it('ends with the npm that runs it', async () => {
    const { child, said, told } = typeLine({}, 'exec npm run local -- --port 0 --storage-port 0')
    await eventually(() => said.out.includes('Ctrl-C'))
    child.kill('SIGTERM')
    // What is still running would keep its output open.
    await told
    expect(said.err).toContain('Stopping.')
  })

  it('says what can be typed where that is nothing', async () => {
    const { gone, told } = await started('brake', 'i-0123456789abcdef0', 'agent-dead')
    expect(await gone).toBe(2)
    expect(told.err).toContain('Write `npm run local -- --help` for what can be typed.')
  })

  it('says what to set where its files cannot be written, and ends', async () => {
    const { gone, told } = await startedIn({ TMPDIR: '/proc' }, '--port', '0', '--storage-port', '0')
    expect(await gone).toBe(1)
    expect(told.err).toBe('cannot write to the temporary directory /proc: set TMPDIR\n')
  })
})
