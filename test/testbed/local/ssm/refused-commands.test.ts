/** What Systems Manager refuses, and what it leaves alone. */
import { randomUUID } from 'node:crypto'
import {
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling'
import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationCommandInput,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  UpdateDocumentCommand,
  UpdateDocumentDefaultVersionCommand,
} from '@aws-sdk/client-ssm'
import { describe, expect, it } from '@jest/globals'
import type { Launch } from '../../../../testbed/local/machine.ts'
import { eventually, localAws, refusalOf } from '../local-aws.ts'
import { tinyMachines } from '../tiny-machine.ts'

async function twoInstances() {
  const started = await localAws()
  const { autoScaling, ssm } = started
  const group = {
    AutoScalingGroupName: 'web',
    LaunchTemplate: { LaunchTemplateName: 'web' },
    MinSize: 2,
    MaxSize: 2,
  }
  await autoScaling.send(new CreateAutoScalingGroupCommand(group))
  const ids = await eventually(async () => {
    const { InstanceInformationList: all = [] } = await ssm.send(new DescribeInstanceInformationCommand({}))
    return all.length === 2 && all.map(({ InstanceId = '' }) => InstanceId)
  })
  const send = (input: Partial<SendCommandCommandInput>) => {
    const InstanceIds = input.Targets ? undefined : ids.slice(0, 1)
    return ssm.send(new SendCommandCommand({ DocumentName: 'AWS-RunShellScript', InstanceIds, ...input }))
  }
  const refused = (input: Partial<SendCommandCommandInput>) =>
    refusalOf(send({ Parameters: { commands: ['true'] }, ...input }))
  return { ...started, ids, send, refused }
}

describe('a command', () => {
  it('is not sent with what Systems Manager does not take', async () => {
    const { refused, ssm } = await twoInstances()
    const timeout = (executionTimeout: string) =>
      refused({ Parameters: { commands: ['true'], executionTimeout: [executionTimeout] } })
    // AWS's own pattern has no anchors, and means all of the value.
    expect(await timeout('5x')).toMatch(/^InvalidParameters/)
    expect(await timeout('999999')).toMatch(/^InvalidParameters/)
    expect(await timeout('172800')).toBe('no error')
    expect(await refused({ Parameters: { commands: ['echo {{ssm:word}}'] } })).toMatch(
      /^InvalidParameters: .*ssm:word/,
    )
    expect(await refused({ MaxConcurrency: 'all' })).toMatch(/^ValidationException/)
    expect(await refused({ MaxErrors: '101%' })).toMatch(/^ValidationException/)
    expect(await refused({ MaxConcurrency: '10%', MaxErrors: '0' })).toBe('no error')
    const Targets = Array.from({ length: 6 }, () => ({ Key: 'tag:env', Values: ['prod'] }))
    expect(await refused({ Targets })).toMatch(/^ValidationException/)
    expect(await refused({ Targets: Targets.slice(1) })).toBe('no error')
    const hash = { DocumentHash: 'x', DocumentHashType: 'Md5' as 'Sha1' }
    expect(await refused(hash)).toMatch(/^ValidationException/)
    expect(await refused({ DocumentVersion: '01' })).toMatch(/^InvalidDocumentVersion/)
    const { Commands = [] } = await ssm.send(new ListCommandsCommand({}))
    expect(Commands.map(({ MaxConcurrency, MaxErrors }) => [MaxConcurrency, MaxErrors])).toEqual([
      ['50', '0'],
      ['10%', '0'],
      ['50', '0'],
    ])
  })

  it('is cancelled on the instances that are named, and goes on at the others', async () => {
    const { ids, send, ssm } = await twoInstances()
    const { Command } = await send({ InstanceIds: ids, Parameters: { commands: ['sleep 60'] } })
    const CommandId = Command?.CommandId
    const status = async (InstanceId: string) => {
      const { Status } = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }))
      return Status
    }
    const [first = '', second = ''] = ids
    await eventually(async () => (await status(first)) === 'InProgress')
    await ssm.send(new CancelCommandCommand({ CommandId, InstanceIds: [first] }))
    await eventually(async () => (await status(first)) === 'Cancelled')
    expect(await status(second)).toBe('InProgress')
    const stranger = new CancelCommandCommand({ CommandId, InstanceIds: ['i-00000000000000000'] })
    expect(await refusalOf(ssm.send(stranger))).toMatch(/^InvalidInstanceId/)
    await ssm.send(new CancelCommandCommand({ CommandId }))
    await eventually(async () => (await status(second)) === 'Cancelled')
  })

  it('that there is not cannot be cancelled, and one that can be none is not looked for', async () => {
    const { ssm } = await localAws()
    const cancel = ssm.send(new CancelCommandCommand({ CommandId: randomUUID() }))
    expect(await refusalOf(cancel)).toMatch(/^InvalidCommandId/)
    for (const list of [ListCommandsCommand, ListCommandInvocationsCommand]) {
      const ask = (CommandId: string) => refusalOf(ssm.send(new list({ CommandId }) as ListCommandsCommand))
      expect(await ask('none')).toMatch(/^ValidationException/)
      expect(await ask(randomUUID())).toBe('no error')
      const many = ssm.send(new list({ MaxResults: 51 }) as ListCommandsCommand)
      expect(await refusalOf(many)).toMatch(/^ValidationException/)
    }
  })
})

describe('a parameter', () => {
  const parameters = {
    Mode: { type: 'String', default: 'dry', allowedValues: ['dry', 'wet'] },
    Word: { type: 'String', default: 'abc', minChars: 2, maxChars: 4 },
    Seconds: { type: 'String', default: '60' },
  }
  const inputs = { runCommand: ['true'], timeoutSeconds: '{{ Seconds }}' }
  const Content = JSON.stringify({
    schemaVersion: '2.2',
    parameters,
    mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs }],
  })

  it('is one of those that the document allows, as long as it allows, and one where it is no list', async () => {
    const { refused, ssm } = await twoInstances()
    await ssm.send(new CreateDocumentCommand({ Name: 'ours', Content }))
    const ask = (Parameters: Record<string, string[]>) => refused({ DocumentName: 'ours', Parameters })
    expect(await ask({ Mode: ['wet'], Word: ['abcd'] })).toBe('no error')
    const wrong = [{ Mode: ['damp'] }, { Word: ['a'] }, { Word: ['abcde'] }, { Mode: ['dry', 'wet'] }]
    for (const one of wrong) expect(await ask(one)).toMatch(/^InvalidParameters/)
  })

  it('that is no time-out is an hour', async () => {
    const { send, ssm } = await twoInstances()
    await ssm.send(new CreateDocumentCommand({ Name: 'ours', Content }))
    const seconds = async (said: string) => {
      const Parameters = { Seconds: [said] }
      const sent = await send({ DocumentName: 'ours', TimeoutSeconds: 30, Parameters })
      const { ExpiresAfter, RequestedDateTime } = sent.Command ?? {}
      return (Number(ExpiresAfter) - Number(RequestedDateTime)) / 1000 - 30
    }
    expect(await seconds('60')).toBe(60)
    for (const said of ['4', '172801', 'soon', '7.5']) expect(await seconds(said)).toBe(3600)
  })
})

describe('an instance whose agent was dead when it started', () => {
  it('cannot be sent anything, and is known as soon as its agent lives', async () => {
    const { launch, all } = tinyMachines()
    const dead: Launch = async (instance) => Object.assign(await launch(instance), { agent: 'dead' as const })
    const { autoScaling, ssm } = await localAws({ launch: dead })
    const group = {
      ...{ AutoScalingGroupName: 'web', LaunchTemplate: { LaunchTemplateName: 'web' } },
      ...{ MinSize: 1, MaxSize: 1 },
    }
    await autoScaling.send(new CreateAutoScalingGroupCommand(group))
    const machine = await eventually(() => [...all.values()][0])
    const told = async () =>
      (await ssm.send(new DescribeInstanceInformationCommand({}))).InstanceInformationList ?? []
    const send = () => {
      const Parameters = { commands: ['true'] }
      const InstanceIds = [machine.instanceId]
      const DocumentName = 'AWS-RunShellScript'
      return refusalOf(ssm.send(new SendCommandCommand({ DocumentName, InstanceIds, Parameters })))
    }
    await eventually(async () => {
      const { AutoScalingInstances = [] } = await autoScaling.send(
        new DescribeAutoScalingInstancesCommand({}),
      )
      return AutoScalingInstances[0]?.LifecycleState === 'InService'
    })
    expect(await told()).toEqual([])
    expect(await send()).toMatch(/^InvalidInstanceId/)
    machine.agent = 'online'
    expect(await told()).toMatchObject([{ PingStatus: 'Online' }])
    machine.agent = 'dead'
    // From now on it is known, and a command for it waits.
    expect(await told()).toMatchObject([{ PingStatus: 'ConnectionLost' }])
    expect(await send()).toBe('no error')
  })
})

describe('a document', () => {
  it('is changed from its latest version, and to something else', async () => {
    const { ssm } = await localAws()
    const content = (line: string) => {
      const mainSteps = [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: [line] } }]
      return JSON.stringify({ schemaVersion: '2.2', mainSteps })
    }
    const Name = 'ours'
    await ssm.send(new CreateDocumentCommand({ Name, Content: content('true') }))
    const update = (line: string, DocumentVersion: string) =>
      refusalOf(ssm.send(new UpdateDocumentCommand({ Name, DocumentVersion, Content: content(line) })))
    expect(await update('true', '$LATEST')).toMatch(/^DuplicateDocumentContent/)
    expect(await update('false', '1')).toBe('no error')
    expect(await update('date', '1')).toMatch(/^InvalidDocumentVersion/)
    expect(await update('date', '3')).toMatch(/^InvalidDocumentVersion/)
    expect(await update('date', '2')).toBe('no error')
  })
})

describe('a document of AWS', () => {
  it('is changed by nobody', async () => {
    const { ssm } = await localAws()
    const mainSteps = [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: ['true'] } }]
    const Content = JSON.stringify({ schemaVersion: '2.2', mainSteps })
    const theirs = { Name: 'AWS-RunShellScript', DocumentVersion: '$LATEST' }
    const update = (Name: string) =>
      refusalOf(ssm.send(new UpdateDocumentCommand({ ...theirs, Name, Content })))
    expect(await update(theirs.Name)).toMatch(/^AccessDeniedException/)
    const standard = new UpdateDocumentDefaultVersionCommand({ ...theirs, DocumentVersion: '1' })
    expect(await refusalOf(ssm.send(standard))).toMatch(/^AccessDeniedException/)
    const older = Content.replace('true', 'false')
    await ssm.send(new CreateDocumentCommand({ Name: 'ours', Content: older }))
    expect(await update('ours')).toBe('no error')
  })
})

describe('what is known of instances', () => {
  it('is asked with filters that say something, one kind at a time', async () => {
    const { ssm } = await localAws()
    const ask = (input: DescribeInstanceInformationCommandInput) =>
      refusalOf(ssm.send(new DescribeInstanceInformationCommand(input)))
    const online = [{ Key: 'PingStatus', Values: ['Online'] }]
    expect(await ask({ Filters: online })).toBe('no error')
    const older = [{ key: 'PingStatus' as const, valueSet: ['Online'] }]
    expect(await ask({ Filters: online, InstanceInformationFilterList: older })).toMatch(
      /^ValidationException/,
    )
    for (const [Key, ...Values] of [['PingStatus', 'Offline'], ['PingStatus'], ['Weather', 'fine']])
      expect(await ask({ Filters: [{ Key, Values }] })).toMatch(/^InvalidInstanceInformationFilterValue/)
  })
})
