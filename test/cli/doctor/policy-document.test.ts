import { expect, it } from '@jest/globals'
import { admitsAnybody, denies, readPolicyDocument } from '../../../src/cli/doctor/policy-document.ts'

const tls = { Bool: { 'aws:SecureTransport': 'false' } }
const ours = { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-west-1:111122223333:rule/status' } }

it.each([
  [{ Action: 's3:PutObject' }, true],
  [{ Action: 's3:*' }, true],
  [{ Action: '*' }, true],
  [{ Action: ['s3:GetObject', 'S3:putobject'] }, true],
  [{ Action: 's3:Put?bject' }, true],
  [{ Action: 's3:PutObjectAcl' }, false],
  [{ Action: 's3:PutObj' }, false],
  [{ NotAction: 's3:GetObject' }, true],
  [{ NotAction: ['s3:GetObject', 's3:Put*'] }, false],
  [{ Action: '*', Effect: 'Allow' }, false],
  [{ Action: '*', Condition: tls }, false],
  [{ Action: '*', Condition: { ...tls, ...ours } }, true],
  [{ Action: '*', Condition: {} }, true],
])('%j refuses to put an object: %s', (statement, refuses) => {
  expect(denies({ Effect: 'Deny', Principal: '*', ...statement }, 's3:PutObject')).toBe(refuses)
})

it.each([
  [{ Principal: '*' }, true],
  [{ Principal: { AWS: '*' } }, true],
  [{ Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'] } }, true],
  [{ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, true],
  [{ Principal: '*', Condition: ours }, false],
  [{ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, false],
  [{ Principal: { Service: 'events.amazonaws.com' } }, false],
  [{ Principal: '*', Effect: 'Deny' }, false],
  [{}, false],
])('%j lets in whoever comes: %s', (statement, admits) => {
  expect(admitsAnybody({ Effect: 'Allow', Action: 'sqs:SendMessage', ...statement })).toBe(admits)
})

it.each(['', '{', 'null', '[]', '{}', '"*"'])('%j is no policy', (text) => {
  expect(readPolicyDocument(text)).toBeUndefined()
})
