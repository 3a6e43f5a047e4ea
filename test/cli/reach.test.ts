/** The way to the deployment as a process finds it: what AWS answers to the first question, and what the person is told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { checkAddresses } from '../../src/cli/addresses.ts'
import { environment as deployed } from '../termination/observations.ts'
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
    /^(.* has not answered .*\n)*Cannot read the settings of function termination-guard-test-terminations: /,
  )
  expect(err).toMatch(told)
})

it('it is the function of the stage and the service that is asked for', () => {
  expect(asked.at(-1)).toContain('/functions/termination-guard-test-terminations/configuration')
})

describe('a profile', () => {
  let home: string
  const config = `
[profile silent]
region = eu-west-1
credential_process = /nonexistent/vending-machine

[profile wrong]
region = eu-west-1
credential_process = echo hello

[profile corporate]
region = eu-west-1
sso_session = corporate
sso_account_id = 111122223333
sso_role_name = Operator

[sso-session corporate]
sso_region = eu-west-1
sso_start_url = https://example.awsapps.com/start

[profile placeless]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = secret

[profile misplaced]
region = Ireland
`
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'termination-guard-profiles-'))
    mkdirSync(join(home, '.aws'))
    writeFileSync(join(home, '.aws', 'config'), config)
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it.each([
    [
      'that is not there',
      'nobody',
      /^There is no profile nobody in HOME\/\.aws\/config or HOME\/\.aws\/credentials\.\nName one of these .*: corporate, misplaced, placeless, silent, wrong\.\n$/,
    ],
    ['without a Region', 'placeless', /^Region is missing\nName --region/],
    [
      'whose Region is none',
      'misplaced',
      /^“Ireland” is no Region\. A Region looks like eu-west-1\.\nName --region/,
    ],
    [
      'whose process fails',
      'silent',
      /^Profile silent gives no credentials: Command failed: \/nonexistent\/vending-machine\n[\s\S]*or name another with --profile/,
    ],
    ['whose process says nothing of use', 'wrong', /^Profile wrong gives no credentials: .*invalid JSON\.\n/],
    [
      'whose session is over',
      'corporate',
      /^Profile corporate gives no credentials: .*SSO.*\nLog in again: aws sso login --profile corporate\n$/,
    ],
  ])('%s is told by name, before AWS is asked', async (_what, profile, told) => {
    const before = asked.length
    const environment = { HOME: home, AWS_REGION: '', ...someone }
    const { code, out, err } = await type(['status', '--profile', profile], environment)
    expect({ code, out, asked: asked.length - before }).toEqual({ code: 1, out: '', asked: 0 })
    expect(err.replaceAll(home, 'HOME').replaceAll(/.* has not answered .*\n/g, '')).toMatch(told)
  })

  it('that fails is not replaced by whoever this machine is', async () => {
    const role = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(server.address() as AddressInfo).port}/role`,
    }
    const before = asked.length
    await type(['status', '--profile', 'silent'], { HOME: home, ...role })
    expect(asked.slice(before)).toEqual([])
  })

  it('that leaves its credentials to the machine gets those of the machine', async () => {
    const role = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(server.address() as AddressInfo).port}/role`,
    }
    const before = asked.length
    await type(['status', '--profile', 'misplaced', '--region', 'eu-west-1'], { HOME: home, ...role })
    expect(asked.slice(before)).toContain('/role')
  })

  it('of no file at all says how to make one', async () => {
    const { err } = await type(['status', '--profile', 'nobody'], { HOME: join(home, 'elsewhere') })
    expect(err).toMatch(/^There is no profile nobody in .*\nThere is none at all: aws configure/)
  })
})

it.each([
  ['--region', 'Ireland', 'A Region looks like eu-west-1'],
  ['--region', '', 'A Region looks like eu-west-1'],
  ['--profile', '', 'It is empty'],
  ['--stage', ' ', 'It is empty'],
])('%s "%s" is a wrong command line', async (option, value, told) => {
  const { code, out, err } = await type(['status', option, value], someone)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(told)
})

describe('in a shell that names the deployment itself', () => {
  const shell = { ...someone, ...deployed, AWS_REGION: 'eu-west-1' }
  it.each([
    ['--stage', 'test'],
    ['--service', 'another'],
    ['--region', 'eu-central-1'],
  ])('%s %s is not shown this one', async (option, value) => {
    const before = asked.length
    const { code, out, err } = await type(['status', option, value], shell)
    expect({ code, out, asked: asked.length - before }).toEqual({ code: 1, out: '', asked: 0 })
    expect(err).toContain(`This shell names the deployment itself: ${deployed.HOOK_NAME} in eu-west-1`)
  })
})

it.each([
  ['AWS_ENDPOINT_URL', 'localhost:4580'],
  ['AWS_ENDPOINT_URL_AUTO_SCALING', 'http://'],
  ['AWS_ENDPOINT_URL_STS', '"http://localhost:4580"'],
])('%s that is %s is named, before anybody is asked', async (name, address) => {
  const before = asked.length
  const { code, out, err } = await type(['status'], { ...someone, [name]: address })
  expect({ code, out, asked: asked.length - before }).toEqual({ code: 1, out: '', asked: 0 })
  expect(err).toBe(`${name} is “${address}”. An address of AWS looks like http://127.0.0.1:4580.\n`)
})

it('a proxy is one without a scheme, too, as it is to curl and the AWS CLI', () => {
  const environment = { HTTPS_PROXY: 'proxy:3128', https_proxy: 'http://proxy:3128', http_proxy: 'another:1' }
  checkAddresses(environment)
  expect(environment).toEqual({
    ...{ HTTPS_PROXY: 'http://proxy:3128', https_proxy: 'http://proxy:3128', http_proxy: 'another:1' },
  })
})

it('beside the local AWS, AWS_DEFAULT_REGION is a Region, too', async () => {
  const environment = { ...deployed, AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1', GUARD_JOURNAL: '' }
  expect(await type(['history'], { ...someone, ...environment })).toMatchObject({ code: 0, err: '' })
})

it('beside the local AWS, a journal that is not there is named', async () => {
  const environment = { ...deployed, GUARD_JOURNAL: '/nonexistent/journal.jsonl' }
  expect(await type(['history'], { ...someone, ...environment })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Cannot read \/nonexistent\/journal\.jsonl: ENOENT: /),
  })
})
