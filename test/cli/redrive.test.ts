import { beforeEach, expect, it } from '@jest/globals'
import { CommandLine } from './command-line.ts'

let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.letters = [
    {
      ...{ MessageId: 'm-1', ReceiptHandle: 'r-1', Body: '{"Event":"nonsense"}' },
      Attributes: { SentTimestamp: String(line.now) },
      MessageAttributes: {
        RefusedBecause: { DataType: 'String', StringValue: 'of no kind that the guard knows' },
      },
    },
    { MessageId: 'm-2', ReceiptHandle: 'r-2', Body: 'x' },
  ]
})
const left = () => line.letters.map(({ MessageId }) => MessageId)

it('shows each letter with its reason and leaves it where it is', async () => {
  const { code, out } = await line.run('redrive')
  expect(code).toBe(0)
  expect(out).toMatch(/m-1 .*\n +of no kind that the guard knows\n +\{"Event":"nonsense"\}/)
  expect(out).toMatch(/m-2 .*\n +received too often/)
  expect(out).toContain('2 dead letters.')
  expect(left()).toEqual(['m-1', 'm-2'])
})

it('leaves them in sight, so that the next command finds what this one has shown', async () => {
  await line.run('redrive')
  expect((await line.run('redrive', '--discard', '--all')).out).toContain('2 dead letters.')
  expect(left()).toEqual([])
})

it('discards one', async () => {
  expect((await line.run('redrive', '--discard', 'm-2')).code).toBe(0)
  expect(left()).toEqual(['m-1'])
})

it('discards all', async () => {
  expect((await line.run('redrive', '--discard', '--all')).out).toMatch(/m-1 .*discarded/)
  expect(left()).toEqual([])
  expect(line.deadLetters).toEqual([])
})

it.each([
  [['redrive', 'm-1'], 'Add --discard'],
  [['redrive', '--discard'], 'or add --all'],
  [['redrive', '--discard', 'm-9'], 'Not among the dead letters: m-9'],
])('%j does nothing and says what to type', async (words, why) => {
  const { code, err } = await line.run(...words)
  expect(code).toBe(1)
  expect(err).toContain(why)
  expect(left()).toEqual(['m-1', 'm-2'])
})

it('a deployment that cannot be reached is told, and nothing is taken away', async () => {
  line.cannotReach = 'AccessDenied'
  expect(await line.run('redrive', '--discard', '--all')).toMatchObject({ code: 1, err: 'AccessDenied' })
  expect(left()).toEqual(['m-1', 'm-2'])
})
