import { describe, expect, it } from '@jest/globals'
import { readPolicy } from '../src/policy.ts'
import { environment } from './termination/observations.ts'

const errorOf = (changes: Record<string, string | undefined>) => {
  try {
    readPolicy({ ...environment, ...changes })
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('the policy', () => {
  it('has a default for every limit', () => {
    expect(readPolicy(environment)).toMatchObject({
      patienceSeconds: 7200,
      maxAttempts: 5,
      withoutRetention: 'hold',
    })
    const arns = { QUEUE_ARN: 'arn:q', NOTIFIER_ROLE_ARN: 'arn:r' }
    expect(readPolicy({ ...environment, ...arns, GROUPS: 'web' }).enrolment?.retain).toBe(true)
  })
  it('reports every bad value at once, each with what to write instead', () => {
    const error = errorOf({ HOOK_NAME: undefined, MAX_ATTEMPTS: 'many', ARCHIVE_BUCKET: 's3://logs/x' })
    expect(error).toContain('HOOK_NAME is not set; write the name of the lifecycle hook')
    expect(error).toContain('MAX_ATTEMPTS must be a whole number from 1 to 100; leave it out for 5')
    expect(error).toContain('ARCHIVE_BUCKET must be the name of a bucket, without s3://')
  })
  it.each([
    [
      'a patience beyond Auto Scaling’s own end',
      { PATIENCE_SECONDS: '3000', HEARTBEAT_TIMEOUT_SECONDS: '30', QUEUE_VISIBILITY_SECONDS: '15' },
      'PATIENCE_SECONDS must be at most 2400',
    ],
    [
      'a queue that looks more rarely than the hook beats',
      { QUEUE_VISIBILITY_SECONDS: '3000' },
      'QUEUE_VISIBILITY_SECONDS must be at most half',
    ],
    [
      'a prefix in which all instances write the same names',
      { ARCHIVE_PREFIX: 'logs/' },
      'must hold {instance}',
    ],
    ['a prefix that is no folder', { ARCHIVE_PREFIX: 'logs/{instance}' }, "ends with '/'"],
    [
      'a prefix with an unknown placeholder',
      { ARCHIVE_PREFIX: 'logs/{host}/{instance}/' },
      '{environment}, {instance}, {group}',
    ],
    ['an unknown key rule', { ARCHIVE_KEY_RULE: 'flat' }, "must be 'underscores' or 'path'"],
    ['one prefix of several that is none', { ARCHIVE_MOVED_TO: 'a/,b' }, 'ARCHIVE_MOVED_TO each prefix may'],
    ['a placeholder that nobody fills in', { ARCHIVE_MOVED_TO: '{instance}/' }, 'write it without'],
    ['a manifest’s prefix with one', { MANIFEST_PREFIX: 'm/{group}/' }, 'write it without'],
    [
      'groups without what enrols them',
      { GROUPS: 'web', QUEUE_ARN: 'queue', NOTIFIER_ROLE_ARN: 'arn:aws:iam::111122223333:role/r' },
      'QUEUE_ARN must be an ARN where GROUPS is set',
    ],
    ['a number with a sign', { RETRY_SECONDS: '-0' }, 'RETRY_SECONDS must be a whole number'],
    ['a URL that is none', { QUEUE_URL: 'termination-guard' }, "QUEUE_URL must be the queue's URL"],
  ])('refuses %s', (_what, changes, why) => {
    expect(errorOf(changes as Record<string, string>)).toContain(why)
  })
  it('looks for lost messages well before the hook times out', () => {
    expect(errorOf({ ADOPT_AFTER_SECONDS: '3000' })).toContain('ADOPT_AFTER_SECONDS must be at most half')
    const short = { HEARTBEAT_TIMEOUT_SECONDS: '600', QUEUE_VISIBILITY_SECONDS: '300' }
    expect(readPolicy({ ...environment, ...short }).adoptAfterSeconds).toBe(200)
  })
  it('reads a list of prefixes to which objects are moved', () => {
    expect(readPolicy({ ...environment, ARCHIVE_MOVED_TO: 'processing/,archive/' }).archive.movedTo).toEqual([
      'processing/',
      'archive/',
    ])
  })
})
