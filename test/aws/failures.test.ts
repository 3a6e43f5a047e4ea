import { describe, expect, it } from '@jest/globals'
import {
  isMissing,
  isNoActiveAction,
  isPassing,
  isUnknownInstance,
  isUnreachable,
  reasonOf,
  TooMany,
} from '../../src/aws/failures.ts'
import { AwsError, validationError } from '../../testbed/aws-error.ts'

describe('no active action', () => {
  it('is told by code and beginning of the text, which may end early', () => {
    expect(isNoActiveAction(validationError('No active Lifecycle Action found with token 0000'))).toBe(true)
    expect(isNoActiveAction(validationError('No active Lifecycle Action found with token'))).toBe(true)
  })

  it('is not every ValidationError: a group that is gone, a bad value', () => {
    expect(isNoActiveAction(validationError('AutoScalingGroup name not found - no such group'))).toBe(false)
    expect(isNoActiveAction(new AwsError('Throttling', 'No active Lifecycle Action found'))).toBe(false)
  })
})

describe('S3', () => {
  it('says not there by code or, where an error has no body, by status', () => {
    expect(isMissing(new AwsError('NoSuchKey', '', 404))).toBe(true)
    expect(isMissing(new AwsError('UnknownError', '', 404))).toBe(true)
    expect(isMissing(new AwsError('AccessDenied', '', 403))).toBe(false)
    expect(isMissing(new AwsError('SlowDown', '', 503))).toBe(false)
  })
})

describe('a failure', () => {
  it.each([
    ['throttling, whatever its status', new AwsError('Throttling', 'Rate exceeded', 400)],
    ['throttling of the key that S3 asks for', new AwsError('KMS.ThrottlingException', '', 400)],
    ['throttling of the key that SQS asks for', new AwsError('KmsThrottled', '', 400)],
    ['too many requests', new AwsError('SomeName', '', 429)],
    ['trouble within AWS', new AwsError('SomeName', '', 500)],
    ['a gateway that does not answer', new AwsError('UnknownError', '', 503)],
    ['credentials that ran out', new AwsError('ExpiredTokenException', '', 400)],
    ['an object that went while it was written', new AwsError('ConditionalRequestConflict', '', 409)],
    ['a clock that is off', new AwsError('RequestTimeTooSkewed', '', 403)],
    ['what another request has in hand', new AwsError('OperationAborted', '', 409)],
    ['a call whose last one is under way', new AwsError('PriorRequestNotComplete', '', 400)],
    ['no answer of AWS at all', new Error('socket hang up')],
  ])('passes by itself: %s', (_what, error) => {
    expect(isPassing(error)).toBe(true)
  })
  it.each([
    ['a right that was taken', new AwsError('AccessDenied', '', 403)],
    ['a bucket that is gone', new AwsError('NoSuchBucket', '', 404)],
    ['a key that is disabled', new AwsError('KMS.DisabledException', '', 400)],
    ['a bucket in another Region', new AwsError('PermanentRedirect', '', 301)],
    ['a document that is gone', new AwsError('InvalidDocument', '', 400)],
    ['more than can be read', new TooMany('over 3000')],
  ])('lasts: %s', (_what, error) => {
    expect(isPassing(error)).toBe(false)
  })
})

it.each([
  [
    'code and words, in one line',
    new AwsError('AccessDenied', 'not\n authorized '),
    'AccessDenied: not authorized',
  ],
  ['the code alone, where there are no words', new AwsError('AccessDenied', ''), 'AccessDenied'],
  ['the code once, where it is the words, too', new AwsError('NotFound', 'NotFound'), 'NotFound'],
  ['what was thrown, where it is no error', 'stopped', 'stopped'],
])('a reason is %s', (_what, error, reason) => {
  expect(reasonOf(error)).toBe(reason)
})

it('an unreachable agent and a forgotten instance are codes that look alike', () => {
  expect(isUnreachable(new AwsError('InvalidInstanceId', ''))).toBe(true)
  expect(isUnreachable(new AwsError('InvalidInstanceID.NotFound', ''))).toBe(false)
  expect(isUnknownInstance(new AwsError('InvalidInstanceID.NotFound', ''))).toBe(true)
})
