import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { RebootInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm'
import { describe, expect, it } from '@jest/globals'
import type { EventBridgeEvent } from '../../../../testbed/auto-scaling/auto-scaling.ts'
import type { LocalAwsOptions } from '../../../../testbed/local/local-aws.ts'
import { afterwards, eventually, localAwsByHand, refusalOf } from '../local-aws.ts'

const DocumentName = 'flush'

function document(script: string): string {
  return JSON.stringify({
    schemaVersion: '2.2',
    parameters: {
      Word: { type: 'String', default: 'nothing', allowedPattern: '^[a-z]{1,9}$' },
      Seconds: { type: 'String', default: '1800', allowedPattern: '^[0-9]{1,6}$' },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'run',
        inputs: { timeoutSeconds: '{{ Seconds }}', runCommand: script.split('\n') },
      },
    ],
  })
}

/** One instance, and a document that runs `script` on it. */
async function commanded(script: string, options: Partial<LocalAwsOptions> = {}) {
  const events: EventBridgeEvent[] = []
  const local = await localAwsByHand({
    rules: [
      {
        name: 'all',
        pattern: { source: ['aws.ssm'] },
        target: { deliver: (event) => void events.push(event) },
      },
    ],
    ...options,
  })
  const { autoScaling, ssm, aws, machines } = local
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'web',
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 1,
      MaxSize: 1,
    }),
  )
  await ssm.send(
    new CreateDocumentCommand({ Name: DocumentName, Content: document(script), DocumentType: 'Command' }),
  )
  await aws.settle()
  const [machine] = machines.values()
  if (machine === undefined) throw new Error('no machine')
  const InstanceId = machine.instanceId
  // The agent registers.
  await ssm.send(new DescribeInstanceInformationCommand({}))
  const send = async (more: Partial<SendCommandCommandInput> = {}) => {
    const answer = await ssm.send(
      new SendCommandCommand({ DocumentName, InstanceIds: [InstanceId], TimeoutSeconds: 30, ...more }),
    )
    return answer.Command?.CommandId ?? ''
  }
  const read = (CommandId: string) => ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }))
  const ended = (CommandId: string) =>
    eventually(async () => {
      const invocation = await read(CommandId)
      return invocation.Status !== 'Pending' && invocation.Status !== 'InProgress' && invocation
    })
  return { ...local, machine, InstanceId, events, send, read, ended }
}

describe('a command', () => {
  it('runs the script in a real shell on the disk of the instance', async () => {
    const { send, ended, machine, events } = await commanded('echo "{{ Word }}"; pwd; echo aside >&2')
    const invocation = await ended(await send({ Parameters: { Word: ['hello'] }, Comment: 'token web' }))
    expect(invocation).toMatchObject({
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
      Comment: 'token web',
      PluginName: 'run',
      StandardOutputContent: `hello\n${machine.disk}\n`,
      StandardErrorContent: 'aside\n',
    })
    const [first, last] = await eventually(() => events.length >= 2 && events)
    expect([first, last].map((event) => event?.detail.status)).toEqual(['InProgress', 'Success'])
    expect(last).toMatchObject({
      'detail-type': 'EC2 Command Invocation Status-change Notification',
      detail: { 'document-name': DocumentName, 'instance-id': machine.instanceId },
    })
    expect(last?.detail).not.toHaveProperty('comment')
  })

  it('begins when EC2 has done with its machine what it was asked to before', async () => {
    const { send, read, ended, machine, ec2, InstanceId } = await commanded('echo booted')
    const booted = Promise.withResolvers<void>()
    afterwards(booted.resolve)
    machine.reboot = () => booted.promise
    const { run } = machine
    let runs = 0
    machine.run = (...words) => {
      runs += 1
      return run(...words)
    }
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [InstanceId] }))
    const CommandId = await send()
    await eventually(async () => (await read(CommandId)).Status === 'InProgress')
    expect(runs).toBe(0)
    booted.resolve()
    expect(await ended(CommandId)).toMatchObject({ Status: 'Success', StandardOutputContent: 'booted\n' })
  })

  it('that exits with anything but 0 has Failed', async () => {
    const { send, ended } = await commanded('echo half; exit 3')
    expect(await ended(await send())).toMatchObject({
      Status: 'Failed',
      ResponseCode: 3,
      StandardOutputContent: 'half\n',
    })
  })

  it('has its output cut to 24,000 and 8,000 characters, and to 2,500 in a listing, with the markers of the agent', async () => {
    const { send, ended, ssm } = await commanded(
      'head -c 30000 /dev/zero | tr "\\0" o; head -c 9000 /dev/zero | tr "\\0" e >&2',
    )
    const CommandId = await send()
    const { StandardOutputContent: out = '', StandardErrorContent: err = '' } = await ended(CommandId)
    expect([out.length, err.length]).toEqual([24_000, 8_000])
    expect(out).toMatch(/^o+--output truncated--$/)
    expect(err).toMatch(/^e+--output truncated--$/)
    const { CommandInvocations } = await ssm.send(
      new ListCommandInvocationsCommand({ CommandId, Details: true }),
    )
    const output = CommandInvocations?.[0]?.CommandPlugins?.[0]?.Output ?? ''
    expect(output.length).toBe(2_500)
    expect(output).toMatch(/^o+---Output truncated---\n----------ERROR-------\ne+---Error truncated----$/)
  })

  it('that runs longer than its document allows is ExecutionTimedOut, and its output is not told', async () => {
    const { send, ended, machine } = await commanded('echo before; sleep 100')
    const run = machine.run
    machine.run = (script) => run(script, 100)
    expect(await ended(await send())).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
      StandardOutputContent: '',
    })
  })

  it('for a dead agent stays Pending until the delivery timeout', async () => {
    const { send, read, machine, pass, events } = await commanded('true')
    machine.agent = 'dead'
    const id = await send()
    await pass(29)
    expect(await read(id)).toMatchObject({ Status: 'Pending', ResponseCode: -1 })
    await pass(1)
    expect(await read(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' })
    expect(events.map(({ detail }) => detail.status)).toEqual(['TimedOut'])
  })

  it('for an agent that comes back in time is delivered then', async () => {
    const { send, ended, machine, pass } = await commanded('true')
    machine.agent = 'dead'
    const id = await send()
    await pass(10)
    machine.agent = 'online'
    await pass(1)
    expect((await ended(id)).Status).toBe('Success')
  })

  it('on an instance killed in the middle stays InProgress until both timeouts are over', async () => {
    const { send, read, ec2, InstanceId, aws, pass } = await commanded('sleep 100')
    const id = await send({ Parameters: { Seconds: ['600'] } })
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
    await aws.settle()
    await pass(629)
    expect((await read(id)).Status).toBe('InProgress')
    await pass(1)
    expect(await read(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' })
  })

  it('whose agent dies before it can report is not heard of, though its script came to its end', async () => {
    const script = 'touch begun\nuntil [ -e go ]; do sleep 0.01; done\ntouch ended'
    const { send, read, machine, pass } = await commanded(script)
    const id = await send({ Parameters: { Seconds: ['600'] } })
    await eventually(() => existsSync(join(machine.disk, 'begun')))
    machine.agent = 'dead'
    writeFileSync(join(machine.disk, 'go'), '')
    await eventually(() => existsSync(join(machine.disk, 'ended')))
    await pass(629)
    expect((await read(id)).Status).toBe('InProgress')
    await pass(1)
    expect(await read(id)).toMatchObject({ StatusDetails: 'DeliveryTimedOut', StandardOutputContent: '' })
  })

  it('can be cancelled while it waits; the event then spells it Canceled', async () => {
    const { send, read, ssm, machine, aws, events } = await commanded('true')
    machine.agent = 'dead'
    const CommandId = await send()
    await ssm.send(new CancelCommandCommand({ CommandId }))
    await aws.settle()
    expect((await read(CommandId)).Status).toBe('Cancelled')
    expect(events.map(({ detail }) => detail.status)).toEqual(['Canceled'])
  })

  it('sent twice runs twice', async () => {
    const { send, ended, machine } = await commanded('echo x >>log; wc -l <log')
    await ended(await send())
    expect((await ended(await send())).StandardOutputContent?.trim()).toBe('2')
    expect(machine.powered).toBe(true)
  })
})

describe('right after it was sent', () => {
  it('a command does not exist yet', async () => {
    const { send, read, ssm, pass, InstanceId } = await commanded('true', { commandLagMs: 2000 })
    const id = await send()
    expect(await refusalOf(read(id))).toMatch(/^InvocationDoesNotExist: /)
    const list = async () =>
      (await ssm.send(new ListCommandInvocationsCommand({ InstanceId }))).CommandInvocations
    expect(await list()).toEqual([])
    await pass(2)
    expect(await list()).toHaveLength(1)
  })
})

describe('a listing of invocations', () => {
  it('is filtered by document, time and status, newest first, and page by page', async () => {
    const { send, ended, ssm, pass, clock, InstanceId } = await commanded('true')
    const old = await send({ Comment: 'old' })
    await ended(old)
    await pass(60)
    const after = new Date(clock.time - 1).toISOString()
    await ended(await send({ Comment: 'new' }))
    const list = async (
      Filters: { key: 'InvokedAfter' | 'InvokedBefore' | 'DocumentName' | 'Status'; value: string }[],
      more = {},
    ) => {
      const answer = await ssm.send(new ListCommandInvocationsCommand({ InstanceId, Filters, ...more }))
      return [(answer.CommandInvocations ?? []).map(({ Comment }) => Comment), answer.NextToken] as const
    }
    const document_ = { key: 'DocumentName', value: DocumentName } as const
    expect((await list([document_]))[0]).toEqual(['new', 'old'])
    expect((await list([document_, { key: 'InvokedAfter', value: after }]))[0]).toEqual(['new'])
    expect((await list([{ key: 'DocumentName', value: 'other' }]))[0]).toEqual([])
    expect((await list([{ key: 'Status', value: 'Failed' }]))[0]).toEqual([])
    const [firstPage, NextToken] = await list([document_], { MaxResults: 1 })
    expect(firstPage).toEqual(['new'])
    expect((await list([document_], { MaxResults: 1, NextToken }))[0]).toEqual(['old'])
    expect((await ssm.send(new ListCommandsCommand({ CommandId: old }))).Commands).toMatchObject([
      { Comment: 'old', Status: 'Success', InstanceIds: [InstanceId] },
    ])
  })
})

describe('SendCommand refuses', () => {
  it('a value that the document does not allow, before anything runs', async () => {
    const { send, ssm } = await commanded('true')
    expect(await refusalOf(send({ Parameters: { Word: ["a'b"] } }))).toMatch(/^InvalidParameters: /)
    expect(await refusalOf(send({ Parameters: { Unknown: ['x'] } }))).toMatch(/^InvalidParameters: /)
    expect((await ssm.send(new ListCommandsCommand({}))).Commands).toEqual([])
  })

  it('values for which there is no room beside the document', async () => {
    const room = 64 * 1024 - document('').length
    const { send } = await commanded('#'.repeat(room - 10))
    expect(await send()).not.toBe('')
    const refused = send({ Parameters: { Word: ['word'] } })
    expect(await refusalOf(refused)).toMatch(/^MaxDocumentSizeExceeded: /)
  })

  it('a document that is not there, a comment that is too long, a timeout that is too short', async () => {
    const { send } = await commanded('true')
    expect(await refusalOf(send({ DocumentName: 'other' }))).toMatch(/^InvalidDocument: /)
    expect(await refusalOf(send({ Comment: 'c'.repeat(101) }))).toMatch(/^ValidationException: /)
    expect(await refusalOf(send({ TimeoutSeconds: 29 }))).toMatch(/^ValidationException: /)
  })

  it('an instance that is gone, or was never there, with one and the same error', async () => {
    const { send, ec2, InstanceId } = await commanded('true')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
    for (const id of [InstanceId, 'i-0123456789abcdef0'])
      expect(await refusalOf(send({ InstanceIds: [id] }))).toBe(
        `InvalidInstanceId: Instances [[${id}]] not in a valid state for account 000000000000`,
      )
  })
})

describe('a document', () => {
  it('is answered as it was given, described, and not created twice', async () => {
    const { ssm } = await commanded('true')
    const Name = DocumentName
    expect((await ssm.send(new GetDocumentCommand({ Name }))).Content).toBe(document('true'))
    expect((await ssm.send(new DescribeDocumentCommand({ Name }))).Document).toMatchObject({
      Name,
      Status: 'Active',
      SchemaVersion: '2.2',
    })
    const again = ssm.send(new CreateDocumentCommand({ Name, Content: document('true') }))
    expect(await refusalOf(again)).toMatch(/^DocumentAlreadyExists: /)
  })

  it.each([
    ['larger than 64 KB', document('#'.repeat(66_000)), 'MaxDocumentSizeExceeded'],
    ['not JSON', 'schemaVersion: "2.2"', 'InvalidDocumentContent'],
    ['of another schema', '{"schemaVersion":"1.2","mainSteps":[]}', 'InvalidDocumentContent'],
  ])('that is %s is refused', async (_what, Content, code) => {
    const { ssm } = await localAwsByHand()
    const create = ssm.send(new CreateDocumentCommand({ Name: 'other', Content }))
    expect(await refusalOf(create)).toMatch(`${code}: `)
  })
})

describe('DescribeInstanceInformation', () => {
  it('tells a lost connection, and leaves out what is terminated', async () => {
    const { ssm, machine, ec2, InstanceId } = await commanded('true')
    const list = async () =>
      (
        await ssm.send(
          new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [InstanceId] }] }),
        )
      ).InstanceInformationList
    expect(await list()).toMatchObject([{ InstanceId, PingStatus: 'Online' }])
    machine.agent = 'dead'
    expect(await list()).toMatchObject([{ PingStatus: 'ConnectionLost' }])
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
    expect(await list()).toEqual([])
  })
})
