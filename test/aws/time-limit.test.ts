import { expect, it } from '@jest/globals'
import { connect } from '../../src/aws/sdk.ts'
import { flowing, until } from '../../src/aws/time-limit.ts'

/** One piece, and then nothing for ever. */
function stalling() {
  const ended = { is: false }
  const body = {
    [Symbol.asyncIterator]() {
      let pieces = 0
      return {
        next: () =>
          pieces++ === 0
            ? Promise.resolve({ done: false as const, value: Uint8Array.of(1) })
            : new Promise<never>(() => undefined),
        return: async () => {
          ended.is = true
          return { done: true as const, value: undefined }
        },
      }
    },
  }
  return { body, ended }
}

async function read(body: AsyncIterable<Uint8Array>): Promise<number> {
  let pieces = 0
  for await (const _piece of body) pieces++
  return pieces
}

it('a body that stops flowing is given up, as a failure that passes, and closed', async () => {
  const { body, ended } = stalling()
  await expect(read(flowing(body, () => 5))).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(ended.is).toBe(true)
})

it('a body that flows is read to its end', async () => {
  const body = (async function* () {
    yield Uint8Array.of(1)
    yield Uint8Array.of(2)
  })()
  expect(await read(flowing(body, () => 60_000))).toBe(2)
})

it('a limit that is months away is none', async () => {
  const real = connect('eu-west-1')
  const answer = () => new Promise<object>((resolve) => setImmediate(() => setImmediate(() => resolve({}))))
  const aws = until(1e12, { now: () => 0 }, { ...real, describeLifecycleHooks: answer })
  expect(await aws.describeLifecycleHooks({ AutoScalingGroupName: 'web' })).toEqual({})
})

it('when the time is over, neither a call nor the rest of a body is waited for', async () => {
  let now = 0
  const { body } = stalling()
  const real = connect('eu-west-1')
  const aws = until(10, { now: () => now }, { ...real, getObject: async () => ({ Body: body }) })
  const { Body } = await aws.getObject({ Bucket: 'logs', Key: 'x' })
  now = 10
  await expect(read(Body)).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect(aws.getObject({ Bucket: 'logs', Key: 'x' })).rejects.toMatchObject({ name: 'TimeoutError' })
})
