/** The commands as a person types them, against the AWS on this machine: a machine with a dead agent, from kept to gone. */
import { spawn } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
  PutLifecycleHookCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from '@jest/globals'
import {
  hookName,
  installGuard,
  notifierRoleArn,
  patientWaits,
  type Waits,
} from '../../testbed/local/installed-guard.ts'
import { PATHS } from '../../testbed/local/instance/disk.ts'
import { type MachineRoom, openMachineRoom } from '../../testbed/local/instance/machine-room.ts'
import { startLocalAws } from '../../testbed/local/local-aws.ts'
import { afterwards, eventually } from '../testbed/local/local-aws.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const BUCKET = 'elasticbeanstalk-eu-west-1-000000000000'
/** Short, so that patience is over soon; the flush never starts, so that no step of it can be too slow for them. */
const WAITS = {
  ...{
    QUEUE_VISIBILITY_SECONDS: '20',
    HEARTBEAT_TIMEOUT_SECONDS: '60',
    PATIENCE_SECONDS: '6',
    RETRY_SECONDS: '1',
  },
  ...{
    LOOK_AGAIN_SECONDS: '2',
    PENDING_SECONDS: '1',
    DELIVERY_TIMEOUT_SECONDS: '30',
    EXECUTION_TIMEOUT_SECONDS: '60',
  },
  ...{ ADOPT_AFTER_SECONDS: '30', PASS_SECONDS: '2' },
}

async function guardedMachine(waits: Waits = WAITS) {
  let room: MachineRoom | undefined
  const aws = await startLocalAws({
    launch: (instance) => {
      if (room === undefined) throw new Error('the machine room is not open yet')
      return room.launch(instance)
    },
    onProblem: () => undefined,
  })
  afterwards(async () => {
    await aws.stop()
    await room?.stop()
  })
  await aws.createBucket(BUCKET)
  room = openMachineRoom({
    directory: aws.directory,
    environment: { ...aws.environment('INSTANCE'), EB_BUCKET: BUCKET, EB_ENVIRONMENT_ID: 'e-cli' },
    bufferMs: 1000,
    publishEveryMs: undefined,
  })
  const journal = join(aws.directory, 'journal.jsonl')
  writeFileSync(journal, '')
  const onLine = (line: string) => appendFileSync(journal, `${line}\n`)
  const guard = await installGuard(aws, { bucket: BUCKET, waits, onLine })
  const autoScaling = new AutoScalingClient({
    endpoint: aws.endpoints.autoscaling,
    region: aws.region,
    credentials: { accessKeyId: 'PERSON', secretAccessKey: 'local' },
  })
  afterwards(() => autoScaling.destroy())
  const group = { AutoScalingGroupName: 'web' }
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{
        ...group,
        LaunchTemplate: { LaunchTemplateName: 'web' },
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
      },
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
      Tags: [{ Key: 'elasticbeanstalk:environment-id', Value: 'e-cli' }],
    }),
  )
  await autoScaling.send(
    new PutLifecycleHookCommand({
      ...{
        ...group,
        LifecycleHookName: hookName,
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      },
      ...{ HeartbeatTimeout: 60, DefaultResult: 'ABANDON' },
      ...{ NotificationTargetARN: guard.queue.arn, RoleARN: notifierRoleArn },
    }),
  )
  const state = async (instanceId: string) =>
    (await autoScaling.send(new DescribeAutoScalingInstancesCommand({}))).AutoScalingInstances?.find(
      (one) => one.InstanceId === instanceId,
    )?.LifecycleState
  const instance = await eventually(() => room.instances()[0])
  const instanceId = instance.instanceId
  await eventually(async () => (await state(instanceId)) === 'InService')
  const environment = { ...aws.environment(), ...guard.variables, GUARD_JOURNAL: journal }
  return {
    instanceId,
    /** Its hourly rotation has been, and nobody has published what it rotated. */
    rotate: () =>
      writeFileSync(join(instance.disk, PATHS.rotated, 'catalina.out-1466114461.gz'), gzipSync('a line\n')),
    state,
    type: (...words: string[]) => typed(environment, words),
    terminate: () =>
      autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: instanceId,
          ShouldDecrementDesiredCapacity: true,
        }),
      ),
    /** What somebody else with rights to the bucket may do to an object. */
    overwrite: async (key: string) => {
      const s3 = new S3Client({
        ...{ endpoint: aws.endpoints.s3, region: aws.region, forcePathStyle: true },
        credentials: { accessKeyId: 'PERSON', secretAccessKey: 'local' },
      })
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: 'something else' }))
      s3.destroy()
    },
    /** Its agent dies, and it is terminated: the guard keeps it. */
    keep: async () => {
      instance.inject('agent-dead')
      await autoScaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: instanceId,
          ShouldDecrementDesiredCapacity: true,
        }),
      )
      await eventually(async () => (await state(instanceId)) === 'Terminating:Retained')
    },
  }
}

function typed(environment: Readonly<Record<string, string>>, words: readonly string[]) {
  const env = { PATH: process.env.PATH, ...environment }
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const told = { code: -1, out: '', err: '' }
  child.stdout.on('data', (data) => (told.out += data))
  child.stderr.on('data', (data) => (told.err += data))
  return new Promise<typeof told>((resolve) =>
    child.once('close', (code) => resolve({ ...told, code: code ?? -1 })),
  )
}

it('a machine whose agent is dead is kept, kept again, and ends when the loss is accepted', async () => {
  const { instanceId, state, type, keep } = await guardedMachine()
  await keep()
  expect(await type('status')).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`keeps 1\\n[\\s\\S]*kept  ${instanceId}`)),
  })
  expect(await type('explain', instanceId)).toMatchObject({ out: expect.stringContaining('--accept-loss') })
  expect(await type('retry', '--all')).toMatchObject({ code: 1, out: expect.stringContaining('kept again') })
  expect(await state(instanceId)).toBe('Terminating:Retained')
  const accepted = await type('release', instanceId, '--accept-loss', '--reason', 'the agent is dead')
  expect(accepted).toMatchObject({ code: 0, out: expect.stringContaining('stands in the journal') })
  await eventually(async () => (await state(instanceId)) === undefined)
  const { out } = await type('history', instanceId)
  expect(out).toMatch(/retained[\s\S]*accepted the loss: the agent is dead/)
})

it('a running machine is examined, flushed, let go with a receipt, and the receipt tells what was overwritten since', async () => {
  const { instanceId, rotate, state, type, terminate, overwrite } = await guardedMachine(patientWaits)
  rotate()
  expect(await type('flush', instanceId, '--wait', '2')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/([1-9]\d*) of \1 files? proven to be in S3/),
  })
  expect(await state(instanceId)).toBe('InService')
  const { code, out } = await type('doctor', '--group', 'web')
  const found = (check: string) => new RegExp(`^(pass|fail|unknown) +${check}  `, 'm').exec(out)?.[1]
  expect(code).toBe(1)
  for (const check of ['hook', 'hook-target', 'default-result', 'retention', 'agent', 'document'])
    expect([check, found(check)]).toEqual([check, 'pass'])
  expect(found('versioning')).toBe('fail')
  // No IAM and no CloudWatch stand here: what nobody can tell is unknown.
  for (const check of ['alarms', 'functions', 'crashes', 'policy-sizes'])
    expect([check, found(check)]).toEqual([check, 'unknown'])
  const mended = await type('doctor', '--group', 'web', '--fix', '--yes')
  expect(mended.out).toMatch(/^pass +versioning {2}/m)
  await terminate()
  await eventually(async () => (await state(instanceId)) === undefined)
  const holding = await type('receipt', instanceId, '--verify', '--json')
  expect(holding).toMatchObject({ code: 0 })
  const [{ receipt }] = JSON.parse(holding.out).receipts
  expect(receipt).toMatchObject({ instanceId, groupName: 'web', decision: { outcome: 'archived' } })
  await overwrite(receipt.files[0].object.key)
  expect(await type('receipt', instanceId, '--verify')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/changed: it holds other bytes; the version that was proven is kept: \S+/),
  })
})
