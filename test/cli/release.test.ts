import { beforeEach, describe, expect, it } from '@jest/globals'
import { readHistory } from '../../src/journal/history.ts'
import { awsError, terminating } from '../one-instance.ts'
import { action } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const id = action.instanceId
let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.lifecycleState = 'Terminating:Retained'
  line.activeToken = undefined
  line.activities = [terminating]
})
const deeds = () => line.operatorCalls.map(({ operation }) => operation)
/** What the guard does while the command looks on. */
const guardSays = (state: string | undefined) => {
  line.onPause = () => {
    line.lifecycleState = state
  }
}

it('whom a launch hook holds is no loss of ours to accept: nothing is written, and nothing completed', async () => {
  line.lifecycleState = 'Warmed:Pending:Wait'
  line.activities = [{ ...terminating, Description: `Launching a new EC2 instance into warm pool: ${id}` }]
  const { code, err } = await line.run('release', id, '--accept-loss', '--reason', 'it is broken')
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`${id} is not held`) })
  expect(line.journal).toEqual([])
  expect(line.calls).not.toContain('completeLifecycleAction')
})

describe('retry', () => {
  it('sends a kept machine through the hook again and follows it to its end', async () => {
    guardSays(undefined)
    const { code, out, err } = await line.run('retry', id)
    expect(code).toBe(0)
    expect(line.operatorCalls[0]).toMatchObject({
      input: { InstanceId: id, ShouldDecrementDesiredCapacity: false },
    })
    expect(err).toContain(`${id}  flush: nothing has been flushed yet`)
    expect(out).toContain(`${id}  let go`)
  })

  it('says when it is kept again, and fails', async () => {
    guardSays('Terminating:Retained')
    expect(await line.run('retry', '--all')).toMatchObject({
      code: 1,
      out: expect.stringContaining('kept again'),
    })
  })

  it('interrupted while AWS is silent, it says that the guard goes on with it', async () => {
    line.onPause = () => line.interruptedAt('describeAutoScalingInstances')
    const { code, out } = await line.run('retry', id)
    expect({ code, out }).toMatchObject({
      code: 1,
      out: expect.stringContaining(`${id}  interrupted; the guard goes on with it`),
    })
  })

  it('with --wait 0 only begins', async () => {
    expect(await line.run('retry', '--all', '--wait', '0')).toMatchObject({ code: 0 })
    expect(line.lifecycleState).toBe('Terminating:Wait')
  })

  it.each([
    [['retry'], 2, 'Name one instance, or type --all'],
    [['retry', id, '--all'], 2, 'Name one instance, or type --all'],
    [['retry', 'i-0ffffffffffffffff'], 1, 'is not kept by this guard'],
  ] as const)('%j does nothing (exit code %i) and says what to type', async (words, code, why) => {
    expect(await line.run(...words)).toMatchObject({ code, err: expect.stringContaining(why) })
    expect(deeds()).toEqual([])
  })

  it('touches nothing that another guard keeps', async () => {
    line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
    expect(await line.run('retry', '--all')).toMatchObject({ code: 0, out: 'No machine is kept.' })
    expect(deeds()).toEqual([])
  })
})

describe('where a termination that fails would end the machine', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['since nobody retains', () => (line.retains = false), 'the group does not retain'],
    [
      'since a person has set the hook so',
      () => (line.defaultResult = 'CONTINUE'),
      'our hook’s default result is not ABANDON',
    ],
  ])('%s, none is begun, and it says what to type', async (_why, happens, told) => {
    happens()
    const { code, out } = await line.run('retry', id)
    expect(code).toBe(1)
    expect(out).toContain(`${id}  not begun  it would not be kept if that fails: ${told}`)
    expect(out).toContain(`doctor --group ${action.groupName}`)
    const { code: released, err } = await line.run('release', id)
    expect(released).toBe(1)
    expect(err).toContain(`${id}: it would not be kept if that fails: ${told}`)
    expect(deeds()).toEqual([])
  })
})

it('who accepts the loss needs nothing that keeps it', async () => {
  line.retains = false
  expect(await line.run('release', id, '--accept-loss', '--reason', 'it is broken')).toMatchObject({
    code: 0,
  })
  expect(deeds()).toEqual(['terminateInstanceInAutoScalingGroup'])
})

describe('retry --all of several', () => {
  const ids = ['i-0000000000000000a', id, 'i-0000000000000000c']
  const refused = awsError('ValidationError', 'Instance Id not found')
  /** All are kept, each in a group of its own, and leave once they are begun. */
  beforeEach(() => {
    const begun = new Set<string | undefined>()
    const groups = line.guard.aws.describeAutoScalingGroups
    line.answering = {
      describeAutoScalingGroups: async (input) => {
        const [group] = (await groups(input)).AutoScalingGroups ?? []
        const named = group && { ...group, AutoScalingGroupName: input.AutoScalingGroupNames?.[0] }
        return { AutoScalingGroups: named ? [named] : [] }
      },
      describeAutoScalingInstances: async ({ InstanceIds = ids }) => ({
        AutoScalingInstances: InstanceIds.filter((one) => !begun.has(one)).map((InstanceId) => ({
          ...{ InstanceId, AutoScalingGroupName: `group of ${InstanceId}`, AvailabilityZone: 'eu-west-1a' },
          ...{ LifecycleState: 'Terminating:Retained', HealthStatus: 'HEALTHY', ProtectedFromScaleIn: false },
        })),
      }),
      terminateInstanceInAutoScalingGroup: async ({ InstanceId }) => {
        if (InstanceId === ids[0]) throw refused
        begun.add(InstanceId)
        return {}
      },
    }
  })
  const endings = (out: string) =>
    (JSON.parse(out).retried as { instanceId: string; ended: string }[]).map((one) => one.ended)

  it('goes on with the others where one is refused, names it, and fails', async () => {
    const { code, out, err } = await line.run('retry', '--all')
    expect(code).toBe(1)
    expect(out).toContain(`${ids[0]}  not begun  ValidationError: Instance Id not found`)
    expect(out).toContain(`${ids[1]}  let go`)
    expect(out).toContain(`${ids[2]}  let go`)
    expect(out).toContain('3 machines, 2 let go.')
    expect(err).toContain(`${ids[0]}  ValidationError`)
  })

  it('says so to a program', async () => {
    const { code, out } = await line.run('retry', '--all', '--json')
    expect(code).toBe(1)
    expect(endings(out)).toEqual(['not begun', 'left', 'left'])
    expect(JSON.parse(out).retried[0].why).toBe('ValidationError: Instance Id not found')
  })

  it('fails, too, where the others are only begun', async () => {
    const { code, out } = await line.run('retry', '--all', '--wait', '0', '--json')
    expect(code).toBe(1)
    expect(endings(out)).toEqual(['not begun', 'begun', 'begun'])
  })

  it('waits as long as it is told to for all of them together', async () => {
    const listed = line.answering.describeAutoScalingInstances
    let isBegun = false
    line.answering.terminateInstanceInAutoScalingGroup = async () => {
      isBegun = true
      return {}
    }
    line.answering.describeAutoScalingInstances = async (input) => {
      const { AutoScalingInstances = [] } = (await listed?.(input)) ?? {}
      const LifecycleState = isBegun ? 'Terminating:Proceed' : 'Terminating:Retained'
      return { AutoScalingInstances: AutoScalingInstances.map((one) => ({ ...one, LifecycleState })) }
    }
    const began = line.now
    const { out } = await line.run('retry', '--all', '--wait', '10', '--json')
    expect(endings(out)).toEqual(['timed out', 'timed out', 'timed out'])
    expect((line.now - began) / 60_000).toBeLessThan(11)
  })

  it('goes on where a group does not tell its hooks', async () => {
    const hooks = line.guard.aws.describeLifecycleHooks
    line.answering.describeLifecycleHooks = async (input) => {
      if (input.AutoScalingGroupName?.endsWith(ids[2] ?? '')) throw awsError('AccessDenied', 'not for you')
      return await hooks(input)
    }
    const { code, out, err } = await line.run('retry', '--all', '--json')
    expect(code).toBe(1)
    expect(endings(out).toSorted()).toEqual(['left', 'not begun', 'not begun'])
    expect(err).toMatch(/group of \S+c {2}AccessDenied.*\n.*Name others with --profile/)
  })

  it('goes on with the next where one cannot be followed', async () => {
    const answer = line.answering.describeAutoScalingInstances
    line.answering.describeAutoScalingInstances = async (input) => {
      if (input.InstanceIds?.includes(id)) throw awsError('InternalFailure', 'try again')
      if (!answer) throw new Error('nobody answers')
      return await answer(input)
    }
    const { code, out } = await line.run('retry', '--all', '--json')
    expect(code).toBe(1)
    expect(endings(out)).toEqual(['not begun', 'begun', 'left'])
  })

  it('tries no other where AWS does not answer at all', async () => {
    line.answering.terminateInstanceInAutoScalingGroup = async () => {
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })
    }
    const { code, out } = await line.run('retry', '--all')
    expect(code).toBe(1)
    expect(deeds().filter((one) => one === 'terminateInstanceInAutoScalingGroup')).toHaveLength(1)
    expect(out).toContain(`${ids[2]}  not begun  not tried, after TimeoutError: socket hang up`)
  })
})

describe('release', () => {
  it('touches nothing that another guard keeps', async () => {
    line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
    const { code, err } = await line.run('release', id, '--accept-loss', '--reason', 'it is broken')
    expect({ code, deeds: deeds() }).toEqual({ code: 1, deeds: [] })
    expect(err).toContain(`${id} is Terminating:Retained, and its group is not guarded`)
  })

  it('leaves the group as large as it is', async () => {
    await line.run('release', id, '--accept-loss', '--reason', 'it is broken')
    expect(line.operatorCalls).toMatchObject([
      { input: { InstanceId: id, ShouldDecrementDesiredCapacity: false } },
    ])
  })

  it('says so where somebody else has ended it meanwhile', async () => {
    line.answering.describeScalingActivities = async () => ({
      Activities: line.journal.length > 0 ? [] : line.activities,
    })
    const { code, out, err } = await line.run('release', id, '--accept-loss', '--reason', 'it is broken')
    expect({ code, out, completed: line.completed }).toEqual({ code: 1, out: '', completed: [] })
    expect(err).toContain('was ended by somebody else')
  })

  it('ends the machine with proof where there is some', async () => {
    guardSays(undefined)
    expect(await line.run('release', id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('is let go'),
    })
    expect(line.completed).toEqual([])
  })

  it.each([
    ['is on its way to the hook', 'Terminating', 'did not reach the hook before the interruption'],
    ['is held', 'Terminating:Wait', 'so far, and the guard goes on: to follow it, type the same again'],
  ])('interrupted while it %s, it says so and ends nothing', async (_, lifecycleState, why) => {
    line.answering = {
      terminateInstanceInAutoScalingGroup: async () => {
        line.lifecycleState = lifecycleState
        if (lifecycleState === 'Terminating') line.interruptedAt('describeAutoScalingInstances')
        else line.interruptedAt('listCommandInvocations')
      },
    }
    const { code, err } = await line.run('release', id)
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(why) })
    expect(line.completed).toEqual([])
  })

  it('without proof ends nothing, shows what is not proven, and says what to type', async () => {
    guardSays('Terminating:Retained')
    const { code, err } = await line.run('release', id)
    expect(code).toBe(1)
    expect(err).toContain('Nothing was let go. To end it without its logs:')
    expect(err).toContain(`release ${id} --accept-loss --reason`)
    expect(line.completed).toEqual([])
  })

  it('with --accept-loss ends it at the hook, and writes down who, why and what first', async () => {
    const { code, out } = await line.run('release', id, '--accept-loss', '--reason', 'the disk is broken')
    expect(code).toBe(0)
    expect(line.completed).toEqual(['CONTINUE'])
    expect(out).toContain('accepted by arn:aws:iam::111122223333:user/ada')
    const [history] = readHistory(line.journal.map((event) => ({ at: line.now, event })))
    expect(history).toMatchObject({
      outcome: 'lost',
      end: { reason: expect.stringMatching(/ada accepted the loss: the disk is broken/) },
    })
  })

  it('does nothing where the journal cannot be written', async () => {
    line.cannotWrite = true
    expect(await line.run('release', id, '--accept-loss', '--reason', 'x')).toMatchObject({ code: 1 })
    expect(line.completed).toEqual([])
  })

  it.each([
    [['release', id, '--accept-loss'], 'say why'],
    [['release', 'web'], 'looks like i-'],
  ])('%j is not enough', async (words, why) => {
    expect((await line.run(...words)).err).toContain(why)
    expect(deeds()).toEqual([])
  })

  it.each([['InService'], [undefined]])('refuses a machine that is %s', async (state) => {
    line.lifecycleState = state
    expect((await line.run('release', id, '--accept-loss', '--reason', 'x')).err).toContain(
      `only a machine that the guard holds or keeps can be released. What it is:  termination-guard explain ${id}`,
    )
    expect(deeds()).toEqual([])
  })
})

describe('release for a program', () => {
  it('is one document: what was seen last, and who accepted the loss', async () => {
    guardSays('Terminating:Wait')
    const { code, out } = await line.run('release', id, '--accept-loss', '--reason', 'it is broken', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ...{ version: 1, command: 'release', instanceId: id, ended: 'left' },
      ...{ acceptedBy: 'arn:aws:iam::111122223333:user/ada', explanation: { is: 'held' } },
    })
  })

  it('without proof is one, too, and fails', async () => {
    guardSays('Terminating:Retained')
    const { code, out } = await line.run('release', id, '--json', '--wait', '1')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      command: 'release',
      ended: expect.stringMatching(/kept|timed out/),
    })
  })
})
