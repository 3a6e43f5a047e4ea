import type { ObjectVersion } from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, KEY, manifestLine } from '../one-instance.ts'
import { action, file, MINUTE } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const id = action.instanceId
let line: CommandLine
/** A termination that ended well. */
beforeEach(async () => {
  line = new CommandLine()
  await reconcile(line.guard, action)
  line.now += MINUTE
  line.flushEnds(manifestLine([file]))
  line.objects.set(KEY, { size: file.size, etag: file.md5 })
  await reconcile(line.guard, action)
})
const proven = (): ObjectVersion => ({
  Key: KEY,
  VersionId: 'v-1',
  ETag: `"${file.md5}"`,
  Size: file.size,
  LastModified: new Date(line.now),
})
const versions = (...Versions: ObjectVersion[]) => {
  line.inspection = { listObjectVersions: async () => ({ Versions }) }
}

it.each([[id], [String(action.token)]])(
  '%s: who, when, what was decided, and each object',
  async (wanted) => {
    const { code, out } = await line.run('receipt', wanted)
    expect(code).toBe(0)
    for (const words of [id, action.groupName, 'archived', String(action.token), file.path, file.sha256, KEY])
      expect(out).toContain(words)
    expect(out).toMatch(/manifest sha256 [0-9a-f]{64}/)
    expect(out).not.toContain('hold as they were proven')
  },
)

it('of several ends of a machine the oldest comes first, however S3 lists them', async () => {
  const [, bucket = '', Key = ''] =
    /s3:\/\/([^/]+)\/(\S+\.json)/.exec((await line.run('receipt', id)).out) ?? []
  const listed = (name: string, day: number) => ({
    ...{
      Key: Key.replace(/[^/]+$/, name),
      Size: 1,
      ETag: '"e"',
      LastModified: new Date(Date.UTC(2026, 0, day)),
    },
  })
  line.answering = {
    listObjectsV2: async () => ({ Contents: [listed('a.json', 3), listed('b.json', 2)] }) as never,
    getObject: async () => await line.guard.aws.getObject({ Bucket: bucket, Key }),
  }
  const { out } = await line.run('receipt', id)
  expect(out.match(/[ab]\.json$/gm)).toEqual(['b.json', 'a.json'])
})

describe('--verify asks S3 again', () => {
  it('what is there as it was holds', async () => {
    const { code, out } = await line.run('receipt', id, '--verify')
    expect(code).toBe(0)
    expect(out).toContain('1 of 1 file hold as they were proven')
  })
  it('what was overwritten is told with the version that was proven', async () => {
    versions({ ...proven(), VersionId: 'v-2', ETag: '"other"' }, proven())
    line.objects.set(KEY, { size: 99, etag: 'c'.repeat(32) })
    const { code, out } = await line.run('receipt', id, '--verify')
    expect(code).toBe(1)
    expect(out).toContain('changed: it holds other bytes; the version that was proven is kept: v-1')
    expect(out).toContain('0 of 1 file hold')
  })
  it('what was deleted, too', async () => {
    versions(proven())
    line.objects.delete(KEY)
    const { code, out } = await line.run('receipt', id, '--verify')
    expect(code).toBe(1)
    expect(out).toContain('gone: it is gone; the version that was proven is kept: v-1')
  })
  it.each([
    ['the version that was proven is not kept', () => versions()],
    [
      'the version that was proven is not kept',
      () => versions({ ...proven(), LastModified: new Date(0) }, { ...proven(), Key: `${KEY}x` }),
    ],
    ['S3 does not list versions: AccessDenied', () => undefined],
  ])('where the bucket keeps no versions, or does not tell: %s', async (told, happens) => {
    happens()
    line.objects.delete(KEY)
    expect((await line.run('receipt', id, '--verify')).out).toContain(told)
  })
  describe('the version that was proven', () => {
    /** The receipt as it was written, but for its one file. */
    const rewrite = (change: (file: Record<string, object>) => object) => {
      for (const [key, text] of line.receipts) {
        const receipt = JSON.parse(text)
        line.receipts.set(key, JSON.stringify({ ...receipt, files: receipt.files.map(change) }))
      }
    }
    it('is told by its id where that is known, and by nothing else', async () => {
      rewrite((one) => ({ ...one, object: { ...one.object, versionId: 'v-7' } }))
      line.objects.delete(KEY)
      versions(proven())
      expect((await line.run('receipt', id, '--verify')).out).toContain('that was proven is not kept')
      versions(proven(), { ...proven(), VersionId: 'v-7', ETag: '"told otherwise"' })
      expect((await line.run('receipt', id, '--verify')).out).toContain('that was proven is kept: v-7')
    })
    it.each([
      ['of another size', { Size: file.size + 1 }],
      ['with another ETag', { ETag: '"other"' }],
    ])('is none %s, where its id is not known', async (_, changes) => {
      versions({ ...proven(), ...changes })
      line.objects.delete(KEY)
      expect((await line.run('receipt', id, '--verify')).out).toContain('that was proven is not kept')
    })
    it('is looked for on every page of the object’s versions, and no further', async () => {
      const asked: (string | undefined)[] = []
      const pages = (last: ObjectVersion[], NextKeyMarker: string) => {
        line.inspection = {
          listObjectVersions: async ({ KeyMarker, VersionIdMarker }) => {
            asked.push(VersionIdMarker)
            if (KeyMarker === undefined)
              return {
                ...{ IsTruncated: true, NextKeyMarker, NextVersionIdMarker: 'v-2' },
                Versions: [{ ...proven(), VersionId: 'v-2', ETag: '"other"' }],
              }
            return { Versions: last }
          },
        }
      }
      line.objects.delete(KEY)
      pages([proven()], KEY)
      expect((await line.run('receipt', id, '--verify')).out).toContain('that was proven is kept: v-1')
      pages([], `${KEY}.1.gz`)
      expect((await line.run('receipt', id, '--verify')).out).toContain('that was proven is not kept')
      expect(asked).toEqual([undefined, 'v-2', undefined])
    })
    it('an object whose name only begins as its does is not it', async () => {
      versions()
      line.objects.delete(KEY)
      line.objects.set(`${KEY}.1.gz`, { size: file.size, etag: file.md5 })
      expect((await line.run('receipt', id, '--verify')).out).toContain('gone: it is gone')
    })
    it('what nothing comparable is known of is unknown, and so is what a collector had moved', async () => {
      line.objects.set(KEY, { size: file.size, etag: 'not-an-md5-2' })
      line.guard.aws.headObject = async () => ({ ServerSideEncryption: 'aws:kms' })
      const { policy } = line.guard
      line.guard = { ...line.guard, policy: { ...policy, archive: { ...policy.archive, hashLimitBytes: 0 } } }
      const { code, out } = await line.run('receipt', id, '--verify')
      expect([code, out]).toEqual([1, expect.stringContaining('unknown: nothing comparable is known of it')])
      rewrite(({ object: _, ...one }) => one)
      const moved = await line.run('receipt', id, '--verify')
      expect([moved.code, moved.out]).toEqual([
        1,
        expect.stringContaining('unknown: a collector had moved it'),
      ])
    })
  })
  it('what S3 does not tell is unknown, and never holds', async () => {
    const [Key = ''] = line.receipts.keys()
    line.guard.aws.listObjectsV2 = async (input) => {
      if (input.Prefix === KEY) throw awsError('AccessDenied')
      return { Contents: [{ Key, Size: 1, ETag: '"x"', LastModified: new Date(0) }] }
    }
    const { code, out } = await line.run('receipt', id, '--verify')
    expect(code).toBe(1)
    expect(out).toContain('unknown: S3 does not tell: AccessDenied')
  })
  it('is one document for programs', async () => {
    const { out } = await line.run('receipt', id, '--verify', '--json')
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      command: 'receipt',
      receipts: [{ receipt: { instanceId: id, token: action.token }, verified: [{ is: 'holds' }] }],
    })
  })
})

describe('what goes wrong is said', () => {
  it('no receipt', async () => {
    const { code, err } = await line.run('receipt', 'i-0ffffffffffffffff')
    expect(code).toBe(1)
    expect(err).toContain('There is no receipt of i-0ffffffffffffffff')
    expect(err).toContain('termination-guard history i-0ffffffffffffffff')
  })
  it('one that is not of our making', async () => {
    for (const key of line.receipts.keys()) line.receipts.set(key, '{"receipt":1}')
    expect((await line.run('receipt', id)).err).toContain('Cannot read the receipt s3://')
  })
  it.each([
    ['does not let you list', 'listObjectsV2', awsError('AccessDenied')],
    ['Cannot read the receipt', 'getObject', awsError('AccessDenied')],
    ['Rate exceeded', 'listObjectsV2', Object.assign(awsError('Throttling', 'Rate exceeded'))],
  ] as const)('%s', async (told, operation, failure) => {
    line.failing.set(operation, failure)
    expect(await line.run('receipt', id)).toMatchObject({ code: 1, err: expect.stringContaining(told) })
  })
  it('not deployed, another Region, no credentials', async () => {
    line.cannotReach = 'Is the guard deployed in eu-west-1?'
    expect(await line.run('receipt', id)).toMatchObject({ code: 1, out: '', err: line.cannotReach })
  })
  it('neither an instance nor a token', async () => {
    expect(await line.run('receipt', 'web')).toMatchObject({ code: 2 })
  })
})
