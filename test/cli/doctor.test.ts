import { beforeEach, describe, expect, it } from '@jest/globals'
import { awsError } from '../one-instance.ts'
import { action, policy } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.lifecycleState = 'InService'
})
const group = ['--group', action.groupName]
const changed = () =>
  [...line.operatorCalls.map(({ operation }) => operation), ...line.calls].filter((call) =>
    /^(put|modify|update|create|delete|send|complete)/.test(call),
  )
const statusOf = (out: string, check: string) =>
  new RegExp(`^(pass|fail|unknown) +${check} `, 'm').exec(out)?.[1]

it('says of each item whether it holds, why it matters and what to type, and changes nothing', async () => {
  line.inspection = { getBucketVersioning: async () => ({}) }
  const { code, out, err } = await line.run('doctor', ...group)
  expect(code).toBe(1)
  expect(out).toMatch(/^pass +hook {2}awseb/m)
  expect(out).toMatch(/^fail +versioning {2}[\s\S]*?why: .*\n +remedy: aws s3api put-bucket-versioning/m)
  expect(out).toMatch(/\d+ checks hold, \d+ fails?, \d+ unknown\.$/)
  expect(err.split('\n')).toEqual(['looking at termination-guard', `looking at ${action.groupName}`])
  expect(changed()).toEqual([])
})

it('without permission to inspect, nothing that rests on it passes', async () => {
  const { out } = await line.run('doctor', ...group)
  for (const check of ['versioning', 'encryption', 'bucket-policy', 'document', 'alarms', 'lifecycle-rules'])
    expect([check, statusOf(out, check)]).toEqual([check, 'unknown'])
  expect(out).toContain('AccessDenied: not authorized')
})

it('looks at the group that was named, whatever else the answer holds', async () => {
  const groups = line.guard.aws.describeAutoScalingGroups
  const another = async (input: Parameters<typeof groups>[0]) => {
    const [group] = (await groups(input)).AutoScalingGroups ?? []
    return group && { ...group, AutoScalingGroupName: 'another' }
  }
  line.answering = {
    describeAutoScalingGroups: async (input) => {
      const { AutoScalingGroups = [] } = await groups(input)
      return {
        AutoScalingGroups: [await another(input), ...AutoScalingGroups].filter((one) => one !== undefined),
      }
    },
  }
  expect((await line.run('doctor', ...group)).out).toContain(`hook  ${action.groupName}`)
  line.answering = {
    describeAutoScalingGroups: async (input) => ({
      AutoScalingGroups: [await another(input)].filter((one) => one !== undefined),
    }),
  }
  expect((await line.run('doctor', ...group)).err).toContain(`no Auto Scaling group ${action.groupName}`)
})

it('without --group it looks at every guarded group', async () => {
  const { out } = await line.run('doctor')
  expect(out).toContain(`hook  ${action.groupName}`)
})

it('what S3 has an error for because it is not set is not unknown', async () => {
  line.inspection = {
    getBucketPolicy: async () => {
      throw awsError('NoSuchBucketPolicy')
    },
    getBucketLifecycleConfiguration: async () => {
      throw awsError('NoSuchLifecycleConfiguration')
    },
  }
  const { out } = await line.run('doctor', ...group)
  expect([statusOf(out, 'bucket-policy'), statusOf(out, 'lifecycle-rules')]).toEqual(['pass', 'pass'])
})

it('says what a function broke off with, and which group is not guarded and why', async () => {
  line.crashes = [{ functionName: 'x-sweep', at: line.now, message: 'Task timed out after 60.00 seconds' }]
  line.journal.push({
    ...{ event: 'enrolment', trigger: 'sweep', guarded: [], enrolled: [], changed: [], differs: [] },
    ...{ refused: [{ groupName: 'web', why: 'it has a hook named x already' }], missing: [] },
  })
  const { out } = await line.run('doctor', ...group)
  expect(out).toMatch(/^fail +crashes {2}.*1 in the last hour; the newest, of x-sweep .*: Task timed out/m)
  expect(out).toMatch(/^fail +enrolment {2}web.*it has a hook named x already/m)
})

it('asks each target group how long it lets an instance drain', async () => {
  line.targetGroups = ['arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1']
  line.inspection = {
    describeTargetGroupAttributes: async () => ({
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }],
    }),
  }
  expect(statusOf((await line.run('doctor', ...group)).out, 'draining')).toBe('fail')
})

it('looks at both documents, and one that is not there fails', async () => {
  const parameters = Object.fromEntries(
    'InstanceId Region Purpose Bucket Prefix Upload ManifestPrefix ExecutionTimeout'
      .split(' ')
      .map((name) => [name, {}]),
  )
  line.inspection = {
    getDocument: async ({ Name }) => {
      if (Name === `${policy.hookName}-salvage`) throw awsError('InvalidDocument')
      return { Content: JSON.stringify({ parameters }) }
    },
  }
  const { out } = await line.run('doctor', ...group)
  expect(out).toMatch(new RegExp(`^pass +document {2}${policy.documentName}: it takes`, 'm'))
  expect(out).toMatch(new RegExp(`^fail +document {2}${policy.hookName}-salvage: there is no such`, 'm'))
})

it('is one document for programs', async () => {
  const { out } = await line.run('doctor', ...group, '--json')
  const { version, command, findings } = JSON.parse(out)
  expect({ version, command }).toEqual({ version: 1, command: 'doctor' })
  expect(findings).toContainEqual(expect.objectContaining({ check: 'retention', is: 'pass' }))
})

describe('--fix', () => {
  const isMended = () => changed().includes('putBucketVersioning')
  beforeEach(() => {
    let Status: 'Enabled' | undefined
    line.inspection = {
      getBucketVersioning: async () => ({ ...(Status && { Status }) }),
      putBucketVersioning: async () => {
        Status = 'Enabled'
        return {}
      },
    }
  })
  it('off a terminal does nothing without --yes', async () => {
    const { code, err } = await line.run('doctor', ...group, '--fix')
    expect({ code, calls: line.calls }).toEqual({ code: 2, calls: [] })
    expect(err).toContain('type --yes as well')
  })
  it('and --yes without it is no command line', async () => {
    const { code, err } = await line.run('doctor', ...group, '--yes')
    expect({ code, calls: line.calls }).toEqual({ code: 2, calls: [] })
    expect(err).toContain('add --fix')
  })
  it('does nothing more, and says nothing, where the question is broken off', async () => {
    line.isInteractive = true
    line.defaultResult = 'CONTINUE'
    line.isBrokenOffAtQuestion = true
    const { code, out, err } = await line.run('doctor', ...group, '--fix')
    expect({ code, out, changed: changed() }).toEqual({ code: 1, out: '', changed: [] })
    expect(err).not.toContain('not done')
  })
  it('asks once for each, and leaves what is not agreed', async () => {
    line.isInteractive = true
    line.answers = ['n']
    await line.run('doctor', ...group, '--fix')
    expect(isMended()).toBe(false)
  })
  it('mends what is agreed, and looks again', async () => {
    line.isInteractive = true
    line.answers = ['y']
    const { out, err } = await line.run('doctor', ...group, '--fix')
    expect(isMended()).toBe(true)
    expect(err).toContain(`done: turn on versioning of ${policy.archive.bucket}`)
    expect(statusOf(out, 'versioning')).toBe('pass')
  })
  it('goes on with the others where AWS refuses one, names it, and looks again', async () => {
    line.defaultResult = 'CONTINUE'
    line.retains = false
    line.answering = { putLifecycleHook: async () => ({}) }
    line.inspection = {
      ...line.inspection,
      putBucketVersioning: async () => {
        throw awsError('AccessDenied', 'not the bucket')
      },
    }
    const { code, out, err } = await line.run('doctor', ...group, '--fix', '--yes')
    expect(code).toBe(1)
    expect(err).toContain(
      `not done: turn on versioning of ${policy.archive.bucket}  AccessDenied: not the bucket`,
    )
    expect(err).toMatch(/Name others with --profile/)
    expect(changed()).toEqual(['putBucketVersioning', 'putLifecycleHook', 'updateAutoScalingGroup'])
    expect(statusOf(out, 'versioning')).toBe('fail')
  })
  it('mends our hook as it is by then, and no other of the group', async () => {
    line.defaultResult = 'CONTINUE'
    const hooks = line.guard.aws.describeLifecycleHooks
    const others = { LifecycleHookName: 'launching', HeartbeatTimeout: 77 }
    const put: unknown[] = []
    line.answering = {
      describeLifecycleHooks: async (input) => {
        const { LifecycleHooks = [] } = await hooks(input)
        return { LifecycleHooks: [others, ...LifecycleHooks] }
      },
      putLifecycleHook: async (input) => void put.push(input),
    }
    await line.run('doctor', ...group, '--fix', '--yes')
    expect(put).toEqual([
      expect.objectContaining({
        ...{ AutoScalingGroupName: action.groupName, LifecycleHookName: policy.hookName },
        ...{ DefaultResult: 'ABANDON', HeartbeatTimeout: 3600 },
      }),
    ])
  })
  it('with --yes does not ask', async () => {
    await line.run('doctor', ...group, '--fix', '--yes')
    expect(isMended()).toBe(true)
  })
})

describe('what goes wrong is said', () => {
  it('no such group', async () => {
    const { code, out, err } = await line.run('doctor', '--group', 'web')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('There is no Auto Scaling group web in eu-west-1.')
  })
  it.each([
    ['ThrottlingException', 'AWS throttles this account: type the same again'],
    ['AccessDenied', 'Name others with --profile'],
    ['ValidationError', 'look again later'],
    ['NotImplemented', 'only AWS itself can tell'],
  ])('%s: unknown, with what to type of it', async (error, remedy) => {
    line.failing.set('describeLifecycleHooks', awsError(error, 'no answer'))
    const { out } = await line.run('doctor', ...group)
    expect(statusOf(out, 'hook')).toBe('unknown')
    expect(/^unknown +hook .*\n.*\n +remedy: (.*)/m.exec(out)?.[1]).toContain(remedy)
  })
  it('not deployed, another Region, no credentials', async () => {
    line.cannotReach = 'Is the guard deployed in eu-west-1?'
    expect(await line.run('doctor')).toMatchObject({ code: 1, out: '', err: line.cannotReach })
  })
})
