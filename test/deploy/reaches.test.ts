/** Every parameter reaches the functions that go by it, in their own policy: none of it is the default that they would take without. */
import { expect, it } from '@jest/globals'
import {
  environmentBytes,
  environmentOf,
  functionNames,
  MOST_ENVIRONMENT_BYTES,
  version,
} from '../../deploy/environment.ts'
import { readSettings } from '../../deploy/settings.ts'
import { readPolicy } from '../../src/policy.ts'
import { defaults } from './defaults.ts'
import { resolved } from './packaged.ts'

const kmsKeyArn = 'arn:aws:kms:eu-west-1:999988887777:key/1234abcd'
const given = {
  ...{
    groups: 'web,tag:team=data',
    profile: 'files',
    bucket: 'logs-of-another',
    bucketOwner: '999988887777',
  },
  ...{ prefix: 'x/{instance}/', movedTo: 'm/,n/', manifestPrefix: 'mm/', encryption: 'aws:kms', kmsKeyArn },
  ...{ retain: 'no', withoutRetention: 'abandon', recoveriesAtOnce: 7, heartbeat: 1200, patience: 3000 },
  ...{ attempts: 3, lookAgain: 600, flushTimeout: 700, auditAfter: 1000 },
}
const policyOf = (name: (typeof functionNames)[number], recover: string) => {
  const environment = environmentOf(readSettings('guard-test', { ...defaults, ...given, recover }), name)
  return readPolicy({ ...(resolved(environment) as Record<string, string>), AWS_REGION: 'eu-west-1' })
}

it.each(functionNames)('%s goes by all of them', (name) => {
  const policy = policyOf(name, 'none')
  expect(policy).toMatchObject({
    ...{ hookName: 'guard-test', documentName: 'guard-test-flush', guardVersion: version },
    ...{ heartbeatTimeoutSeconds: 1200, queueVisibilitySeconds: 600, patienceSeconds: 3000, maxAttempts: 3 },
    ...{ lookAgainSeconds: 600, executionTimeoutSeconds: 700, withoutRetention: 'abandon' },
    archive: {
      ...{ bucket: 'logs-of-another', bucketOwner: '999988887777', prefix: 'x/{instance}/' },
      ...{
        movedTo: ['m/', 'n/'],
        manifestPrefix: 'mm/',
        keyRule: 'path',
        encryption: `aws:kms:${kmsKeyArn}`,
      },
    },
  })
  if (name === 'terminations') expect(policy.enrolment).toBeUndefined()
  else {
    expect(policy).toMatchObject({ enrolment: { retain: false }, auditAfterSeconds: 1000 })
    expect(policy.enrolment?.selections).toHaveLength(2)
  }
})

it.each([
  ['none', [], []],
  ['retry', ['retry'], []],
  ['retry,clone', ['retry', 'clone'], ['retry', 'clone']],
])('with recover=%s the sweep tries it, and a pass looks for what was salvaged', (recover, tries, looks) => {
  expect(policyOf('sweep', recover).recovery.rungs).toEqual(tries)
  expect(policyOf('sweep', recover).recovery.atOnce).toBe(recover === 'none' ? 5 : 7)
  expect(policyOf('terminations', recover).recovery.rungs).toEqual(looks)
  for (const name of ['enrol', 'audit'] as const) expect(policyOf(name, recover).recovery.rungs).toEqual([])
})

it.each([
  ['none', '', ''],
  ['AES256', '', 'AES256'],
])('encryption=%s is what uploads ask for', (encryption, kmsKeyArn, expected) => {
  const settings = readSettings('guard-test', { ...defaults, ...given, encryption, kmsKeyArn })
  expect(environmentOf(settings, 'sweep').UPLOAD_ENCRYPTION).toBe(expected)
})

it('what a function counts is its own deployment’s', () => {
  for (const name of functionNames)
    expect(environmentOf(readSettings('guard-test', { ...defaults, ...given }), name)).toMatchObject({
      POWERTOOLS_SERVICE_NAME: 'guard-test',
    })
})

it('groups stand in the environment for as long as that is not larger than Lambda’s, names and values together', () => {
  expect(environmentBytes({ NAME: 'é', URL: { Ref: 'Queue' } })).toBe(4 + 2 + 3 + 170)
  const sweepWith = (groups: string) => environmentOf(readSettings('guard', { ...defaults, groups }), 'sweep')
  const room = MOST_ENVIRONMENT_BYTES - environmentBytes(sweepWith('g'))
  // Names of groups have no more than 255 characters.
  const filling = (characters: number) => {
    const names = 'g'.repeat(200).concat(',').repeat(20)
    return `${names.slice(0, characters - 1)}g`.replace(/,g$/, 'gg')
  }
  expect(sweepWith(filling(room + 1)).GROUPS).toBe(filling(room + 1))
  expect(environmentBytes(sweepWith(filling(room + 1)))).toBe(MOST_ENVIRONMENT_BYTES)
  expect(sweepWith(filling(room + 2)).GROUPS).toBe('*bundled')
})
