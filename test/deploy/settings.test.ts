import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { alarmResources } from '../../deploy/alarms.ts'
import { readSettings } from '../../deploy/settings.ts'
import { deployment } from '../../deploy/template.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import { metricsOf } from '../../src/journal/metrics.ts'
import { readPolicy } from '../../src/policy.ts'
import { defaults } from './defaults.ts'
import { resolved } from './packaged.ts'

const settings = (changes: Partial<typeof defaults> = {}) =>
  readSettings('termination-guard-prod', { ...defaults, ...changes })

function message(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('it was accepted')
}

describe('the parameters', () => {
  it.each(Object.entries(defaults))(
    '%s stands in serverless.yml with the default that is tested here',
    (name, value) => {
      const yaml = readFileSync(join(import.meta.dirname, '..', '..', 'serverless.yml'), 'utf8')
      const written = new RegExp(`^    ${name}: (.*)$`, 'm').exec(yaml)?.[1]
      expect(written?.replaceAll(/["']/g, '')).toBe(String(value))
    },
  )
  it('are all reported at once, each with what to write instead', () => {
    const bad = { groups: 'web-*', bucket: 's3://logs', heartbeat: '60', retain: 'maybe', logRetention: '8' }
    for (const name of Object.keys(bad))
      expect(() => settings(bad)).toThrow(new RegExp(`  ${name}: .*(write|choose)`))
  })
  it.each([360, 900, 1800, 3600, 7200])(
    'with a heartbeat of %i s the policy accepts every environment',
    (heartbeat) => {
      const { functions } = deployment('termination-guard-prod', { ...defaults, groups: 'web', heartbeat })
      for (const { environment } of Object.values(functions)) {
        expect(() =>
          readPolicy({ ...(resolved(environment) as Record<string, string>), AWS_REGION: 'eu-west-1' }),
        ).not.toThrow()
      }
    },
  )
  it.each([360, 900, 1800, 7200])(
    'with a heartbeat of %i s the function fits six times into the visibility timeout',
    (heartbeat) => {
      const { visibilitySeconds, functionTimeoutSeconds } = settings({ heartbeat })
      expect(visibilitySeconds).toBeGreaterThanOrEqual(6 * functionTimeoutSeconds)
      expect(visibilitySeconds).toBeLessThanOrEqual(heartbeat / 2)
      expect(functionTimeoutSeconds).toBeGreaterThanOrEqual(30)
    },
  )
  it('a name that no parameter has is refused, with the names that there are', () => {
    const misspelt = () => readSettings('termination-guard-prod', defaults, ['grups=web', 'retain=yes'])
    expect(misspelt).toThrow(/ {2}grups: no such parameter; write one of groups, profile, /)
    expect(misspelt).not.toThrow(/ {2}retain:/)
  })
  it('given twice with different values is refused: Serverless takes the last, and the first group would be withdrawn from', () => {
    const twice = (...given: string[]) =>
      message(() => readSettings('termination-guard-prod', defaults, given))
    expect(twice('groups=web', 'groups=tag:team=data')).toMatch(
      /^ {2}groups: given more than once \('web', 'tag:team=data'\): write it once/m,
    )
    expect(() =>
      readSettings('termination-guard-prod', defaults, ['groups=web', 'groups=web', 'retain=yes']),
    ).not.toThrow()
  })
  it.each(['aws-guard-prod', 'AmazonGuard-prod', 'amzn-prod'])(
    'a deployment that is named %s is refused: Systems Manager keeps such names of documents for itself',
    (name) => {
      expect(() => readSettings(name, defaults)).toThrow(
        /^ {2}service: .*'(aws|Amazon|amzn).*: write another service/m,
      )
    },
  )
  it.each([
    ['prefix', { prefix: '/x/' }, 'and ends with'],
    ['movedTo', { movedTo: 'collected/{instance}/' }, 'write it without'],
    ['movedTo', { movedTo: 'foo' }, 'and ends with'],
    ['manifestPrefix', { manifestPrefix: 'bar' }, 'and ends with'],
    ['manifestPrefix', { manifestPrefix: 'manifests/{group}/' }, 'write it without'],
    ['manifestPrefix', { prefix: 'logs/{instance}/', manifestPrefix: 'logs/' }, 'write another'],
    [
      'manifestPrefix',
      { manifestPrefix: 'resources/environments/logs/publish/e-1/i-1/manifests/' },
      'write another',
    ],
    ['manifestPrefix', { manifestPrefix: 'termination-guard/receipts/' }, 'write another'],
    ['manifestPrefix', { manifestPrefix: 'termination-guard/receipts/manifests/' }, 'write another'],
    ['prefix', { prefix: 'termination-guard/receipts/{instance}/' }, 'write another'],
    ['prefix', { prefix: '{group}/{environment}/{instance}/', manifestPrefix: 'm/' }, 'write another'],
    ['alarmEmail', { alarmEmail: 'a@example.com,b@example.com' }, 'write one e-mail address'],
    ['bucketOwner', { bucketOwner: '1111222233334' }, 'write the 12 digits'],
    ['attempts', { attempts: '5e1' }, 'write a whole number from 1 to 100'],
    ['bucket', { bucket: 'logs..web' }, 'write the name of a bucket'],
    ['bucket', { bucket: '192.168.0.1' }, 'write the name of a bucket'],
    ['kmsKeyArn', { kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/*' }, 'write the ARN of one key'],
    ['kmsKeyArn', { kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:alias/logs' }, 'write the ARN of one key'],
    ['lookAgain', { lookAgain: '60', heartbeat: 7200 }, 'write a larger lookAgain'],
    ['kmsKeyArn', { encryption: 'aws:kms' }, 'write it, or encryption=none'],
    [
      'encryption',
      { encryption: 'AES256', kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/k' },
      'write aws:kms',
    ],
    ['patience', { heartbeat: 360, patience: 138_240 }, 'must be at most 28800'],
  ])(
    '%s is refused here and not only by the functions, as they start: %j',
    (parameter, changes: Partial<typeof defaults>, why) => {
      expect(() => settings(changes)).toThrow(new RegExp(`^  ${parameter}: .*${why}`, 'm'))
    },
  )
  it.each([
    { manifestPrefix: 'termination-guard/' },
    { bucket: 'logs.web.example' },
    { kmsKeyArn: 'arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-0123456789abcdef' },
  ])('%j is accepted', (changes: Partial<typeof defaults>) => {
    expect(() => settings(changes)).not.toThrow()
  })
  it('are each named once, in one line, however many functions would refuse to start', () => {
    const bad = { prefix: '/x/', movedTo: 'foo', lookAgain: '60', heartbeat: '7200', profile: './none.json' }
    const [first, ...lines] = message(() => settings(bad)).split('\n')
    expect(first).toBe('These parameters cannot be used:')
    expect(lines.every((line) => /^ {2}[a-zA-Z]+: /.test(line))).toBe(true)
    expect(new Set(lines).size).toBe(lines.length)
  })
  it('groups=none chooses nothing and says that this is meant', () => {
    expect(settings({ groups: 'none' })).toMatchObject({
      groups: '',
      selections: [],
      isGuardingNothing: true,
    })
    expect(settings({ groups: '' })).toMatchObject({ selections: [], isGuardingNothing: false })
  })
  it('the archive’s prefix is the profile’s, unless another is given', () => {
    expect(settings().prefix).toBe('resources/environments/logs/publish/{environment}/{instance}/')
    expect(settings({ prefix: 'logs/{instance}/' }).prefix).toBe('logs/{instance}/')
  })
})

it('docs/operate.md has a chapter for every alarm, where its description points', () => {
  const chapters = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operate.md'), 'utf8')
  const alarms = Object.values(alarmResources(settings())) as { Properties: { AlarmDescription: string } }[]
  for (const { Properties } of alarms) {
    const [, title] = /operate\.md#([a-z-]+)$/.exec(Properties.AlarmDescription) ?? []
    expect(chapters).toContain(`\n## ${title}\n`)
  }
})

it('the alarms look at metrics that the journal really makes', () => {
  const looked = JSON.stringify(alarmResources(settings())).matchAll(
    /"Namespace":"TerminationGuard","MetricName":"([A-Za-z]+)"/g,
  )
  const names = new Set([...looked].map(([, name]) => name ?? ''))
  expect([...names].sort()).toEqual([...madeMetrics()].filter((name) => names.has(name)).sort())
  expect(names.size).toBeGreaterThan(5)
})

function madeMetrics(): Set<string> {
  const action = { instanceId: 'i-1', groupName: 'g', token: undefined }
  const audited = { event: 'audited', finding: 'unproven' }
  const events = [
    { event: 'action-ended', outcome: 'lost', by: 'completed', heldMs: 1, flushMs: 1, bytes: 0, ...action },
    { event: 'pass', overdue: true, ...action },
    { event: 'sweep', held: 1, adopted: 1, failed: 0, retained: [], deadLetters: 0, oldestHeldSeconds: 1 },
    { event: 'enrolment', trigger: 'sweep', guarded: [], refused: [] },
    audited,
    { event: 'audit', instances: 1 },
    { event: 'pass-failed', ...action },
    { event: 'passes-deferred', messages: 1 },
    { event: 'receipt-failed', ...action },
  ] as unknown as JournalEvent[]
  return new Set(events.flatMap(metricsOf).map(({ name }) => name))
}

describe('recover', () => {
  const deployed = (recover: string) =>
    deployment('termination-guard-prod', { ...defaults, groups: 'web-asg', recover })
  it('with none leaves no trace: no variable and no right', () => {
    expect(JSON.stringify(deployed('none'))).not.toMatch(
      /RECOVER|TerminateInstance|DescribeInstanceInformation/,
    )
  })
  it('gives what it needs to the sweep alone', () => {
    const { functions, resources } = deployed('retry')
    const naming = Object.entries({ ...resources, ...functions }).filter(([, value]) =>
      /RECOVER|TerminateInstance|DescribeInstanceInformation/.test(JSON.stringify(value)),
    )
    expect(naming.map(([name]) => name).sort()).toEqual(['SweepRole', 'sweep'])
  })
  it('bounds how many run at once', () => {
    const { sweep } = deployment('termination-guard-prod', {
      ...{ ...defaults, groups: 'web-asg', recover: 'retry' },
      recoveriesAtOnce: 2,
    }).functions
    expect(sweep?.environment).toMatchObject({ RECOVERIES_AT_ONCE: '2' })
    expect(message(() => settings({ recoveriesAtOnce: 0 }))).toMatch(
      /recoveriesAtOnce: write .* from 1 to 100/,
    )
  })
  it('salvages what comes out of the bin as it does copies, or has no bin', () => {
    expect(message(() => settings({ recover: 'retry,bin' }))).toMatch(/recover: write clone,bin/)
    expect(deployed('retry,clone').resources).not.toHaveProperty('RetentionRule')
    const { RetentionRule } = deployment('termination-guard-prod', {
      ...{ ...defaults, groups: 'web-asg', recover: 'clone,bin', binDays: 3 },
    }).resources
    expect(RetentionRule).toMatchObject({
      Type: 'AWS::Rbin::Rule',
      Properties: {
        ResourceType: 'EBS_VOLUME',
        ResourceTags: ['keep', 'restored'].map((ResourceTagValue) => ({
          ...{ ResourceTagKey: 'termination-guard-bin:termination-guard-prod', ResourceTagValue },
        })),
        RetentionPeriod: { RetentionPeriodValue: 3, RetentionPeriodUnit: 'DAYS' },
      },
    })
    expect(message(() => settings({ binDays: 8 }))).toMatch(/binDays: write .* from 1 to 7/)
  })
  it.each(['', 'all', 'retry,', 'none,retry', 'Retry'])('refuses %j', (recover) => {
    expect(message(() => settings({ recover }))).toMatch(/recover: write none, or retry/)
  })
})
