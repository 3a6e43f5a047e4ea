import { describe, expect, it } from '@jest/globals'
import { deploymentChecks, groupChecks } from '../../../src/cli/doctor/checks.ts'
import { findings } from '../../../src/cli/doctor/finding.ts'
import { action, MINUTE, policy, START } from '../../termination/observations.ts'
import { typed, typedAws } from '../command-line.ts'
import {
  denied,
  deploymentFacts,
  enrolment,
  flushDocument,
  group,
  groupFacts,
  hook,
  lockedQueue,
  machine,
  salvageDocument,
  sound,
  TARGET_GROUP,
  TOPICS,
  told,
} from './sound-facts.ts'

const ofGroup = (...changes: Parameters<typeof groupFacts>) =>
  findings(groupChecks, groupFacts(...changes), { typed, typedAws })
const ofDeployment = (...changes: Parameters<typeof deploymentFacts>) =>
  findings(deploymentChecks, deploymentFacts(...changes), { typed, typedAws })
const notPassing = (found: ReturnType<typeof findings>) =>
  found.filter(({ is }) => is !== 'pass').map(({ check, is }) => `${check} ${is}`)

it.each([
  ['InternalError: We are sorry', 'AWS is in trouble itself: type the same again in a minute.'],
  ['MalformedPolicyDocument: so', 'look again later: nobody could tell'],
  ['ServiceNotServedLocally: The local AWS does not have lambda.', 'none here: only AWS itself can tell'],
  ['InvalidAction: The local AWS does not have it', 'none here: only AWS itself can tell'],
])('%s is unknown, and what to do about it is: %s', (why, remedy) => {
  const [found] = ofDeployment({ versioning: { is: 'refused', why } }).filter(({ is }) => is !== 'pass')
  expect(found).toMatchObject({ check: 'versioning', is: 'unknown', remedy })
})

it('where everything holds, everything passes', () => {
  expect(notPassing([...ofGroup(), ...ofDeployment()])).toEqual([])
})

it('each finding says why it matters, and each that does not pass what to do', () => {
  const all = [...ofGroup({ hook: denied, group: denied }), ...ofDeployment({ versioning: told(undefined) })]
  for (const { is, why, remedy } of all) {
    expect(why.length).toBeGreaterThan(20)
    if (is !== 'pass') expect(remedy?.length).toBeGreaterThan(5)
  }
})

describe('what nobody can tell never passes', () => {
  it.each([
    [{ hook: denied }, {}, ['hook', 'hook-target', 'default-result', 'heartbeat']],
    [{ group: denied }, {}, ['retention', 'load-balancer']],
    [{}, { agent: denied }, ['agent']],
    [{}, { rights: denied }, ['instance-role']],
    [{}, { newestObjectAt: denied }, ['publication']],
    [{}, { isProtected: denied }, ['termination-protection']],
    [{}, { machine: denied }, ['volumes', 'data-volumes']],
  ] as const)('%j %j', (changes, instance, checks) => {
    expect(notPassing(ofGroup(changes, instance))).toEqual(checks.map((check) => `${check} unknown`))
  })
  it.each([
    [{ queuePolicy: denied }, 'queue-policy'],
    [{ deadLetters: denied }, 'dead-letters'],
    [{ documents: [{ ...flushDocument, parameters: denied }] }, 'document'],
    [{ documents: [{ ...salvageDocument, parameters: denied }] }, 'document'],
    [{ versioning: denied }, 'versioning'],
    [{ encryption: denied }, 'encryption'],
    [{ lifecycle: denied }, 'lifecycle-rules'],
    [{ bucketPolicy: denied }, 'bucket-policy'],
    [{ alarms: denied }, 'alarms'],
    [{ crashes: denied }, 'crashes'],
  ] as const)('%j', (changes, check) => {
    expect(notPassing(ofDeployment(changes))).toEqual([`${check} unknown`])
  })
  it('the journal and the functions', () => {
    expect(notPassing(ofDeployment({ heard: denied }))).toEqual([
      'test-notification unknown',
      'enrolment unknown',
      'last-success unknown',
      'last-success unknown',
    ])
    const functions = [{ name: 'f', state: denied, rolePolicies: denied }]
    expect(notPassing(ofDeployment({ functions }))).toEqual(['functions unknown', 'policy-sizes unknown'])
  })
})

it('the longest patience that may be deployed is not longer than Auto Scaling waits', () => {
  const longest = { policy: { ...policy, patienceSeconds: 138_240 } }
  expect(notPassing(ofGroup({ hook: told({ ...hook, HeartbeatTimeout: 7200 }), ...longest }))).toEqual([])
})

describe('a group', () => {
  it.each([
    ['hook fail', { hook: told({ ...hook, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' }) }, {}],
    ['hook-target fail', { hook: told({ ...hook, NotificationTargetARN: 'arn:aws:sqs:eu-west-1:1:x' }) }, {}],
    ['hook-target fail', { hook: told({ ...hook, RoleARN: 'arn:aws:iam::1:role/x' }) }, {}],
    ['default-result fail', { hook: told({ ...hook, DefaultResult: 'CONTINUE' }) }, {}],
    ['heartbeat fail', { hook: told({ ...hook, HeartbeatTimeout: 900 }) }, {}],
    ['heartbeat fail', { policy: { ...policy, patienceSeconds: 172_800 } }, {}],
    ['retention fail', { group: told({ ...group, InstanceLifecyclePolicy: undefined }) }, {}],
    ['load-balancer unknown', { group: told({ ...group, TargetGroupARNs: [] }) }, {}],
    ['draining fail', { drainingSeconds: new Map([[TARGET_GROUP, told(0)]]) }, {}],
    ['draining unknown', { drainingSeconds: new Map([[TARGET_GROUP, told(undefined)]]) }, {}],
    ['draining unknown', { drainingSeconds: new Map([[TARGET_GROUP, denied]]) }, {}],
    ['agent fail', {}, { agent: told(undefined) }],
    ['agent fail', {}, { agent: told({ ping: 'ConnectionLost', version: '3.3.0.0' }) }],
    ['agent fail', {}, { agent: told({ ping: 'Online', version: '2.3.1.0' }) }],
    ['agent fail', {}, { agent: told({ ping: 'Online', version: '' }) }],
    ['agent fail', {}, { agent: told({ ping: 'Online', version: 'latest' }) }],
    ['instance-role fail', {}, { rights: told(undefined) }],
    ['instance-role fail', {}, { rights: told(new Map([['s3:PutObject', 'denied']] as const)) }],
    ['instance-role fail', {}, { rights: told(new Map([['s3:DeleteObject', 'allowed']] as const)) }],
    ['publication fail', { now: START + 300 * MINUTE }, {}],
    ['publication unknown', {}, { newestObjectAt: told(undefined) }],
    ['termination-protection fail', {}, { isProtected: told(false) }],
    ['volumes fail', {}, { machine: told({ ...machine, RootDeviceType: 'instance-store' }) }],
    ['volumes unknown', {}, { machine: told({ ...machine, RootDeviceType: undefined }) }],
    ['data-volumes unknown', {}, { machine: told({ ...machine, BlockDeviceMappings: undefined }) }],
    ['data-volumes unknown', {}, { machine: told({ ...machine, RootDeviceName: undefined }) }],
    ['draining unknown', { group: told({ ...group, LoadBalancerNames: ['classic'] }) }, {}],
  ] as const)('%s: %j %j', (expected, changes, instance) => {
    expect(notPassing(ofGroup(changes as never, instance as never))).toEqual([expected])
  })
  it('with a machine that EC2 does not know has volumes that nobody knows', () => {
    expect(notPassing(ofGroup({}, { machine: told(undefined) }))).toEqual([
      'volumes unknown',
      'data-volumes unknown',
    ])
  })
  it('with a volume beside the root is told which', () => {
    const data = { DeviceName: '/dev/sdf', Ebs: { VolumeId: 'vol-0fedcba9876543210' } }
    const BlockDeviceMappings = [data, ...(machine.BlockDeviceMappings ?? [])]
    expect(
      ofGroup({}, { machine: told({ ...machine, BlockDeviceMappings }) }).filter(({ is }) => is !== 'pass'),
    ).toMatchObject([
      {
        check: 'data-volumes',
        is: 'unknown',
        says: 'beside its root it has /dev/sdf (vol-0fedcba9876543210)',
      },
    ])
  })
  it('without the hook fails once, and its settings are unknown', () => {
    expect(notPassing(ofGroup({ hook: told(undefined) }))).toEqual([
      'hook fail',
      'hook-target unknown',
      'default-result unknown',
      'heartbeat unknown',
    ])
  })
  it.each([
    ['pass', `the newest object is of ${new Date(START + MINUTE).toISOString()}`, {}, {}],
    ['unknown', 'it is young, and has published nothing yet', {}, { newestObjectAt: told(undefined) }],
    ['unknown', 'nothing was published yet', {}, { newestObjectAt: told(undefined), machine: denied }],
    ['pass', /^the newest object/, { now: START + 181 * MINUTE - 1 }, {}],
    [
      'fail',
      'nothing was published for 181 minutes',
      { now: START + 181 * MINUTE },
      {
        newestObjectAt: told(undefined),
      },
    ],
  ] as const)('publishes, or not: %s, %s', (is, words, changes, instance) => {
    const found = ofGroup(changes, instance).find(({ check }) => check === 'publication')
    const says = typeof words === 'string' ? words : expect.stringMatching(words)
    expect(found).toMatchObject({ is, says })
  })
  it('is looked at instance by instance', () => {
    const instances = [sound, { ...sound, instanceId: 'i-0fffffffffffffff0', agent: told(undefined) }]
    expect(ofGroup({ instances }).filter(({ is }) => is === 'fail')).toMatchObject([
      { check: 'agent', about: 'i-0fffffffffffffff0' },
    ])
  })
  it.each([
    ['another queue', { NotificationTargetARN: 'arn:aws:sqs:eu-west-1:1:x' }],
    ['launches', { LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' }],
  ])('loses nothing by what is to be done about a hook for %s: what waits goes with the hook', (_, other) => {
    const [found] = ofGroup({ hook: told({ ...hook, ...other }) }).filter(({ is }) => is === 'fail')
    expect(found?.remedy).toMatch(/^when nothing waits at it .*, delete it; /)
  })
  it('what can be mended comes with how', () => {
    const other = { DefaultResult: 'CONTINUE', HeartbeatTimeout: 60, RoleARN: 'arn:aws:iam::1:role/x' }
    expect(ofGroup({ hook: told({ ...hook, ...other }) }).flatMap(({ fix }) => fix ?? [])).toEqual([
      { do: 'put the hook', groupName: action.groupName, change: { RoleARN: hook.RoleARN } },
      { do: 'put the hook', groupName: action.groupName, change: { DefaultResult: 'ABANDON' } },
      { do: 'put the hook', groupName: action.groupName, change: { HeartbeatTimeout: 3600 } },
    ])
  })
})

it('a queue that refuses others is not safe where one statement admits anybody', () => {
  const locked = JSON.parse(lockedQueue).Statement
  const open = { Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' }
  const queuePolicy = told(JSON.stringify({ Statement: [...locked, open] }))
  const found = ofDeployment({ queuePolicy }).find(({ check }) => check === 'queue-policy')
  expect(found).toMatchObject({ is: 'fail', says: 'it admits anybody (Open)' })
})

describe('the deployment', () => {
  const heard = (changes: object) =>
    told({ sweepAt: START + 6 * MINUTE, auditAt: START, notificationAt: START, enrolment, ...changes })
  const statement = (changes: object) => told(JSON.stringify({ Statement: changes }))
  const rule = (days: number, Prefix = 'resources/') =>
    told([{ ID: 'old', Status: 'Enabled' as const, Filter: { Prefix }, Expiration: { Days: days } }])
  const kms = told([{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const } }])
  const taken = flushDocument.parameters.is === 'answered' ? (flushDocument.parameters.answer ?? []) : []
  const alarm = { AlarmName: 'a', ActionsEnabled: true, AlarmActions: [TOPICS.TOPIC] }
  it.each([
    ['queue-policy fail', { queuePolicy: told(undefined) }],
    ['queue-policy fail', { queuePolicy: told('{') }],
    ['queue-policy fail', { queuePolicy: statement({ Effect: 'Allow', Principal: '*', Action: 'sqs:*' }) }],
    [
      'test-notification unknown',
      { heard: told({ sweepAt: START + 9 * MINUTE, auditAt: START, notificationAt: undefined, enrolment }) },
    ],
    [
      'last-success fail',
      { heard: told({ sweepAt: undefined, auditAt: START, notificationAt: START, enrolment }) },
    ],
    [
      'last-success fail',
      { heard: told({ sweepAt: START - 60 * MINUTE, auditAt: START, notificationAt: START, enrolment }) },
    ],
    ['last-success fail', { heard: heard({ auditAt: START - 150 * MINUTE }) }],
    [
      'document fail',
      {
        documents: [{ ...flushDocument, parameters: told(taken.filter((one) => one !== 'Encryption')) }],
        ...{ encryption: kms, policy: { ...policy, archive: { ...policy.archive, encryption: 'aws:kms' } } },
      },
    ],
    ['dead-letters fail', { deadLetters: told(2) }],
    ['document fail', { documents: [{ ...flushDocument, parameters: told(['InstanceId']) }] }],
    ['document fail', { documents: [flushDocument, { ...salvageDocument, parameters: told(undefined) }] }],
    // The flush's own document under the other's name lacks the disk.
    ['document fail', { documents: [{ ...salvageDocument, parameters: flushDocument.parameters }] }],
    ['bucket-policy unknown', { bucketPolicy: told('{') }],
    ['versioning fail', { versioning: told('Suspended') }],
    ['encryption fail', { encryption: kms }],
    ['lifecycle-rules fail', { lifecycle: rule(1) }],
    ['lifecycle-rules fail', { lifecycle: rule(1, 'resources/environments/logs/publish/e-abcdefghij/') }],
    [
      'bucket-policy fail',
      { bucketPolicy: statement({ Effect: 'Deny', Principal: '*', Action: ['s3:Put*'] }) },
    ],
    [
      'bucket-policy unknown',
      {
        bucketPolicy: statement({
          Effect: 'Deny',
          Action: 's3:*',
          Condition: { StringNotEquals: { 'aws:x': '1' } },
        }),
      },
    ],
    [
      'functions fail',
      {
        functions: [
          { name: 'f', state: told('Failed'), rolePolicies: told({ inlineCharacters: 1, managed: 0 }) },
        ],
      },
    ],
    [
      'policy-sizes fail',
      {
        functions: [
          { name: 'f', state: told('Active'), rolePolicies: told({ inlineCharacters: 10_000, managed: 9 }) },
        ],
      },
    ],
    ['crashes fail', { crashes: told([{ functionName: 'f', at: START, message: 'Task timed out' }]) }],
    ['enrolment unknown', { heard: heard({ enrolment: undefined }) }],
    [
      'enrolment fail',
      {
        heard: heard({ enrolment: { ...enrolment, refused: [{ groupName: 'web', why: 'it has a hook' }] } }),
      },
    ],
    ['enrolment fail', { heard: heard({ enrolment: { ...enrolment, missing: ['web'] } }) }],
    [
      'enrolment unknown',
      { heard: heard({ enrolment: { ...enrolment, differs: [{ groupName: 'web', what: 'heartbeat' }] } }) },
    ],
    ['alarms fail', { alarms: told({ alarms: [], subscribers: new Map() }) }],
    [
      'alarms fail',
      { alarms: told({ alarms: [{ ...alarm, ActionsEnabled: false }], subscribers: new Map() }) },
    ],
    ['alarms fail', { alarms: told({ alarms: [alarm], subscribers: new Map([[TOPICS.TOPIC, told(0)]]) }) }],
    // Somebody hears another alarm.
    [
      'alarms fail',
      {
        alarms: told({
          alarms: [alarm, { ...alarm, AlarmActions: ['arn:aws:sns:eu-west-1:111122223333:unheard'] }],
          subscribers: new Map([
            [TOPICS.TOPIC, told(1)],
            ['arn:aws:sns:eu-west-1:111122223333:unheard', told(0)],
          ]),
        }),
      },
    ],
    ['alarms unknown', { alarms: told({ alarms: [alarm], subscribers: new Map([[TOPICS.TOPIC, denied]]) }) }],
  ] as const)('%s: %j', (expected, changes) => {
    expect(notPassing(ofDeployment(changes as never))).toEqual([expected])
  })
  it.each([
    ['lifecycle-rules', 'logs live for 365 days', { lifecycle: rule(365) }],
    ['lifecycle-rules', 'no rule deletes logs', {}],
    ['functions', 'active', {}],
    [
      'functions',
      'asleep, and wakes when it is called',
      { functions: [{ name: 'f', state: told('Inactive'), rolePolicies: denied }] },
    ],
  ])('%s says: %s', (check, says, changes) => {
    expect(ofDeployment(changes).find((one) => one.check === check)).toMatchObject({ is: 'pass', says })
  })
  it.each([
    [{ lifecycle: rule(365) }],
    [{ lifecycle: told([{ Status: 'Disabled' as const, Filter: {}, Expiration: { Days: 1 } }]) }],
    [{ lifecycle: rule(1, 'elsewhere/') }],
    [{ lifecycle: told([{ Status: 'Enabled' as const, Prefix: 'elsewhere/', Expiration: { Days: 1 } }]) }],
    [{ bucketPolicy: statement({ Effect: 'Deny', Action: 's3:DeleteBucket' }) }],
    [
      {
        bucketPolicy: statement({
          Effect: 'Deny',
          Action: 's3:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      },
    ],
    [{ encryption: kms, policy: { ...policy, archive: { ...policy.archive, encryption: 'aws:kms' } } }],
  ])('%j is as it should be', (changes) => {
    expect(notPassing(ofDeployment(changes))).toEqual([])
  })
})
