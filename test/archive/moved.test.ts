/** Where a collector moves objects to, looked through: how far, and for which files. */
import { expect, it } from '@jest/globals'
import { prove } from '../../src/archive/archives.ts'
import type { AwsApi } from '../../src/aws/api.ts'
import { awsError } from '../one-instance.ts'
import { file, manifest, policy } from '../termination/observations.ts'

const PREFIX = 'logs/'
const OWN = `${PREFIX}${file.path.replaceAll('/', '_')}`
const clock = { now: () => 0 }
const stored = (Key: string, size = file.size) => ({
  ...{ Key, Size: size, ETag: `"${file.md5}"` },
  LastModified: new Date(file.modifiedAt),
})

async function gaps(
  movedTo: readonly string[],
  listed: (prefix: string) => Awaited<ReturnType<AwsApi['listObjectsV2']>>,
  changes: Partial<typeof policy.archive> = {},
) {
  const aws: Partial<AwsApi> = { listObjectsV2: async ({ Prefix = '' }) => listed(Prefix) }
  const archive = { ...policy.archive, movedTo, ...changes }
  return (await prove({ aws: aws as AwsApi, clock }, archive, PREFIX, manifest())).gaps.map(({ is }) => is)
}

it('reads so many pages of all prefixes together', async () => {
  const asked: string[] = []
  const endless = (prefix: string) => {
    asked.push(prefix)
    return prefix === PREFIX ? {} : { IsTruncated: true, NextContinuationToken: 'more' }
  }
  expect(await gaps(['a/', 'b/', 'c/'], endless)).toEqual(['unproven'])
  expect(asked.length).toBe(101)
})

it('calls nothing missing where one of the prefixes may not be looked at', async () => {
  const refused = (prefix: string) => {
    if (prefix === 'b/') throw awsError('AccessDenied', 'no')
    return {}
  }
  expect(await gaps(['a/', 'b/', 'c/'], refused)).toEqual(['unproven'])
  expect(await gaps(['a/', 'c/'], refused)).toEqual(['missing'])
  const aws: Partial<AwsApi> = { listObjectsV2: async ({ Prefix = '' }) => refused(Prefix) }
  const archive = { ...policy.archive, movedTo: ['b/'] }
  const proof = await prove({ aws: aws as AwsApi, clock }, archive, PREFIX, manifest())
  expect(proof.gaps).toEqual([{ path: file.path, key: OWN, is: 'unproven' }])
})

it('looks for what is missing alone: what is short at its own place was put there after it was moved', async () => {
  const collected = (prefix: string) => ({
    Contents: prefix === PREFIX ? [stored(OWN, file.size - 1)] : [stored('a/x')],
  })
  expect(await gaps(['a/'], collected)).toEqual(['short'])
})

it('is not looked at where nothing is missing', async () => {
  const asked: string[] = []
  const at = (prefix: string) => {
    asked.push(prefix)
    return { Contents: [stored(OWN)] }
  }
  expect(await gaps(['a/'], at)).toEqual([])
  expect(asked).toEqual([PREFIX])
})

it('an object counts at the key that the deployment’s rule gives it, and at no other', async () => {
  const at = (key: string) => () => ({ Contents: [stored(key)] })
  const asPath = `${PREFIX}${file.path.slice(1)}`
  expect(await gaps([], at(OWN), { keyRule: 'underscores' })).toEqual([])
  expect(await gaps([], at(asPath), { keyRule: 'path' })).toEqual([])
  expect(await gaps([], at(OWN), { keyRule: 'path' })).toEqual(['missing'])
  expect(await gaps([], at(asPath), { keyRule: 'underscores' })).toEqual(['missing'])
})
