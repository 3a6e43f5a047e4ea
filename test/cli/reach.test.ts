/** The way to the deployment as a process finds it: what AWS answers to the first question, and what the person is told. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { typeGuard } from './typing.ts'

/** An AWS that has one answer to everything. */
let answer = { status: 200, type: '', message: '' }
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url ?? '')
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': answer.type }
  response.writeHead(answer.status, headers).end(JSON.stringify({ message: answer.message }))
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => void server.close())

const someone = { AWS_ACCESS_KEY_ID: 'PERSON', AWS_SECRET_ACCESS_KEY: 'secret' }

function type(words: readonly string[], environment: Readonly<Record<string, string>>) {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return typeGuard(
    {
      ...{ HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: endpoint },
      ...environment,
    },
    words,
  ).told
}

it.each([
  ['no credentials', {}, {}, /Could not load credentials[\s\S]*\n.*log in again/],
  [
    'credentials that nobody knows',
    someone,
    { status: 403, type: 'UnrecognizedClientException', message: 'The security token is invalid' },
    /UnrecognizedClientException: The security token is invalid\n.*log in again/,
  ],
  [
    'no permission',
    someone,
    { status: 403, type: 'AccessDeniedException', message: 'PERSON is not authorized' },
    /AccessDeniedException: PERSON is not authorized\n.*Name others with --profile/,
  ],
  [
    'a Region, or a stage, where the guard is not deployed',
    someone,
    { status: 404, type: 'ResourceNotFoundException', message: 'Function not found' },
    /ResourceNotFoundException: Function not found\nIs the guard deployed in eu-west-1 as termination-guard-test\?/,
  ],
  [
    'nobody who answers',
    { ...someone, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' },
    {},
    /ECONNREFUSED[\s\S]*\n.*name --region/,
  ],
] as const)('with %s', async (_what, environment, says, told) => {
  answer = { ...answer, ...says }
  const { code, out, err } = await type(['status', '--stage', 'test'], environment)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(
    /^(still asking AWS .*\n)?Cannot read the settings of function termination-guard-test-terminations: /,
  )
  expect(err).toMatch(told)
})

it('it is the function of the stage and the service that is asked for', () => {
  expect(asked.at(-1)).toContain('/functions/termination-guard-test-terminations/configuration')
})
