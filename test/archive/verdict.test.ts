/** What is asked of S3 about one object, and no more of it than the budget has. */
import { createHash } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { type Budget, verdict } from '../../src/archive/verdict.ts'
import type { AwsApi } from '../../src/aws/api.ts'
import { file as named } from '../termination/observations.ts'

const CONTENT = Buffer.from('twelve bytes')
const sha256 = createHash('sha256').update(CONTENT).digest('hex')
const file = { ...named, size: CONTENT.length, sha256 }
const listed = { key: 'logs/a.gz', size: file.size, etag: 'c'.repeat(32), lastModified: 0 }

type Head = Awaited<ReturnType<AwsApi['headObject']>>

/** An object, and what was asked of it. */
function object(head: Head) {
  const asked: object[] = []
  const aws: Partial<AwsApi> = {
    headObject: async (input) => {
      asked.push({ head: input })
      // As S3 does: a checksum is told to whoever asks for it.
      const { ChecksumSHA256: _, ChecksumType: __, ...bare } = head
      return input.ChecksumMode === 'ENABLED' ? head : bare
    },
    getObject: async (input) => {
      asked.push({ get: input })
      return {
        Body: (async function* () {
          yield CONTENT
        })(),
      }
    },
  }
  const budget = (questions: number): Budget => ({ questions, bytes: 1000, isLate: () => false, unasked: 0 })
  const is = async (questions = 10) =>
    (await verdict(aws as AwsApi, 'b', { file, listed, question: 'ask head' }, budget(questions))).is
  return { is, asked }
}

it('a checksum that S3 keeps is asked for, and settles it without reading', async () => {
  const { is, asked } = object({
    ServerSideEncryption: 'aws:kms',
    ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    ChecksumType: 'FULL_OBJECT',
  })
  expect(await is()).toBe('proven')
  expect(asked).toEqual([{ head: { Bucket: 'b', Key: listed.key, ChecksumMode: 'ENABLED' } }])
})

it.each([undefined, 'AES256'] as const)(
  'where S3 has the key (%s), the ETag is an MD5: another one is another object, and is not read',
  async (encryption) => {
    const { is, asked } = object(encryption ? { ServerSideEncryption: encryption } : {})
    expect(await is()).toBe('different')
    expect(asked).toHaveLength(1)
  },
)

it('no more is asked than the budget has: what is left is unproven', async () => {
  const { is, asked } = object({ ServerSideEncryption: 'aws:kms' })
  expect([await is(0), asked.length]).toEqual(['unproven', 0])
  expect([await is(1), asked.length]).toEqual(['unproven', 1])
  expect([await is(2), asked.length]).toEqual(['proven', 3])
})
