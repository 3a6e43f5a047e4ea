import { describe, expect, it } from '@jest/globals'
import { waitFor } from '../../../../testbed/local/demo/patience.ts'

describe('what the demo waits for', () => {
  it('is answered as soon as it is there', async () => {
    const looks = [undefined, 'here']
    expect(await waitFor('it', async () => looks.shift())).toBe('here')
  })

  it('is not waited for where it cannot come any more', async () => {
    const refuse = () => {
      throw new Error('the disk is full')
    }
    await expect(waitFor('it', async () => undefined, { refuse })).rejects.toThrow('the disk is full')
    expect(await waitFor('it', async () => 'here', { refuse })).toBe('here')
  })

  it('ends in a clear error when it never comes', async () => {
    const stands = async () => '3 messages are still there'
    const waiting = waitFor('the queue to be empty', async () => undefined, { stands, patienceMs: 0 })
    await expect(waiting).rejects.toThrow(
      'Waited 0 s for the queue to be empty, in vain: 3 messages are still there. Everything is stopped and cleared away.',
    )
  })
})
