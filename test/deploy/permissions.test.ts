/**
 * Least privilege, evaluated: every call that production code makes in the simulator's days is allowed by the packaged template's role
 * of the function that makes it, and whatever can be taken out of a role without any call being denied should not be in it.
 */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FunctionName, functionNames } from '../../deploy/environment.ts'
import { AGENT_ACTIONS, instanceStatements } from '../../deploy/instance-policy.ts'
import { roleOf, statementsOf } from '../../deploy/roles.ts'
import { readSettings } from '../../deploy/settings.ts'
import { RECEIPT_PREFIX } from '../../src/receipt-prefix.ts'
import { RUNGS } from '../../src/rungs.ts'
import { binKey } from '../../src/termination/disk-mark.ts'
import { type Call, callsOf } from './calls.ts'
import { defaults } from './defaults.ts'
import { deployed, forbidden, kmsKeyArn, via } from './forbidden.ts'
import { denied, isAllowed, type PolicyDocument, policyOf, unused } from './iam.ts'
import { ACCOUNT, packageProject, resolved, type Template } from './packaged.ts'
import {
  deadLettersArn,
  documentArn,
  groupArn,
  type IamRequest,
  instanceArn,
  NAME,
  OUR_BUCKET,
  queueArn,
  requestsIn,
  requestsOf,
  requestsOfLambda,
  taggedAsDisk,
  underKey,
  volumeArn,
} from './requests.ts'

/** A day needs what it meets, so that days are lived until every grant was used; a grant that none of so many uses, is one too many. */
const DAYS_AT_ONCE = 12
const MOST_DAYS = 72
/** The first twelve from here on use nearly everything: no world is like any other, and some rungs are rare. */
const FIRST_DAY = 30
const places = [
  { partition: 'aws-cn', region: 'cn-north-1' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1' },
]
const parameters = {
  groups: 'web-asg,tag:elasticbeanstalk:environment-name=collector-prod,tag:team=data',
  bucket: deployed.bucket,
  movedTo: deployed.movedTo.join(','),
  kmsKeyArn,
  recover: RUNGS.join(','),
}

let template: Template
let file: string
let remove: () => Promise<void>
const requests = new Map<FunctionName, IamRequest[]>()

beforeAll(async () => {
  ;({ template, file, remove } = await packageProject(parameters))
  const calls: Call[] = []
  for (let day = 1; day <= MOST_DAYS; day++) {
    calls.push(...(await callsOf(FIRST_DAY + day - 1)))
    if (day % DAYS_AT_ONCE === 0 && (await isEverythingUsed(calls))) break
  }
})
afterAll(() => remove())

async function isEverythingUsed(calls: readonly Call[]): Promise<boolean> {
  for (const name of functionNames) {
    const made = calls.filter(({ by }) => by === name).flatMap((call) => requestsOf(call, deployed))
    requests.set(name, distinct([...made, ...requestsOfLambda(name)]))
  }
  for (const name of functionNames) if ((await unused(role(name), requestsBy(name))).length > 0) return false
  return true
}

function distinct(all: readonly IamRequest[]): IamRequest[] {
  return [...new Map(all.map((request) => [JSON.stringify(request), request])).values()]
}
const requestsBy = (name: FunctionName) => requests.get(name) ?? []
const role = (name: FunctionName) => policyOf(template, roleOf(name))

const cfnLint = spawnSync('cfn-lint', ['--version']).status === 0
;(cfnLint ? it : it.skip)(
  'cfn-lint finds nothing with every rung on (skipped where it is not installed)',
  () => {
    const regions = ['eu-west-1', 'cn-north-1', 'us-gov-west-1']
    const found = spawnSync('cfn-lint', ['--template', file, '--regions', ...regions], { encoding: 'utf8' })
    expect([found.status, found.stdout]).toEqual([0, ''])
  },
  120_000,
)

describe.each(functionNames)('the role of %s', (name) => {
  it('allows every call that the function makes', async () => {
    expect(requestsBy(name).length).toBeGreaterThan(4)
    expect(await denied(role(name), requestsBy(name))).toEqual([])
  })
  it('grants nothing that is never used', async () => {
    expect(await unused(role(name), requestsBy(name))).toEqual([])
  })
  it('would be found out if it lacked any of its permissions', async () => {
    const actions = role(name).Statement.flatMap(({ Effect, Action }) => (Effect === 'Allow' ? Action : []))
    for (const action of new Set(actions)) {
      const without = withoutAction(role(name), action)
      expect([action, await denied(without, requestsBy(name))]).not.toEqual([action, []])
    }
  })
  it('would be found out if it were granted more', async () => {
    const more = ['s3:DeleteObject', 'ec2:TerminateInstances', 'autoscaling:DeleteLifecycleHook']
    const added = { Effect: 'Allow', Action: more, Resource: '*' }
    const widened = { ...role(name), Statement: [...role(name).Statement, added] }
    expect(await unused(widened, requestsBy(name))).toEqual(more.map((action) => `${action} on *`))
  })
  it.each(places)('allows all of it in $partition, and there alone', async (place) => {
    const there = policyOf(template, roleOf(name), place)
    // A key's ARN is written by whoever deploys.
    const made = requestsBy(name).filter(({ resource }) => resource !== kmsKeyArn)
    const regional = made.filter(({ resource }) => resource.startsWith('arn:'))
    expect(await denied(there, requestsIn(made, place))).toEqual([])
    expect(await denied(there, regional)).toEqual(regional)
  })
})

function withoutAction(policy: PolicyDocument, action: string): PolicyDocument {
  const Statement = policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((other) => other !== action),
  })).filter(({ Action }) => Action.length > 0)
  return { ...policy, Statement }
}

describe('no function may', () => {
  it.each(forbidden)('%s', async (_, request) => {
    for (const name of functionNames)
      expect([name, await isAllowed(role(name), request)]).toEqual([name, false])
  })
  it.each(functionNames)('without a denial of %s’s role being there for a reason', async (name) => {
    const { Statement } = role(name)
    for (const [index, { Effect }] of Statement.entries()) {
      if (Effect === 'Allow') continue
      const without = { ...role(name), Statement: Statement.toSpliced(index, 1) }
      const requests = forbidden.map(([, request]) => request)
      expect((await denied(without, requests)).length).toBeLessThan(requests.length)
    }
  })
})

it.each(functionNames)('%s runs no other document, where groups are chosen by name alone', async (name) => {
  const settings = readSettings(NAME, { ...defaults, groups: 'web-asg', bucket: deployed.bucket })
  const Statement = statementsOf(settings, name)
  const policy = resolved({ Version: '2012-10-17', Statement }) as PolicyDocument
  const run = (document: string) =>
    isAllowed(policy, {
      action: 'ssm:SendCommand',
      resource: documentArn.replace(/document\/.*/, `document/${document}`),
      context: {},
    })
  expect(await run(documentArn.replace(/^.*document\//, ''))).toBe(name !== 'enrol')
  expect(await run('AWS-RunShellScript')).toBe(false)
})

it.each([volumeArn, instanceArn])(
  'a pass lets go of what is marked, and says nothing else of it (%s)',
  async (resource) => {
    const tags = (keys: string[], context: IamRequest['context']) =>
      isAllowed(role('terminations'), {
        action: 'ec2:CreateTags',
        resource,
        context: { 'aws:TagKeys': keys, ...context },
      })
    expect(await tags([binKey(NAME)], taggedAsDisk)).toBe(true)
    expect(await tags([binKey(NAME)], {})).toBe(false)
    expect(await tags([binKey(NAME), 'team'], taggedAsDisk)).toBe(false)
  },
)

describe('the notifier’s role', () => {
  const needs = ['sqs:SendMessage', 'sqs:GetQueueUrl'].map((action) => ({
    action,
    resource: queueArn,
    context: {},
  }))
  it('may send to the queue, and nothing else', async () => {
    const policy = policyOf(template, 'NotifierRole')
    expect(await denied(policy, needs)).toEqual([])
    expect(await unused(policy, needs)).toEqual([])
    expect(
      await isAllowed(policy, { action: 'sqs:SendMessage', resource: deadLettersArn, context: {} }),
    ).toBe(false)
  })
})

it('the notifier’s role is taken by Auto Scaling on behalf of this account, and by nobody else', () => {
  const { AssumeRolePolicyDocument } = template.Resources.NotifierRole?.Properties ?? {}
  expect(resolved(AssumeRolePolicyDocument)).toMatchObject({
    Statement: [
      {
        Principal: { Service: 'autoscaling.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
      },
    ],
  })
})

describe('the policy to attach to instances', () => {
  const instancePolicy = (): PolicyDocument =>
    JSON.parse(String(resolved(template.Outputs.InstancePolicy?.Value)))
  const put = (key: string) => ({
    action: 's3:PutObject',
    resource: `arn:aws:s3:::${deployed.bucket}/${key}`,
    context: OUR_BUCKET,
  })
  const needs = [
    ...AGENT_ACTIONS.map((action) => ({ action, resource: '*', context: {} })),
    put(`${deployed.prefix}_var_log_x.gz`),
    put(`${deployed.manifestPrefix}i-0123456789abcdef0/x.gz`),
    ...['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => underKey(action, kmsKeyArn)),
  ]
  it('allows what the agent and the flush do, and nothing else', async () => {
    const policy = instancePolicy()
    expect(await denied(policy, needs)).toEqual([])
    expect(await unused(policy, needs)).toEqual([])
  })
  it.each(['kms:Decrypt', 'kms:GenerateDataKey'])('lets an instance %s only through S3', async (action) => {
    const asked = (context: IamRequest['context']) =>
      isAllowed(instancePolicy(), { action, resource: kmsKeyArn, context })
    expect(await asked(via('s3'))).toBe(true)
    expect([await asked(via('secretsmanager')), await asked({})]).toEqual([false, false])
  })
  it('lets an instance put what it salvages of another', async () => {
    const another = deployed.prefix.replace(/i-[0-9a-f]+/, 'i-0fedcba9876543210')
    expect(another).not.toBe(deployed.prefix)
    expect(await isAllowed(instancePolicy(), put(`${another}_var_log_x.gz`))).toBe(true)
  })
  it('lets no instance write a receipt, however its prefixes are chosen', async () => {
    const settings = readSettings('termination-guard-prod', {
      ...defaults,
      ...{ groups: 'web', bucket: deployed.bucket, bucketOwner: ACCOUNT },
      ...{ prefix: 'logs/{instance}/', manifestPrefix: 'termination-guard/' },
    })
    const policy = resolved({ Version: '2012-10-17', Statement: instanceStatements(settings) })
    expect(await isAllowed(policy as PolicyDocument, put('termination-guard/x.gz'))).toBe(true)
    const receipt = put(`${RECEIPT_PREFIX}i-0123456789abcdef0/x.json`)
    expect(await isAllowed(policy as PolicyDocument, receipt)).toBe(false)
  })
  it.each([
    's3:PutObject',
    's3:PutObjectRetention',
    's3:PutObjectLegalHold',
    's3:DeleteObject',
    's3:DeleteObjectVersion',
  ])('lets no instance %s a receipt, whatever else its role allows', async (action) => {
    const { Statement } = instancePolicy()
    const everything = { Effect: 'Allow' as const, Action: ['s3:*'], Resource: '*' }
    const policy = { Version: '2012-10-17', Statement: [...[Statement].flat(), everything] }
    const of = (key: string) => ({ ...put(key), action })
    expect(await isAllowed(policy as PolicyDocument, of(`${RECEIPT_PREFIX}i-1/x.json`))).toBe(false)
    expect(await isAllowed(policy as PolicyDocument, of(`${deployed.prefix}x.gz`))).toBe(true)
  })
  it.each([
    [
      'complete a lifecycle action',
      { action: 'autoscaling:CompleteLifecycleAction', resource: groupArn('web-asg'), context: {} },
    ],
    ['delete an object', { ...put(`${deployed.prefix}x.gz`), action: 's3:DeleteObject' }],
    ['write elsewhere in the bucket', put('payroll.csv')],
    ['write a receipt', put(`${RECEIPT_PREFIX}i-0123456789abcdef0/x.json`)],
    [
      'write to the bucket where a stranger has taken its name',
      { ...put(`${deployed.prefix}x.gz`), context: { 's3:ResourceAccount': '999988887777' } },
    ],
    [
      'write to another bucket',
      { ...put('x'), resource: `arn:aws:s3:::other-bucket/${deployed.prefix}x.gz` },
    ],
    ['send to the queue', { action: 'sqs:SendMessage', resource: queueArn, context: {} }],
  ])('does not let an instance %s', async (_, request) => {
    expect(await isAllowed(instancePolicy(), request)).toBe(false)
  })
})
