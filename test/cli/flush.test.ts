import { beforeEach, describe, expect, it } from '@jest/globals'
import { awsError, KEY, manifestLine } from '../one-instance.ts'
import { action, file } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const id = action.instanceId
let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.lifecycleState = 'InService'
})
const archive = () => line.objects.set(KEY, { size: file.size, etag: file.md5 })
const sent = () => line.calls.filter((call) => call === 'sendCommand').length
/** What the instance does while the command looks on: its flush ends, having printed this. */
const flushEnds = (output: string, status?: 'Success' | 'Failed') => {
  line.onPause = () => line.flushEnds(output, status)
}

it.each([[], ['--wait', '0']])(
  '%j begins an undisturbing flush, and says how to follow it',
  async (...words) => {
    const { code, out, err } = await line.run('flush', id, ...words)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain(`flush c-1 runs. To follow and prove it:  termination-guard flush ${id} --wait`)
    expect(line.commands[0]).toMatchObject({
      Comment: expect.stringMatching(/^flush:/),
      Parameters: { Purpose: ['audit'], InstanceId: [id], Upload: [''] },
    })
  },
)

it('with --wait follows it to its end and proves each file', async () => {
  archive()
  flushEnds(manifestLine([file]))
  const { code, out, err } = await line.run('flush', id, '--wait')
  expect({ code, out }).toEqual({ code: 0, out: `${id}  1 of 1 file proven to be in S3, 12 bytes` })
  expect(err).toContain('flush c-1: InProgress')
  expect(sent()).toBe(1)
})

it('uploads once directly what S3 lacks, and fails where it still does', async () => {
  flushEnds(manifestLine([file]))
  const { code, out, err } = await line.run('flush', id, '--wait', '5')
  expect(code).toBe(1)
  expect(out).toContain(`missing     ${file.path}`)
  expect(err).toContain('uploading them directly')
  expect(sent()).toBe(2)
  expect(line.commands[1]?.Parameters?.Upload?.[0]).not.toBe('')
})

it('interrupted while AWS is silent, it says that the flush goes on by itself', async () => {
  line.onPause = () => line.interruptedAt('listCommandInvocations')
  const { code, out } = await line.run('flush', id, '--wait')
  expect({ code, out }).toEqual({
    code: 1,
    out: `${id}  interrupted; flush c-1 goes on by itself:  termination-guard flush ${id} --wait`,
  })
})

it('interrupted while what it flushed is looked for, it says so, too', async () => {
  flushEnds(manifestLine([file]))
  line.interruptedAt('listObjectsV2')
  const { code, out } = await line.run('flush', id, '--wait')
  expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('interrupted; flush c-1') })
})

it('follows the flush that runs already, and starts none beside it', async () => {
  await line.run('flush', id)
  archive()
  flushEnds(manifestLine([file]))
  expect(await line.run('flush', id, '--wait')).toMatchObject({ code: 0 })
  expect(sent()).toBe(1)
})

it('says what is left for the next flush', async () => {
  flushEnds(manifestLine([], ['/var/log/web.stdout.log']))
  expect(await line.run('flush', id, '--wait')).toMatchObject({
    code: 0,
    out: expect.stringContaining('1 log still being written'),
  })
})

it.each([
  ['ended as Failed. All that it said:', () => flushEnds('', 'Failed')],
  [
    'ended as Failed: no space left on device. All that it said:',
    () => flushEnds('----------ERROR-------\nno space left on device', 'Failed'),
  ],
  ['the flush printed no manifest', () => flushEnds('hello')],
  ['timed out; flush c-1 goes on by itself', () => undefined],
])('%s: nothing is proven, and it fails', async (told, happens) => {
  happens()
  expect(await line.run('flush', id, '--wait', '1')).toMatchObject({
    code: 1,
    out: expect.stringContaining(told),
  })
})

it('where the instance cannot account for a log, nothing is proven', async () => {
  archive()
  flushEnds(manifestLine([file], [], 86_400, 'audit', id, ['/var/log/deleted.log']))
  const { code, out } = await line.run('flush', id, '--wait')
  expect(code).toBe(1)
  expect(out).toContain('/var/log/deleted.log')
})

it('is followed by its own id, whoever flushes after it', async () => {
  line.onPause = () => {
    const [own] = line.invocations
    if (!own || line.invocations.length > 1) return
    const later = { CommandId: 'c-2', RequestedDateTime: new Date(line.now) }
    line.invocations.unshift({ ...own, ...later, Status: 'Failed', StatusDetails: 'Failed' })
    archive()
    own.Status = 'Success'
    own.CommandPlugins = [{ Output: manifestLine([file]), ResponseFinishDateTime: new Date(line.now) }]
  }
  expect(await line.run('flush', id, '--wait')).toMatchObject({ code: 0 })
})

it('is one document for programs', async () => {
  archive()
  flushEnds(manifestLine([file]))
  const { out } = await line.run('flush', id, '--wait', '--json')
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    command: 'flush',
    flushed: { instanceId: id, is: 'proven', proof: { files: 1, gaps: [] } },
  })
})

describe('what cannot be flushed is said, and nothing is sent', () => {
  it.each([
    ['is in no Auto Scaling group', () => (line.lifecycleState = undefined)],
    ['the guard flushes it, or keeps it', () => (line.lifecycleState = 'Terminating:Wait')],
    ['the guard flushes it, or keeps it', () => (line.lifecycleState = 'Terminating:Retained')],
    ['the guard flushes it, or keeps it', () => (line.lifecycleState = 'ReplacingRootVolume:Wait')],
    ['which this guard does not guard', () => (line.hookTarget = 'arn:aws:sqs:eu-west-1:1:another')],
    [
      'AccessDenied',
      () => line.failing.set('describeAutoScalingInstances', awsError('AccessDenied', 'AccessDenied: no')),
    ],
    [
      'Rate exceeded',
      () => line.failing.set('listCommandInvocations', awsError('ThrottlingException', 'Rate exceeded')),
    ],
    ['no credentials', () => (line.cannotReach = 'no credentials')],
  ])('%s', async (told, happens) => {
    happens()
    const { code, err } = await line.run('flush', id)
    expect({ code, sent: sent() }).toEqual({ code: 1, sent: 0 })
    expect(err).toContain(told)
  })
  it.each([
    ['the SSM agent does not answer', () => (line.agent = 'dead')],
    [
      'SSM refuses to send a flush: InvalidDocument',
      () => line.failing.set('sendCommand', awsError('InvalidDocument')),
    ],
  ])('%s', async (told, happens) => {
    happens()
    expect(await line.run('flush', id)).toMatchObject({ code: 1, err: expect.stringContaining(told) })
  })
})
