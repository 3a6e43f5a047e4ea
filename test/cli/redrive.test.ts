import { beforeEach, describe, expect, it } from '@jest/globals'
import { awsError } from '../one-instance.ts'
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

it('asks again where SQS says that there is none: it asks only some of its servers', async () => {
  const { letters, outOfSight } = line
  let asked = 0
  line.answering.receiveMessage = async () => {
    if (asked++ % 2 === 0) return {}
    const Messages = letters.filter((one) => !outOfSight.has(one.ReceiptHandle)).slice(0, 1)
    for (const { ReceiptHandle } of Messages) outOfSight.add(ReceiptHandle)
    return { Messages }
  }
  expect((await line.run('redrive')).out).toContain('2 dead letters.')
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
  [['redrive', 'm-1'], 2, 'Add --discard'],
  [['redrive', '--discard'], 2, 'or add --all'],
  [['redrive', '--discard', 'm-9'], 1, 'Not among the dead letters: m-9'],
] as const)('%j does nothing (exit code %i) and says what to type', async (words, fails, why) => {
  const { code, err } = await line.run(...words)
  expect(code).toBe(fails)
  expect(err).toContain(why)
  expect(left()).toEqual(['m-1', 'm-2'])
})

it('a deployment that cannot be reached is told, and nothing is taken away', async () => {
  line.cannotReach = 'AccessDenied'
  expect(await line.run('redrive', '--discard', '--all')).toMatchObject({ code: 1, err: 'AccessDenied' })
  expect(left()).toEqual(['m-1', 'm-2'])
})

describe('one that cannot be discarded', () => {
  beforeEach(() => {
    line.answering.deleteMessage = async ({ ReceiptHandle }) => {
      if (ReceiptHandle === 'r-1') throw awsError('ReceiptHandleIsInvalid', 'expired')
      line.letters = line.letters.filter((letter) => letter.ReceiptHandle !== ReceiptHandle)
    }
  })

  it('is named, is left in sight, and does not hold the others back', async () => {
    const { code, out, err } = await line.run('redrive', '--discard', '--all')
    expect(code).toBe(1)
    expect(out).toMatch(/^m-1 .* not discarded: ReceiptHandleIsInvalid: expired$/m)
    expect(out).toMatch(/^m-2 .* discarded$/m)
    expect(err).toBe('m-1  ReceiptHandleIsInvalid: expired')
    expect(left()).toEqual(['m-1'])
    expect((await line.run('redrive')).out).toContain('1 dead letter.')
  })

  it('is told to a program', async () => {
    const { out } = await line.run('redrive', '--discard', '--all', '--json')
    expect(JSON.parse(out).letters).toMatchObject([
      { messageId: 'm-2', fate: 'discarded' },
      { messageId: 'm-1', fate: 'left', why: 'ReceiptHandleIsInvalid: expired' },
    ])
  })
})

it('puts all back into sight where it can read no further', async () => {
  const { letters, outOfSight } = line
  let asked = 0
  line.answering.receiveMessage = async () => {
    if (asked++ > 0) throw awsError('AccessDenied', 'not any more')
    for (const { ReceiptHandle } of letters) outOfSight.add(ReceiptHandle)
    return { Messages: letters }
  }
  expect(await line.run('redrive')).toMatchObject({ code: 1, out: '' })
  expect(outOfSight.size).toBe(0)
})
