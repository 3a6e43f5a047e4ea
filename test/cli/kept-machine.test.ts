/** The commands as a person types them, against the AWS on this machine: a machine with a dead agent, from kept to gone. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, it } from '@jest/globals'
import { patientWaits, type Waits } from '../../testbed/local/installed-guard.ts'
import { PATHS } from '../../testbed/local/instance/disk.ts'
import { afterwards, eventually } from '../testbed/local/local-aws.ts'
import { BUCKET, guardedAws } from './guarded-aws.ts'
import { typeGuard } from './typing.ts'

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
  const { aws, state, terminate, environment, credentials, createGroup, stop } = await guardedAws({ waits })
  afterwards(stop)
  const [instance] = await createGroup({ name: 'web', instances: 1, retains: true })
  if (instance === undefined) throw new Error('the group has no instance')
  const { instanceId } = instance
  return {
    instanceId,
    /** Its hourly rotation has been, and nobody has published what it rotated. */
    rotate: () =>
      writeFileSync(join(instance.disk, PATHS.rotated, 'catalina.out-1466114461.gz'), gzipSync('a line\n')),
    state,
    type: (...words: string[]) => typeGuard(environment, words).told,
    terminate: () => terminate(instanceId),
    /** What somebody else with rights to the bucket may do to an object. */
    overwrite: async (key: string) => {
      const s3 = new S3Client({
        ...{ endpoint: aws.endpoints.s3, region: aws.region, forcePathStyle: true, credentials },
      })
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: 'something else' }))
      s3.destroy()
    },
    /** Its agent dies, and it is terminated: the guard keeps it. */
    keep: async () => {
      instance.inject('agent-dead')
      await terminate(instanceId)
      await eventually(async () => (await state(instanceId)) === 'Terminating:Retained')
    },
  }
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
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(receipt.guard).toEqual({ deployment: 'termination-guard', version })
  await overwrite(receipt.files[0].object.key)
  expect(await type('receipt', instanceId, '--verify')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/changed: it holds other bytes; the version that was proven is kept: \S+/),
  })
})
