/** The functions' logs over the wire, from a CloudWatch Logs that has two pages of one function and no log of another. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { crashesOf, logsOf } from '../../src/cli/function-logs.ts'
import { parseJournalLine } from '../../src/journal/journal-line.ts'

const AT = Date.UTC(2026, 0, 2)
const config = { region: 'eu-west-1' }
const journal = (fields: object) =>
  JSON.stringify({ timestamp: new Date(AT).toISOString(), journal: 1, ...fields })
const pages = [
  [journal({ event: 'pass-failed', instanceId: 'i-1', errorMessage: 'ERROR: dealt with' })],
  [`${AT} Task timed out after 60.00 seconds\n`, `ERROR\t${'x'.repeat(500)}`],
]

interface Asked {
  readonly logGroupName: string
  readonly filterPattern: string
  readonly startTime: number
  readonly nextToken?: string
}
const asked: Asked[] = []
let refuses: string | undefined
const server = createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += piece
  const question = JSON.parse(body) as Asked
  asked.push(question)
  const isThere = question.logGroupName.endsWith('-terminations')
  const refusal = refuses ?? (isThere ? undefined : 'ResourceNotFoundException')
  response.writeHead(refusal ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
  const page = question.nextToken === undefined ? 0 : 1
  const events = pages[page]?.map((message, index) => ({ message, timestamp: AT + index }))
  response.end(
    JSON.stringify(refusal ? { __type: refusal } : { events, ...(page === 0 && { nextToken: 'n' }) }),
  )
})

const environment = {
  AWS_ENDPOINT_URL: '',
  AWS_ACCESS_KEY_ID: 'PERSON',
  AWS_SECRET_ACCESS_KEY: 'secret',
}
const before = { ...process.env }
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(process.env, { ...environment, AWS_ENDPOINT_URL: endpoint })
})
afterAll(() => {
  for (const name of Object.keys(environment)) delete process.env[name]
  Object.assign(process.env, before)
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked.length = 0
  refuses = undefined
})

it('what broke off is told with its first words, and what was dealt with is not', async () => {
  const crashes = await crashesOf('guard', config, AT)
  expect(crashes).toEqual([
    { functionName: 'guard-terminations', at: AT, message: `${AT} Task timed out after 60.00 seconds` },
    { functionName: 'guard-terminations', at: AT + 1, message: expect.stringMatching(/^ERROR\tx{194}$/) },
  ])
  expect(asked.map(({ logGroupName }) => logGroupName.split('-').at(-1))).toEqual([
    ...['terminations', 'terminations', 'sweep', 'enrol', 'audit'],
  ])
  for (const { startTime, filterPattern } of asked)
    expect({ startTime, filterPattern }).toEqual({
      startTime: AT,
      filterPattern: '?ERROR ?"Task timed out" ?"cannot start"',
    })
})

it('the journal is read page by page, of one instance where one is named', async () => {
  const read = []
  for await (const lines of logsOf('guard', config).read(parseJournalLine, AT, 'i-1')) read.push(lines)
  expect(read).toEqual([[{ at: AT, event: expect.objectContaining({ event: 'pass-failed' }) }], []])
  expect(asked[0]?.filterPattern).toBe('{ $.journal = 1 && $.instanceId = "i-1" }')
})

it('nothing is asked of before 1970, which CloudWatch Logs refuses', async () => {
  for await (const lines of logsOf('guard', config).read(parseJournalLine, -1)) expect(lines).toBeDefined()
  expect(asked.map(({ startTime }) => startTime)).toEqual([0, 0, 0, 0, 0])
})

it('a log that may not be read is told with what to type next', async () => {
  refuses = 'AccessDeniedException'
  await expect(crashesOf('guard', config, AT)).rejects.toThrow(
    /Cannot read the log \/aws\/lambda\/guard-terminations: AccessDeniedException[\s\S]*\n.*Name others with --profile/,
  )
})
