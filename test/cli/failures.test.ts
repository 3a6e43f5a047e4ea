/** Every command where AWS does not do what it is asked: it fails, it says why, and it says what to type next. */
import { describe, expect, it } from '@jest/globals'
import { programFor } from '../../src/cli/program.ts'
import type { Surroundings } from '../../src/cli/surroundings.ts'
import { awsError } from '../one-instance.ts'
import { action } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const ID = action.instanceId
const STRANGER = 'i-0ffffffffffffffff'
/** A line of each command that reaches AWS. */
const lines: readonly (readonly string[])[] = [
  ['status'],
  ['doctor'],
  ['explain', ID],
  ['flush', ID, '--wait'],
  ['history', ID],
  ['receipt', ID],
  ['replace', ID],
  ['replace', ID, '--undo'],
  ['retry', ID],
  ['salvage', ID, '--on', STRANGER, '--volume', 'vol-0123456789abcdef0'],
  ['release', ID],
  ['redrive'],
]
const refusing = lines.filter(([command]) => command !== 'history')

it('no command is left out', () => {
  const { commands } = programFor({ terminal: {} } as unknown as Surroundings)
  const reaching = commands
    .map((command) => command.name())
    .filter((name) => !['completion', 'manual', 'help'].includes(name))
  expect([...new Set(lines.map(([command]) => command))]).toEqual(reaching)
})

it.each(lines.map((words) => [words]))(
  '%j that cannot reach the deployment says so and nothing else',
  async (words) => {
    const line = new CommandLine()
    line.cannotReach = 'Cannot read the settings of function x: AccessDenied\nName --region'
    expect(await line.run(...words)).toEqual({ code: 1, out: '', err: line.cannotReach })
  },
)

describe.each([
  ['no credentials', new Error('Could not load credentials'), 'CredentialsProviderError', 'log in again'],
  ['credentials that expired', awsError('', 'The token is expired'), 'ExpiredTokenException', 'log in again'],
  ['a token that is none', awsError('', 'The provided token is malformed'), 'InvalidToken', 'log in again'],
  ['no permission', awsError('', 'not authorized'), 'AccessDeniedException', 'Name others with --profile'],
  ['throttling', awsError('', 'Rate exceeded'), 'ThrottlingException', 'type the same again in a minute'],
  ['trouble within AWS', awsError('', 'We are sorry'), 'InternalFailure', 'type the same again in a minute'],
  ['no answer', new Error('getaddrinfo'), 'TimeoutError', 'name --region and --profile'],
  ['nobody there', new Error('connect ECONNREFUSED'), 'ECONNREFUSED', 'has npm run local ended'],
  [
    'no proxy there',
    new Error('Failed to establish tunnel'),
    'ERR_PROXY_TUNNEL',
    'in NO_PROXY what needs none',
  ],
  ['a proxy that reads along', new Error('self-signed'), 'SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ['no TLS there', new Error('wrong version number'), 'EPROTO', 'begin with http://'],
  [
    'a key with a line end',
    new Error('Invalid character'),
    'ERR_INVALID_CHAR',
    'line end of a file from Windows',
  ],
  ['no address', new Error('Invalid URL'), 'ERR_INVALID_URL', 'AWS_ENDPOINT_URL'],
])('%s', (_what, error, name, next) => {
  it.each(refusing.map((words) => [words]))('%j', async (words) => {
    const line = new CommandLine()
    line.refusing = Object.assign(error, { name })
    const { code, out, err } = await line.run(...words)
    expect(code).toBe(1)
    expect(err).toContain(error.message)
    expect(err).toContain(next)
    expect(out).toBe('')
  })
})

it.each([
  [['flush', STRANGER], 'termination-guard explain'],
  [['receipt', STRANGER], 'termination-guard history'],
  [['replace', STRANGER], 'is in no Auto Scaling group'],
  [['retry', STRANGER], 'termination-guard explain'],
  [['salvage', ID, '--on', STRANGER, '--volume', 'vol-0123456789abcdef0'], 'termination-guard explain'],
  [['release', STRANGER], 'only a machine that the guard holds or keeps'],
  [['doctor', '--group', 'nobody'], 'There is no Auto Scaling group nobody'],
])('%j of which AWS knows nothing does nothing and says what it is', async (words, said) => {
  const line = new CommandLine()
  line.lifecycleState = undefined
  const { code, out, err } = await line.run(...words)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(said)
})

it.each([
  [['explain', STRANGER], 0, 'is in no Auto Scaling group'],
  [['history', STRANGER], 1, '--since 7d'],
  [['history', '--group', 'nobody'], 0, '--since 7d'],
])('%j says so', async (words, code, said) => {
  const line = new CommandLine()
  line.lifecycleState = undefined
  expect(await line.run(...words)).toMatchObject({ code, out: expect.stringContaining(said) })
})

describe('a program is told what went wrong in one document, and a person beside it', () => {
  const failureOf = ({ out }: { readonly out: string }) => JSON.parse(out)

  it.each(lines.map((words) => [words]))('%j that cannot reach the deployment', async (words) => {
    const line = new CommandLine()
    line.cannotReach = 'Cannot read the settings of function x: AccessDenied\nName --region'
    const told = await line.run(...words, '--json')
    expect(told).toMatchObject({ code: 1, err: line.cannotReach })
    expect(failureOf(told)).toEqual({
      version: 1,
      command: words[0],
      error: { name: 'CannotReach', message: line.cannotReach },
    })
  })

  it.each(refusing.map((words) => [words]))('%j that AWS refuses', async (words) => {
    const line = new CommandLine()
    line.refusing = awsError('AccessDeniedException', 'not for you')
    const told = await line.run(...words, '--json')
    expect(told.code).toBe(1)
    expect(told.err).toContain('not for you')
    expect(failureOf(told)).toMatchObject({ version: 1, command: words[0] })
    expect(told.out).toContain('not for you')
  })

  it.each([
    [['status', '--wach'], "unknown option '--wach'"],
    [['statsu'], "unknown command 'statsu'"],
    [['explain', 'web-1'], 'looks like i-0123456789abcdef0'],
    [['retry'], 'Name one instance, or type --all'],
    [['release', ID, '--accept-loss'], 'say why'],
  ])('%j is a wrong command line', async (words, message) => {
    const told = await new CommandLine().run(...words, '--json')
    expect(told.code).toBe(2)
    expect(failureOf(told)).toMatchObject({
      version: 1,
      command: words[0],
      error: { message: expect.stringContaining(message) },
    })
  })

  it('is not told twice: an answer that says why is the one document', async () => {
    const line = new CommandLine()
    const told = await line.run('redrive', '--discard', 'm-9', '--json')
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('m-9') })
    expect(failureOf(told)).toEqual({ version: 1, command: 'redrive', letters: [] })
  })
})
