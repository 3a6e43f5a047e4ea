/** `serverless deploy` and `remove` from end to end, against an independent emulator of CloudFormation (moto's server). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeLifecycleHooksCommand,
  DescribeTagsCommand,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeShellEnvironment } from '../../testbed/local/shell-environment.ts'
import { typeLine } from '../cli/typing.ts'
import { type Account, removal, whileDeployed } from '../documents/deployed.ts'
import { root } from '../documents/documented-lines.ts'
import { typeEach } from '../documents/occasions.ts'
import { copyProject, parameterOptions, REGION, serverless } from './packaged.ts'

const isInstalled = spawnSync('moto_server', ['--help']).status === 0
const STACK = 'termination-guard-prod'

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`moto does not answer at ${url}`)
}

;(isInstalled ? describe : describe.skip)('on moto (skipped where moto_server is not installed)', () => {
  let moto: ChildProcess
  let project: { readonly directory: string; remove(): Promise<void> }
  let environment: Record<string, string>
  let autoScaling: AutoScalingClient
  let cloudFormation: CloudFormationClient
  let shell: string
  let subnets: string[]
  let printed = ''

  beforeAll(async () => {
    const port = await freePort()
    // By address and not by name: then the SDK does not put buckets into host names, which nothing here resolves.
    const endpoint = `http://127.0.0.1:${port}`
    moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { cwd: tmpdir(), stdio: 'ignore' })
    project = await copyProject()
    await answering(`${endpoint}/moto-api/`)
    environment = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
    const config = { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
    autoScaling = new AutoScalingClient(config)
    cloudFormation = new CloudFormationClient(config)
    const ec2 = new EC2Client(config)
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
    ec2.destroy()
    subnets = Subnets.map(({ SubnetId = '' }) => SubnetId)
    const isHere = { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION }
    shell = writeShellEnvironment(project.directory, { ...environment, ...isHere })
    const launch = { LaunchConfigurationName: 'lc', ImageId: 'ami-12c6146b', InstanceType: 't3.micro' }
    await autoScaling.send(new CreateLaunchConfigurationCommand(launch))
    for (const AutoScalingGroupName of ['web', 'taken']) {
      const sizes = { MinSize: 0, MaxSize: 1, DesiredCapacity: 0, VPCZoneIdentifier: subnets[0] }
      await autoScaling.send(
        new CreateAutoScalingGroupCommand({ AutoScalingGroupName, LaunchConfigurationName: 'lc', ...sizes }),
      )
    }
    const foreign = { AutoScalingGroupName: 'taken', LifecycleHookName: STACK }
    const LifecycleTransition = 'autoscaling:EC2_INSTANCE_TERMINATING'
    await autoScaling.send(new PutLifecycleHookCommand({ ...foreign, LifecycleTransition }))
  })
  afterAll(async () => {
    autoScaling.destroy()
    cloudFormation.destroy()
    const gone = new Promise((resolve) => moto.once('close', resolve))
    moto.kill()
    await gone
    await project.remove()
  })

  const run = (command: string, groups: { readonly groups?: string }) =>
    serverless(
      project.directory,
      [command, ...parameterOptions({ ...groups, prefix: 'logs/{group}/{instance}/' })],
      environment,
    ).then(
      (output) => ({ output, failed: false }),
      (error: { stdout: string; stderr: string }) => ({ output: error.stdout + error.stderr, failed: true }),
    )
  /** In this project's folder, as far as a deployment needs it. */
  const account = (): Account => ({
    ...{ printed, subnets },
    type: (line) => {
      const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
      return typeLine(
        { PATH, HOME: project.directory, NO_COLOR: '1' },
        `. ${shell}; ${line}`,
        project.directory,
      ).told
    },
  })
  const stacks = async () =>
    (await cloudFormation.send(new DescribeStacksCommand({}))).Stacks?.map(({ StackName, StackStatus }) => [
      StackName,
      StackStatus,
    ])

  it('deploys the stack, enrols the group and says so', async () => {
    const { output, failed } = await run('deploy', { groups: 'web,later' })
    printed = output
    expect([output, failed]).toEqual([expect.stringMatching(/enrolled +web: the hook was put/), false])
    expect(output).toMatch(/not there +later/)
    expect(await stacks()).toEqual([[STACK, expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/)]])
    const { LifecycleHooks } = await autoScaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'web' }),
    )
    expect(LifecycleHooks).toEqual([
      expect.objectContaining({ LifecycleHookName: STACK, DefaultResult: 'ABANDON' }),
    ])
  }, 120_000)

  typeEach(whileDeployed, account, ({ type }, line) => type(line))

  it('changes nothing in a deployment that leaves the groups out, and names those that are guarded', async () => {
    const { output, failed } = await run('deploy', {})
    expect([output, failed]).toEqual([expect.stringMatching(/No groups are given[^\n]*\n +web\n/), true])
    const { LifecycleHooks } = await autoScaling.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'web' }),
    )
    expect(LifecycleHooks).toHaveLength(1)
  }, 120_000)

  it('fails the deployment where a group cannot be enrolled, and says why and what to type', async () => {
    const { output, failed } = await run('deploy', { groups: 'taken' })
    expect([output, failed]).toEqual([
      expect.stringMatching(/refused +taken: it has a hook.*delete-lifecycle-hook/s),
      true,
    ])
    // No longer chosen, so it was given back.
    expect(output).toMatch(/withdrawn +web/)
  }, 120_000)

  typeEach(removal, account, ({ type }, line) => type(line))

  it('is gone then, with its traces on the groups', async () => {
    expect((await stacks())?.map(([name]) => name)).not.toContain(STACK)
    const { Tags = [] } = await autoScaling.send(new DescribeTagsCommand({}))
    expect(Tags.filter(({ Key }) => Key?.startsWith('termination-guard:'))).toEqual([])
  }, 120_000)
})
