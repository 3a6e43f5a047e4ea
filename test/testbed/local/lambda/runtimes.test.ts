/** What Lambda's runtimes bring along, in JavaScript and in Python. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { FunctionOptions } from '../../../../testbed/local/local-aws.ts'
import { afterwards, localAws, refusalOf } from '../local-aws.ts'

const has = (...words: string[]) => spawnSync('python3', words).status === 0
const withPython = has('--version') ? describe : describe.skip
const withBoto3 = has('-c', 'import boto3') ? it : it.skip

async function deployed(file: string, text: string, options: Partial<FunctionOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'function-'))
  afterwards(() => rm(directory, { recursive: true, force: true }))
  const bundle = join(directory, file)
  await writeFile(bundle, text)
  const lines: string[] = []
  const { aws } = await localAws()
  const onLine = (line: string) => void lines.push(line)
  return { directory, lines, handler: aws.deploy({ name: 'f', bundle, onLine, ...options }) }
}

describe('a function in JavaScript', () => {
  it('finds the AWS SDK that it did not bring along, and its own modules first', async () => {
    const sdk =
      "import { SSMClient } from '@aws-sdk/client-ssm'\nexport const handler = () => SSMClient.name\n"
    expect(await (await deployed('a.mjs', sdk)).handler.invoke({})).toMatchObject({ answer: 'SSMClient' })
    const older =
      "const { S3Client } = require('@aws-sdk/client-s3')\nexports.handler = async () => S3Client.name\n"
    expect(await (await deployed('a.cjs', older)).handler.invoke({})).toMatchObject({ answer: 'S3Client' })
    const other = await deployed('a.mjs', "import 'p-map'\nexport const handler = () => 1\n")
    expect(await refusalOf(other.handler.start())).toContain("Cannot find package 'p-map'")
  })

  it('may be called something else, and answer a callback', async () => {
    const text = 'exports.end = (event, context, done) => setTimeout(() => done(event.no, event.yes))\n'
    const { handler } = await deployed('a.cjs', text, { handler: 'end' })
    expect(await handler.invoke({ yes: 'well' })).toMatchObject({ ended: 'succeeded', answer: 'well' })
    expect(await handler.invoke({ no: 'never' })).toMatchObject({ ended: 'failed', error: 'never' })
  })

  it('is ready before its first invocation when it is started', async () => {
    const { handler } = await deployed('a.mjs', 'export const handler = () => 1\n')
    await handler.start()
    expect(await handler.invoke({})).toMatchObject({ coldStart: false, answer: 1 })
  })
})

withPython('a function in Python (skipped where there is no python3)', () => {
  it('gets the event and a context, answers, and leaves nothing beside its file', async () => {
    const text = `
import helper
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return {"event": event, "name": context.function_name, "id": len(context.aws_request_id), "left": 0 < left <= 3000,
            "arn": context.invoked_function_arn, "help": helper.WORD}
`
    const { directory, handler } = await deployed('a.py', text)
    await writeFile(join(directory, 'helper.py'), 'WORD = "here"\n')
    expect(await handler.invoke({ Word: 'ü' })).toMatchObject({
      ended: 'succeeded',
      answer: {
        event: { Word: 'ü' },
        name: 'f',
        id: 36,
        left: true,
        arn: 'arn:aws:lambda:eu-west-1:000000000000:function:f',
        help: 'here',
      },
    })
    expect((await readdir(directory)).sort()).toEqual(['a.py', 'helper.py'])
  })

  it('is used again, and what it writes and logs is heard to the last line', async () => {
    const text = `
import logging
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("call", calls)
    logging.error("not %s", "well")
    return calls
`
    const { handler, lines } = await deployed('a.py', text)
    expect(await handler.invoke({})).toMatchObject({ coldStart: true, answer: 1 })
    expect(lines).toEqual(['call 1', '[ERROR] not well'])
    expect(await handler.invoke({})).toMatchObject({ coldStart: false, answer: 2 })
  })

  it.each([
    ['raise KeyError("detail")', "KeyError: 'detail' (a.py, line 2)"],
    ['return {1, 2}', 'TypeError: Object of type set is not JSON serializable'],
    ['import sys; sys.exit(3)', 'SystemExit: 3 (a.py, line 2)'],
  ])('fails in its own words: %s', async (line, error) => {
    const { handler } = await deployed('a.py', `def handler(event, context):\n    ${line}\n`)
    expect(await handler.invoke({})).toMatchObject({ ended: 'failed', error })
  })

  it('is killed when its time is up', async () => {
    const text = 'import time\ndef handler(event, context):\n    time.sleep(600)\n'
    const { handler } = await deployed('a.py', text, { timeoutSeconds: 1 })
    expect(await handler.invoke({})).toMatchObject({ ended: 'timed-out' })
  })

  it('says why it cannot be started', async () => {
    expect(await refusalOf((await deployed('a.py', 'x = 1\n')).handler.start())).toMatch(
      /a\.py has no function handler/,
    )
    expect(await refusalOf((await deployed('a.py', 'def (\n')).handler.start())).toMatch(
      /SyntaxError: .*\(a\.py, line 1\)/,
    )
  })

  withBoto3(
    'asks this AWS, whatever boto3 knows of endpoints (skipped where there is no boto3)',
    async () => {
      const text = `
import boto3
def handler(event, context):
    queues = boto3.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"]
    return [queues, boto3.client("sts").get_caller_identity()["Account"], boto3.client("s3").meta.endpoint_url]
`
      // As versions that do not know them at all.
      const variables = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
      const { handler } = await deployed('a.py', text, { timeoutSeconds: 60, variables })
      expect(await handler.invoke({})).toMatchObject({
        answer: [200, '000000000000', expect.stringMatching(/^http:\/\/127\.0\.0\.1:/)],
        awsCalls: 2,
      })
    },
  )
})
