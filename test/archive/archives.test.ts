import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { LONGEST_QUESTIONS_SECONDS, prove } from '../../src/archive/archives.ts'
import type { AwsApi } from '../../src/aws/api.ts'
import type { ManifestFile } from '../../src/model.ts'
import { awsError } from '../one-instance.ts'
import { file, manifest, policy } from '../termination/observations.ts'

const clock = { now: () => 0 }
const PREFIX = 'logs/'
const CONTENT = Buffer.from('twelve bytes')
const sha256 = createHash('sha256').update(CONTENT).digest('hex')
const files = (count: number): ManifestFile[] =>
  Array.from({ length: count }, (_, i) => ({ ...file, path: `/var/log/${i}.gz`, sha256 }))

/** Objects under KMS, whose ETags say nothing, and which answer when they are told to. */
function underKms(named: readonly ManifestFile[], answered: () => Promise<void>) {
  const asked = { head: 0, get: 0, atOnce: 0, most: 0 }
  const answer = async () => {
    asked.atOnce++
    asked.most = Math.max(asked.most, asked.atOnce)
    await answered()
    asked.atOnce--
  }
  const aws: Partial<AwsApi> = {
    listObjectsV2: async () => ({
      Contents: named.map(({ path, size }) => ({
        Key: `${PREFIX}${path.replaceAll('/', '_')}`,
        Size: size,
        ETag: `"${'c'.repeat(32)}"`,
      })),
    }),
    headObject: async () => {
      asked.head++
      await answer()
      return { ServerSideEncryption: 'aws:kms' }
    },
    getObject: async () => {
      asked.get++
      await answer()
      return {
        Body: (async function* () {
          yield CONTENT
        })(),
      }
    },
  }
  return { aws: aws as AwsApi, asked }
}

it('asks about many objects at once, so that a pass comes to its decision in time', async () => {
  const named = files(100)
  const { aws, asked } = underKms(named, () => new Promise((resolve) => setImmediate(resolve)))
  const proof = await prove({ aws, clock }, policy.archive, PREFIX, manifest({ files: named }))
  expect(proof).toMatchObject({ files: 100, bytes: 100 * file.size, gaps: [] })
  expect(asked).toMatchObject({ head: 100, get: 100, most: 16 })
})

it('an object on a later page of the listing counts', async () => {
  const named = files(3)
  const { aws } = underKms(named, async () => {})
  const paged: AwsApi = {
    ...aws,
    listObjectsV2: async (input) => {
      const { Contents = [] } = await aws.listObjectsV2(input)
      const page = Number(input.ContinuationToken ?? 0)
      const isLast = page === Contents.length - 1
      return {
        Contents: Contents.slice(page, page + 1),
        IsTruncated: !isLast,
        ...(!isLast && { NextContinuationToken: String(page + 1) }),
      }
    },
  }
  const { gaps } = await prove({ aws: paged, clock }, policy.archive, PREFIX, manifest({ files: named }))
  expect(gaps).toEqual([])
})

describe('what S3 keeps of an object under KMS', () => {
  const composite = `${'A'.repeat(43)}=-3`
  const whole = Buffer.from(sha256, 'hex').toString('base64')
  it.each([
    ['the digest of its parts, which the instance predicted', { ChecksumSHA256: composite }, 0],
    ['the digest of all of it', { ChecksumSHA256: whole, ChecksumType: 'FULL_OBJECT' as const }, 0],
    [
      'a digest of parts that does not say so',
      { ChecksumSHA256: 'x', ChecksumType: 'COMPOSITE' as const },
      1,
    ],
    ['a digest of another kind', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 1],
  ])('is %s', async (_what, answer, read) => {
    const [file] = files(1)
    if (!file) throw new Error('no file')
    const named = [{ ...file, multipart: { etag: `${'e'.repeat(32)}-3`, sha256: composite } }]
    const { aws, asked } = underKms(named, async () => {})
    const heads = {
      ...aws,
      headObject: async () => ({ ServerSideEncryption: 'aws:kms' as const, ...answer }),
    }
    const { gaps } = await prove({ aws: heads, clock }, policy.archive, PREFIX, manifest({ files: named }))
    expect(gaps).toEqual([])
    expect(asked.get).toBe(read)
  })

  it.each([
    ['where a customer has the key', { SSECustomerAlgorithm: 'AES256' }],
    ['where it is encrypted twice', { ServerSideEncryption: 'aws:kms:dsse' as const }],
  ])('tells nothing of it %s: it is read', async (_where, head) => {
    const named = files(1)
    const { aws, asked } = underKms(named, async () => {})
    const heads = { ...aws, headObject: async () => head }
    const { gaps } = await prove({ aws: heads, clock }, policy.archive, PREFIX, manifest({ files: named }))
    expect(gaps).toEqual([])
    expect(asked.get).toBe(1)
  })
})

it.each<keyof AwsApi>(['listObjectsV2', 'headObject', 'getObject'])(
  '%s that fails in passing fails the proof: it is no answer',
  async (operation) => {
    const named = files(1)
    const { aws } = underKms(named, async () => {})
    const slow = async () => Promise.reject(awsError('SlowDown', 'Reduce your request rate'))
    const proof = prove(
      { aws: { ...aws, [operation]: slow }, clock },
      policy.archive,
      PREFIX,
      manifest({ files: named }),
    )
    await expect(proof).rejects.toThrow('Reduce your request rate')
  },
)

it('the version that is told is that which was read, where another was asked of before', async () => {
  const named = files(1)
  const { aws } = underKms(named, async () => {})
  const versioned: AwsApi = {
    ...aws,
    headObject: async () => ({ ServerSideEncryption: 'aws:kms', VersionId: 'before' }),
    getObject: async (input) => ({ ...(await aws.getObject(input)), VersionId: 'read' }),
  }
  const { objects } = await prove(
    { aws: versioned, clock },
    policy.archive,
    PREFIX,
    manifest({ files: named }),
  )
  expect(objects).toMatchObject([{ versionId: 'read' }])
})

it('S1: an archive that may not be listed proves nothing, and says why', async () => {
  const named = files(3)
  const { aws } = underKms(named, async () => {})
  const denied: AwsApi = {
    ...aws,
    listObjectsV2: async () => {
      throw awsError('AccessDenied', 'no')
    },
  }
  const proof = await prove({ aws: denied, clock }, policy.archive, PREFIX, manifest({ files: named }))
  expect(proof).toMatchObject({ unread: 'AccessDenied: no' })
  expect(proof.gaps.map(({ is }) => is)).toEqual(['unproven', 'unproven', 'unproven'])
})

it('reads no more than the limit in one proof; what is beyond is unproven', async () => {
  const named = files(10)
  const { aws, asked } = underKms(named, async () => {})
  const archive = { ...policy.archive, hashLimitBytes: 3 * file.size }
  const proof = await prove({ aws, clock }, archive, PREFIX, manifest({ files: named }))
  expect(asked.get).toBe(3)
  expect(proof.gaps).toHaveLength(7)
  expect(new Set(proof.gaps.map(({ is }) => is))).toEqual(new Set(['unproven']))
})

it('asks for no longer than a pass can wait: the rest is a reason to look again', async () => {
  const named = files(100)
  let now = 0
  const { aws, asked } = underKms(named, async () => {
    now += 1000
  })
  const slow = { aws, clock: { now: () => now } }
  const proof = await prove(slow, policy.archive, PREFIX, manifest({ files: named }))
  expect(asked.head).toBeLessThan(LONGEST_QUESTIONS_SECONDS + 1)
  expect(proof.gaps.length).toBeGreaterThan(50)
  expect(new Set(proof.gaps.map(({ is }) => is))).toEqual(new Set(['unproven']))
  expect(proof.unread).toMatch(/^S3 did not tell of \d+ objects in 30 s$/)
})

it('one object that S3 did not tell of in time is a reason, too', async () => {
  let now = 0
  const { aws } = underKms(files(1), async () => {
    now += 31_000
    throw awsError('TimeoutError')
  })
  const proof = await prove(
    { aws, clock: { now: () => now } },
    policy.archive,
    PREFIX,
    manifest({ files: files(1) }),
  )
  expect(proof.unread).toBe('S3 did not tell of 1 objects in 30 s')
})

it('takes no more than half of the time that its pass has left, which must still decide', async () => {
  const named = files(100)
  let now = 0
  const { aws, asked } = underKms(named, async () => {
    now += 1000
  })
  const slow = { aws, clock: { now: () => now }, endsAt: 20_000 }
  await prove(slow, policy.archive, PREFIX, manifest({ files: named }))
  expect(asked.head).toBeLessThanOrEqual(10)
})

it('does not look for longer where a collector may have put things: what it did not see there is unproven', async () => {
  const [named] = files(1)
  let now = 0
  const { aws } = underKms([], async () => {})
  const endless: AwsApi = {
    ...aws,
    listObjectsV2: async ({ Prefix }) => {
      if (Prefix === PREFIX) return { Contents: [] }
      now += 1000
      return { Contents: [], IsTruncated: true, NextContinuationToken: 'more' }
    },
  }
  const archive = { ...policy.archive, movedTo: ['collected/'] }
  const slow = { aws: endless, clock: { now: () => now } }
  const proof = await prove(slow, archive, PREFIX, manifest({ files: named ? [named] : [] }))
  expect(proof.gaps).toMatchObject([{ is: 'unproven' }])
  expect(now).toBeLessThanOrEqual(11_000)
})

it('is no less sure of what is missing where S3 is slow: that is uploaded meanwhile', async () => {
  const named = files(100)
  let now = 0
  const { aws } = underKms(named.slice(1), async () => {
    now += 1000
  })
  const slow = { aws, clock: { now: () => now } }
  const proof = await prove(slow, policy.archive, PREFIX, manifest({ files: named }))
  expect(proof.gaps.filter(({ is }) => is === 'missing')).toHaveLength(1)
  expect(proof.unread).toBeUndefined()
})

it('one object under the key of two files proves neither', async () => {
  const named = ['/var/log/a_b.gz', '/var/log/a/b.gz'].map((path) => ({ ...file, path, sha256 }))
  const { aws, asked } = underKms(named, async () => {})
  const { gaps } = await prove({ aws, clock }, policy.archive, PREFIX, manifest({ files: named }))
  expect(gaps.map(({ path, is, sharedWith }) => ({ path, is, sharedWith }))).toEqual([
    { path: '/var/log/a_b.gz', is: 'shared', sharedWith: '/var/log/a/b.gz' },
    { path: '/var/log/a/b.gz', is: 'shared', sharedWith: '/var/log/a_b.gz' },
  ])
  expect(asked).toMatchObject({ head: 0, get: 0 })
})

describe('an object accounts for one file, however often it is listed', () => {
  const [a, b] = [file, { ...file, path: '/var/log/same-bytes.gz' }]
  const keyOfA = `${PREFIX}${a.path.replaceAll('/', '_')}`
  const at = (Key: string) => ({
    Key,
    Size: a.size,
    ETag: `"${a.md5}"`,
    LastModified: new Date(a.modifiedAt),
  })
  const missing = async (movedTo: string[], pages: readonly (readonly string[])[]) => {
    const aws: Partial<AwsApi> = {
      listObjectsV2: async ({ Prefix = '', ContinuationToken = '0' }) => {
        const page = Number(ContinuationToken)
        return {
          Contents: (pages[page] ?? []).filter((key) => key.startsWith(Prefix)).map(at),
          IsTruncated: page + 1 < pages.length,
          NextContinuationToken: String(page + 1),
        }
      },
    }
    const archive = { ...policy.archive, movedTo }
    const proof = await prove({ aws: aws as AwsApi, clock }, archive, PREFIX, manifest({ files: [a, b] }))
    return proof.gaps.length
  }
  it('under prefixes of which one lies in the other, or which are named twice', async () => {
    expect(await missing(['done/', 'done/today/'], [['done/today/x']])).toBe(1)
    expect(await missing(['done/', 'done/'], [['done/x']])).toBe(1)
  })
  it('on two pages', async () => {
    expect(await missing(['done/'], [['done/x'], ['done/x']])).toBe(1)
  })
  it('under a prefix around the archive, where it is the proof of its own file', async () => {
    expect(await missing([PREFIX], [[keyOfA]])).toBe(1)
  })
  it('and two of the same bytes account for two', async () => {
    expect(await missing(['done/'], [['done/x', 'done/y']])).toBe(0)
    expect(await missing([PREFIX], [[keyOfA, `${PREFIX}done`]])).toBe(0)
  })
})

it('nothing is called missing that may lie beyond what is read of where a collector moves everybody’s objects', async () => {
  const aws: Partial<AwsApi> = {
    listObjectsV2: async ({ Prefix }) =>
      Prefix === PREFIX ? {} : { IsTruncated: true, NextContinuationToken: 'more' },
  }
  const archive = { ...policy.archive, movedTo: ['done/'] }
  const { gaps } = await prove({ aws: aws as AwsApi, clock }, archive, PREFIX, manifest())
  expect(gaps).toMatchObject([{ is: 'unproven' }])
})

it('a checksum that S3 calls composite is never compared with that of the whole, whatever it looks like', async () => {
  const aws: Partial<AwsApi> = {
    listObjectsV2: async () => ({
      Contents: [
        { Key: `${PREFIX}${file.path.replaceAll('/', '_')}`, Size: file.size, ETag: 'd'.repeat(32) },
      ],
    }),
    headObject: async () => ({
      ServerSideEncryption: 'aws:kms',
      ChecksumType: 'COMPOSITE',
      ChecksumSHA256: Buffer.from(file.sha256, 'hex').toString('base64'),
    }),
    getObject: async () => {
      throw awsError('AccessDenied')
    },
  }
  const { gaps } = await prove({ aws: aws as AwsApi, clock }, policy.archive, PREFIX, manifest())
  expect(gaps).toMatchObject([{ is: 'unproven' }])
})
