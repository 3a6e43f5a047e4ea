/** What a command tells to type next is about the deployment that it was asked about, and reaches it the same way. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import { action } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const id = action.instanceId
const WHERE = ['--region', 'us-east-1', '--profile', 'on call', '--stage', 'dev', '--service=guard']
const REACHED = "--region us-east-1 --profile 'on call'"
const NAMED = `${REACHED} --stage dev --service guard`

let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
})

describe('of a kept machine', () => {
  beforeEach(() => {
    line.lifecycleState = 'Terminating:Retained'
    line.information = { InstanceId: id, PingStatus: 'Online' }
  })

  it.each([
    ['status', [], `termination-guard explain ${id} ${NAMED}`],
    ['explain', [id], `termination-guard history ${id} ${NAMED}`],
    ['explain', [id], `termination-guard release ${id} --accept-loss --reason "…" ${NAMED}`],
    ['explain', [id], `aws ssm start-session --target ${id} ${REACHED}`],
    ['flush', [id], `termination-guard explain ${id} ${NAMED}`],
  ] as const)('%s tells it with the options it was typed with', async (command, words, told) => {
    const { out, err } = await line.run(command, ...words, ...WHERE)
    expect(`${out}\n${err}\n`).toContain(`${told}\n`)
  })

  it('nothing is added that was not typed', async () => {
    const { out } = await line.run('status', '--stage', 'dev')
    expect(out).toContain(`termination-guard explain ${id} --stage dev\n`)
    expect((await line.run('status')).out).toContain(`termination-guard explain ${id}\n`)
  })
})

it('a flush tells it of both its own command and the AWS CLI’s', async () => {
  line.lifecycleState = 'InService'
  const { out } = await line.run('flush', id, ...WHERE)
  expect(out).toBe(
    `${id}  flush c-1 runs. To follow and prove it:  termination-guard flush ${id} --wait ${NAMED}`,
  )
  line.onPause = () => line.flushEnds('', 'Failed')
  expect((await line.run('flush', id, '--wait', ...WHERE)).out).toMatch(
    new RegExp(`  aws ssm get-command-invocation --command-id c-1 --instance-id ${id} ${REACHED}$`),
  )
})

it('doctor’s remedies do so, too', async () => {
  line.inspection = { getBucketVersioning: async () => ({}) }
  const { out } = await line.run('doctor', ...WHERE)
  expect(out).toMatch(
    new RegExp(
      `remedy: aws s3api put-bucket-versioning .*--versioning-configuration Status=Enabled ${REACHED}\n`,
    ),
  )
})
