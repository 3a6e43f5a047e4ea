/** Systems Manager as people use it from a terminal. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListDocumentsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  UpdateDocumentCommand,
} from '@aws-sdk/client-ssm'
import { describe, expect, it } from '@jest/globals'
import { eventually, localAws, refusalOf } from '../local-aws.ts'

async function oneInstance() {
  const started = await localAws()
  const { autoScaling, ssm, machines } = started
  const group = {
    AutoScalingGroupName: 'web',
    LaunchTemplate: { LaunchTemplateName: 'web' },
    MinSize: 1,
    MaxSize: 1,
  }
  await autoScaling.send(new CreateAutoScalingGroupCommand(group))
  const machine = await eventually(() => [...machines.values()][0])
  const send = (input: Partial<SendCommandCommandInput>) =>
    ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        ...(input.Targets ? {} : { InstanceIds: [machine.instanceId] }),
        ...input,
      }),
    )
  const ended = (CommandId: string | undefined) =>
    eventually(async () => {
      const InstanceId = machine.instanceId
      const invocation = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }))
      return !['Pending', 'InProgress', 'Cancelling'].includes(invocation.StatusDetails ?? '') && invocation
    })
  await eventually(async () => {
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}))
    return InstanceInformationList?.length === 1
  })
  return { ...started, machine, send, ended }
}

const content = (line: string) =>
  JSON.stringify({
    schemaVersion: '2.2',
    mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: [line] } }],
  })

describe('a document', () => {
  const run = async (document: object) => {
    const { ssm, send, ended } = await oneInstance()
    await ssm.send(new CreateDocumentCommand({ Name: 'theirs', Content: JSON.stringify(document) }))
    const { Command } = await send({ DocumentName: 'theirs' })
    const { Status, ResponseCode, StandardOutputContent, PluginName } = await ended(Command?.CommandId)
    return { Status, ResponseCode, StandardOutputContent, PluginName }
  }
  const step = (name: string, line: string, more: object = {}) => ({
    action: 'aws:runShellScript',
    name,
    ...more,
    inputs: { runCommand: [line] },
  })

  it('of several scripts runs each in a shell of its own, whatever became of the one before', async () => {
    const mainSteps = [step('a', 'X=1; echo one; exit 3'), step('b', 'echo two$X'), step('c', 'exit 4')]
    expect(await run({ schemaVersion: '2.2', mainSteps })).toEqual({
      Status: 'Failed',
      ResponseCode: 3,
      StandardOutputContent: 'one\ntwo\n',
      PluginName: 'a',
    })
  })

  it('ends with a script that failed where it says so', async () => {
    const onFailure = 'exit'
    const mainSteps = [
      step('a', 'true', { onFailure }),
      step('b', 'false', { onFailure }),
      step('c', 'echo c'),
    ]
    expect(await run({ schemaVersion: '2.2', mainSteps })).toMatchObject({
      Status: 'Failed',
      ResponseCode: 1,
      StandardOutputContent: '',
    })
  })

  it('may be of the schema before steps', async () => {
    const properties = [{ id: '0.aws:runShellScript', runCommand: ['echo one', 'echo two'] }]
    const runtimeConfig = { 'aws:runShellScript': { properties } }
    expect(await run({ schemaVersion: '1.2', parameters: {}, runtimeConfig })).toEqual({
      Status: 'Success',
      ResponseCode: 0,
      StandardOutputContent: 'one\ntwo\n',
      PluginName: 'aws:runShellScript',
    })
  })
})

describe('AWS-RunShellScript', () => {
  it('runs each command as a line, in the directory that is asked for', async () => {
    const { send, ended } = await oneInstance()
    const commands = ['if true; then', '  echo "a  b"', 'fi', 'pwd']
    const { Command } = await send({ Parameters: { commands, workingDirectory: ['/'] } })
    expect((await ended(Command?.CommandId)).StandardOutputContent).toBe('a  b\n/\n')
  })

  it('puts its whole output into the bucket that is asked for', async () => {
    const { aws, s3, send, ended, machine } = await oneInstance()
    await aws.createBucket('outputs')
    const { Command } = await send({
      Parameters: { commands: ['echo hello'] },
      OutputS3BucketName: 'outputs',
      OutputS3KeyPrefix: 'runs',
    })
    const { StandardOutputUrl } = await ended(Command?.CommandId)
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'outputs' }))
    const step = 'awsrunShellScript/0.awsrunShellScript/stdout'
    const Key = `runs/${Command?.CommandId}/${machine.instanceId}/${step}`
    expect(Contents).toMatchObject([{ Key, Size: 6 }])
    expect(StandardOutputUrl).toMatch(new RegExp(`/outputs/${Key}$`))
  })

  it('is there without being created, and listed as Amazon’s', async () => {
    const { ssm } = await localAws()
    await ssm.send(
      new CreateDocumentCommand({ Name: 'mine', DocumentType: 'Command', Content: content('true') }),
    )
    const list = async (Owner: string) => {
      const Filters = [{ Key: 'Owner', Values: [Owner] }]
      const { DocumentIdentifiers } = await ssm.send(new ListDocumentsCommand({ Filters }))
      return DocumentIdentifiers?.map(({ Name }) => Name)
    }
    expect(await list('Self')).toEqual(['mine'])
    expect(await list('Amazon')).toEqual(['AWS-RunShellScript'])
  })
})

describe('a command', () => {
  it('runs the version that is asked for, and refuses one that is not there or has another hash', async () => {
    const { ssm, send, ended } = await oneInstance()
    const Name = 'mine'
    await ssm.send(new CreateDocumentCommand({ Name, DocumentType: 'Command', Content: content('echo 1') }))
    await ssm.send(
      new UpdateDocumentCommand({ Name, DocumentVersion: '$LATEST', Content: content('echo 2') }),
    )
    const said = async (DocumentVersion?: string) => {
      const { Command } = await send({ DocumentName: Name, DocumentVersion })
      return (await ended(Command?.CommandId)).StandardOutputContent
    }
    expect(await said()).toBe('1\n')
    expect(await said('$LATEST')).toBe('2\n')
    const refused = (input: object) => refusalOf(send({ DocumentName: Name, ...input }))
    expect(await refused({ DocumentVersion: '3' })).toMatch(/^InvalidDocumentVersion/)
    expect(await refused({ DocumentHash: '0'.repeat(64), DocumentHashType: 'Sha256' })).toMatch(
      /^InvalidDocument:/,
    )
  })

  it('is sent to who has a tag', async () => {
    const { send, machine } = await oneInstance()
    const to = async (value: string) => {
      const Targets = [{ Key: 'tag:aws:autoscaling:groupName', Values: [value] }]
      const { Command } = await send({ Targets, Parameters: { commands: ['true'] } })
      return Command?.InstanceIds
    }
    expect(await to('web')).toEqual([machine.instanceId])
    expect(await to('other')).toEqual([])
  })

  it('that is cancelled has ended: what it started is killed', async () => {
    const { ssm, send, ended, machine } = await oneInstance()
    const commands = ['touch begun', 'sleep 2', 'touch survived']
    const { Command } = await send({ Parameters: { commands } })
    await eventually(() => existsSync(join(machine.disk, 'begun')))
    await ssm.send(new CancelCommandCommand({ CommandId: Command?.CommandId }))
    expect((await ended(Command?.CommandId)).StatusDetails).toBe('Cancelled')
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(existsSync(join(machine.disk, 'survived'))).toBe(false)
  })

  it('that is cancelled begins no further step', async () => {
    const { ssm, send, ended, machine } = await oneInstance()
    const lines = ['touch begun; sleep 60', 'touch further']
    const mainSteps = lines.map((line, index) => ({
      ...{ action: 'aws:runShellScript', name: `step${index}` },
      inputs: { runCommand: [line] },
    }))
    const Content = JSON.stringify({ schemaVersion: '2.2', mainSteps })
    await ssm.send(new CreateDocumentCommand({ Name: 'theirs', Content }))
    const { Command } = await send({ DocumentName: 'theirs' })
    await eventually(() => existsSync(join(machine.disk, 'begun')))
    await ssm.send(new CancelCommandCommand({ CommandId: Command?.CommandId }))
    expect((await ended(Command?.CommandId)).StatusDetails).toBe('Cancelled')
    expect(existsSync(join(machine.disk, 'further'))).toBe(false)
  })

  it('waits for an agent that died after it had registered', async () => {
    const { send, machine } = await oneInstance()
    machine.agent = 'dead'
    const { Command } = await send({ Parameters: { commands: ['true'] } })
    expect(Command?.StatusDetails).toBe('Pending')
  })
})

describe('what is known of instances', () => {
  it('is filtered', async () => {
    const { ssm, machine } = await oneInstance()
    const found = async (Key: string, value: string) => {
      const Filters = [{ Key, Values: [value] }]
      const answer = await ssm.send(new DescribeInstanceInformationCommand({ Filters }))
      return answer.InstanceInformationList?.length
    }
    expect(await found('InstanceIds', machine.instanceId)).toBe(1)
    expect(await found('PingStatus', 'ConnectionLost')).toBe(0)
    expect(await found('PlatformTypes', 'Windows')).toBe(0)
    expect(await found('tag:aws:autoscaling:groupName', 'web')).toBe(1)
    expect(await refusalOf(found('Colour', 'red'))).toMatch(/^InvalidInstanceInformationFilterValue/)
  })
})
