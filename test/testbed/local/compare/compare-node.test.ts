/** The whole command, on Lambdas in JavaScript. */
import { describe, expect, it } from '@jest/globals'
import { cellsOf, compare, folderWith, savedOf } from './command.ts'

/** Sends the logs off and lets the instance go, whatever became of them. */
const upload = (detail: string) => `
import { AutoScalingClient, CompleteLifecycleActionCommand } from '@aws-sdk/client-auto-scaling'
import { GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm'
const { BUCKET } = process.env
export const handler = async (event) => {
  const { EC2InstanceId, LifecycleHookName, AutoScalingGroupName, Event } = ${detail}
  if (Event === 'autoscaling:TEST_NOTIFICATION') return
  const ssm = new SSMClient({})
  const commands = ['aws s3 cp /var/log/tomcat8/localhost_access_log.txt s3://' + BUCKET + '/logs/']
  const input = { DocumentName: 'AWS-RunShellScript', InstanceIds: [EC2InstanceId], Parameters: { commands } }
  const { Command } = await ssm.send(new SendCommandCommand(input))
  for (let look = 0; look < 200; look++) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    const question = new GetCommandInvocationCommand({ CommandId: Command.CommandId, InstanceId: EC2InstanceId })
    const { Status } = await ssm.send(question)
    if (Status !== 'Pending' && Status !== 'InProgress') break
  }
  const action = { LifecycleHookName, AutoScalingGroupName, InstanceId: EC2InstanceId }
  const command = new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' })
  await new AutoScalingClient({}).send(command)
}
`
const fromTopic = upload('JSON.parse(event.Records[0].Sns.Message)')
const fromQueue = upload('JSON.parse(event.Records[0].body)')

describe('npm run compare', () => {
  it('counts what is left of a log that arrived cut', async () => {
    const folder = folderWith({ 'index.mjs': fromTopic })
    const options = ['--trigger', 'sns', '--env', 'BUCKET={bucket}', '--seconds', '2', '--json']
    const { exitCode, out } = await compare(folder, '--only', 'truncated', ...options)
    const { cases, errors, misconfiguration } = JSON.parse(out)
    expect({ exitCode, errors, misconfiguration }).toEqual({
      exitCode: 0,
      errors: [],
      misconfiguration: null,
    })
    const [{ ours, theirs }] = cases
    expect(ours).toMatchObject({ accepted: 22, kept: expect.any(Number), lost: 0, instance: 'kept' })
    expect(theirs).toMatchObject({
      accepted: 22,
      kept: 0,
      instance: 'gone',
      invocations: [{ ended: 'succeeded' }],
    })
    // Half of the bytes, of lines that are not all of one length.
    expect(theirs.inS3).toBeGreaterThan(5)
    expect(theirs.lost).toBeGreaterThan(5)
    expect(theirs.inS3 + theirs.lost).toBe(22)
  })

  it('takes nothing for a loss that is a wrong trigger, and goes no further', async () => {
    const folder = folderWith({ 'index.mjs': fromQueue })
    const options = ['--env', 'BUCKET={bucket}', '--seconds', '1', '--timeout', '5']
    const { exitCode, out, err } = await compare(folder, ...options)
    expect(exitCode).toBe(2)
    expect(out).toMatch(/^theirs, all is well: invocation failed after \d+ s: TypeError: /m)
    expect(err).toContain('EVERY INVOCATION OF THEIR LAMBDA FAILED THOUGH ALL WAS WELL')
    expect(err).not.toContain('upload truncated')
    // Each side is told as it ends: who waits sees for whom.
    expect(err).toMatch(/^ *[\d.]+ s +all is well, ours: gone$/m)
    expect(err).toMatch(/^ *[\d.]+ s +all is well, theirs: gone$/m)
  })

  it('saves with the right one what can be saved, under the names that it has written down', async () => {
    const named = "if (AutoScalingGroupName + LifecycleHookName !== 'fleetbye') throw new Error('others')"
    const folder = folderWith({ 'index.mjs': fromQueue.replace('const ssm', `${named}\n  const ssm`) })
    const names = [
      '--group',
      'fleet',
      '--hook',
      'bye',
      '--bucket',
      'their-backups',
      '--env',
      'BUCKET=their-backups',
    ]
    const options = ['--seconds', '1', '--only', 'well', '--trigger', 'sqs']
    const { exitCode, out } = await compare(folder, ...names, ...options)
    expect(cellsOf(out)).toEqual([
      ['lost of accepted', 'all is well'],
      ['ours', savedOf(11)],
      ['theirs', '0 of 11, gone'],
    ])
    expect(exitCode).toBe(0)
  })

  it('answers what it cannot begin with on standard error, with exit code 2', async () => {
    const folder = folderWith({ 'index.mjs': "import 'nowhere'\nexport const handler = () => {}\n" })
    const wrong = [
      [`${folder}/nowhere`, /^There is no folder /],
      [folder, /Cannot find package 'nowhere'[\s\S]* npm install nowhere --prefix /],
      [folder, /--document a=b\.json: there is no such file/, '--document', 'a=b.json'],
    ] as const
    for (const [name, advice, ...options] of wrong) {
      const { exitCode, out, err } = await compare(name, ...options)
      expect({ exitCode, out, err }).toEqual({ exitCode: 2, out: '', err: expect.stringMatching(advice) })
    }
  })

  it('says in its own words what Systems Manager refuses of a document', async () => {
    const content = JSON.stringify({
      schemaVersion: '2.2',
      mainSteps: [{ action: 'aws:downloadContent', name: 'a' }],
    })
    const folder = folderWith({ 'index.mjs': 'export const handler = () => {}\n', 'a.json': content })
    const { exitCode, err } = await compare(folder, '--document', 'Backup=a.json')
    expect(exitCode).toBe(2)
    expect(err).toMatch(/--document Backup: Systems Manager here refuses it: [\s\S]*aws:runShellScript/)
  })
})
