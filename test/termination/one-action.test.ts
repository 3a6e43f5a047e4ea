/** One action is not another: what wakes us, what is listed, what is proven and what is completed are of the one that holds now. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  auditComment,
  belongs,
  commentFor,
  listInvocations,
  personComment,
} from '../../src/flush/commands.ts'
import type { LifecycleAction, Trigger } from '../../src/model.ts'
import { identify } from '../../src/termination/identify.ts'
import { NotOurs } from '../../src/termination/not-ours.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { awsError, KEY, manifestLine, OneInstance, terminating } from '../one-instance.ts'
import { action, file, MINUTE, policy, START } from './observations.ts'

let aws: OneInstance
const adopted: LifecycleAction = { ...action, token: undefined }
const archive = () => aws.objects.set(KEY, { size: file.size, etag: file.md5 })
const sent = async (of: LifecycleAction) =>
  await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: commentFor(of) })
const listed = async () =>
  await listInvocations(aws.guard.aws, policy.documentName, action.instanceId, aws.now)
const wake = () => identify(aws.guard, { instanceId: action.instanceId, commandId: 'c-1' })

beforeEach(() => {
  aws = new OneInstance()
})

/** The first action is over, the same instance waits again, and of that one no message came. */
function nextAction(): void {
  aws.now += 10 * MINUTE
  aws.activeToken = 'cccccccc-0000-0000-0000-000000000003'
  aws.activities = [{ ...terminating, StartTime: new Date(aws.now) }]
}

describe('a late status event of an adopted action that is over', () => {
  beforeEach(async () => {
    aws.activities = [terminating]
    await sent(adopted)
    aws.flushEnds(manifestLine([file]))
    archive()
  })
  it('wakes nobody while the next action holds the instance', async () => {
    nextAction()
    expect(await wake()).toBeUndefined()
  })
  it('nor while no activity says which action holds it', async () => {
    aws.activities = []
    expect(await wake()).toBeUndefined()
  })
  it('nor while nobody tells where the instance is', async () => {
    aws.activities = []
    aws.lifecycleState = undefined
    expect(await wake()).toBeUndefined()
  })
  it('wakes its own action, and one that is over to be told', async () => {
    expect(await wake()).toMatchObject({ action: adopted })
    aws.activities = []
    aws.lifecycleState = 'Terminating:Retained'
    expect(await wake()).toMatchObject({ action: adopted })
  })
  it('is asked for by one heartbeat, since it is known by its instance alone', async () => {
    aws.calls.length = 0
    await reconcile(aws.guard, { ...adopted, startedAt: aws.now + 1 })
    expect(aws.calls.filter((call) => call === 'recordLifecycleActionHeartbeat')).toHaveLength(1)
  })
  it('is not over while another hook may hold the instance, and ours may be next', async () => {
    aws.invocations = []
    aws.activeToken = undefined
    aws.now += 20 * MINUTE
    expect((await reconcile(aws.guard, adopted)).decision).toMatchObject({ do: 'wait', waitsFor: 'hook' })
  })
  it('completes nothing where the next action began in between', async () => {
    nextAction()
    expect(await reconcile(aws.guard, adopted)).toMatchObject({ did: 'superseded', over: false })
    expect(aws.completed).toEqual([])
  })
})

describe('a wake-up dates its action', () => {
  const woken = () => identify(aws.guard, { instanceId: action.instanceId, commandId: 'c-2' })
  it('by the first of its flushes, whatever an audit did before', async () => {
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: auditComment(action.groupName) })
    aws.now += MINUTE
    const firstAt = aws.now
    await sent(action)
    aws.now += MINUTE
    await sent(action)
    aws.calls.length = 0
    expect((await woken())?.action.startedAt).toBe(firstAt)
    expect(aws.calls).toEqual(['listCommandInvocations'])
  })
  it('and asks for its group where the name was too long for the flush to carry', async () => {
    await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: String(action.token) })
    expect(await wake()).toMatchObject({ action: { token: action.token, groupName: action.groupName } })
  })
  it('by its activity, where something was flushed before under another name, also in the same moment', async () => {
    await sent(adopted)
    aws.now += MINUTE
    await sent(action)
    aws.activities = [{ ...terminating, StartTime: new Date(aws.now) }]
    expect((await woken())?.action.startedAt).toBe(aws.now)
  })
})

it('a flush that was adopted for the next action proves nothing of the one before', async () => {
  aws.now += 10 * MINUTE
  await sent({ ...adopted, startedAt: aws.now - MINUTE })
  const [next] = await listed()
  expect(next && belongs(next, action)).toBe(false)
  expect(next && belongs(next, { ...action, startedAt: aws.now - MINUTE / 2 })).toBe(true)
})

it('E1: waits for a flush that is known by another name', async () => {
  await sent(adopted)
  await sent(action)
  aws.flushEnds('', 'Failed')
  // A wake-up dates the action from its first flush, which the adopted one came before.
  const woken = await identify(aws.guard, { instanceId: action.instanceId, commandId: 'c-2' })
  if (!woken) throw new Error('nobody was woken')
  aws.now += MINUTE
  const late = { ...woken.action, startedAt: woken.action.startedAt + 1 }
  expect(await reconcile(aws.guard, late, { listed: woken.invocations })).toMatchObject({
    decision: { do: 'wait', waitsFor: 'flush' },
  })
})

describe('a wake-up by a flush of the notification, where the sweep had adopted the action before', () => {
  beforeEach(async () => {
    aws.activities = [terminating]
    await sent(adopted)
    aws.flushEnds(manifestLine([file]))
    aws.now += MINUTE
    await sent(action)
    aws.flushEnds(manifestLine([]))
  })
  const woken = () => identify(aws.guard, { instanceId: action.instanceId, commandId: 'c-2' })
  it('owes what the adopted flush named', async () => {
    const subject = await woken()
    if (!subject) throw new Error('nobody was woken')
    expect(subject.action).toMatchObject({ token: action.token, startedAt: terminating.StartTime?.getTime() })
    const { decision } = await reconcile(aws.guard, subject.action, { listed: subject.invocations })
    expect(decision.do).not.toBe('continue')
    expect(aws.completed).toEqual([])
  })
  it('is left to the notification where no activity tells whose that was', async () => {
    aws.activities = []
    expect(await woken()).toBeUndefined()
  })
  it('or where the activity in progress is a later one', async () => {
    nextAction()
    expect(await woken()).toBeUndefined()
  })
})

describe('a message that pairs this instance with another’s real token', () => {
  const forged = { ...action, token: 'dddddddd-0000-0000-0000-000000000004' }
  beforeEach(() => {
    aws.foreignToken = forged.token
  })
  it('lets nobody go while this one is not held', async () => {
    aws.lifecycleState = 'InService'
    expect(await reconcile(aws.guard, forged)).toMatchObject({ decision: { do: 'wait', waitsFor: 'hook' } })
    expect(aws.calls).not.toContain('sendCommand')
  })
  it('never lets the other go, whatever was proven of this one', async () => {
    await reconcile(aws.guard, forged)
    aws.flushEnds(manifestLine([file]))
    archive()
    await reconcile(aws.guard, forged)
    expect(aws.othersCompleted).toEqual([])
  })
  describe('S1: owes what a flush for its own action named, once that is gone from the machine:', () => {
    const flushed = async (of: LifecycleAction, named: readonly (typeof file)[]) => {
      await sent(of)
      aws.flushEnds(manifestLine([...named]))
      aws.now += MINUTE
    }
    /** Dated after the flush that named something, as a message can be. */
    const late = () => ({ ...forged, startedAt: aws.now })
    const judged = async (of: LifecycleAction) => (await reconcile(aws.guard, of)).decision
    beforeEach(async () => {
      aws.activities = [terminating]
    })
    it('it is not empty under the other token', async () => {
      await flushed(action, [file])
      const paired = late()
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it('and is archived under either, once that is in S3', async () => {
      await flushed(action, [file])
      const paired = late()
      await flushed(paired, [])
      archive()
      expect(await judged(paired)).toMatchObject({ do: 'continue', outcome: 'archived' })
    })
    it('nor where both were asked for in the same moment', async () => {
      await sent(action)
      aws.flushEnds(manifestLine([file]))
      await flushed(forged, [])
      expect((await judged(forged)).do).not.toBe('continue')
    })
    it('nor where it was asked for in the moment in which the action began, and nobody tells by whom', async () => {
      aws.activities = []
      await sent({ ...action, token: 'eeeeeeee-0000-0000-0000-000000000005' })
      aws.flushEnds(manifestLine([file]))
      const paired = late()
      aws.now += MINUTE
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it('nor is what came since the message left out, where something came before', async () => {
      aws.activities = []
      await flushed({ ...action, token: 'eeeeeeee-0000-0000-0000-000000000005' }, [])
      const paired = late()
      await flushed(action, [file])
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it('nor where an earlier passage of the instance was flushed under one more token', async () => {
      await flushed({ ...action, token: 'eeeeeeee-0000-0000-0000-000000000005' }, [])
      await flushed(action, [file])
      const paired = late()
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it.each([
      ['', [terminating]],
      [', and an answer leaves its activity out', []],
    ])('nor where the sweep had adopted it%s', async (_, activities) => {
      aws.activities = activities
      await flushed({ ...adopted, startedAt: Number(terminating.StartTime) }, [file])
      const paired = late()
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it('nor where no activity tells', async () => {
      aws.activities = []
      await flushed(action, [file])
      const paired = late()
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it.each([
      ['', [{ ...terminating, EndTime: new Date(START + 9 * MINUTE) }]],
      [', where no activity tells either', []],
      [
        ', while the next activity is under way',
        [
          { ...terminating, StartTime: new Date(START + 20 * MINUTE) },
          { ...terminating, EndTime: new Date(START + 9 * MINUTE) },
        ],
      ],
      [', which its activity began with', [{ ...terminating, StartTime: new Date(START + 1000) }]],
    ])('nor is it told so when it is found over%s', async (_, activities) => {
      aws.activities = activities
      await flushed(action, [file])
      const paired = late()
      await flushed(paired, [])
      aws.now += 30 * MINUTE
      aws.activeToken = undefined
      aws.foreignToken = undefined
      aws.lifecycleState = 'Terminating:Proceed'
      expect(await judged(paired)).toMatchObject({ do: 'settle', outcome: 'expired' })
    })
    it('nor is its own action, where the flush under the other token came first', async () => {
      await flushed(forged, [file])
      await flushed(action, [])
      expect((await judged(action)).do).not.toBe('continue')
    })
    it('nor where a later flush of its own action failed', async () => {
      await flushed(action, [file])
      await sent(action)
      aws.flushEnds('', 'Failed')
      aws.now += MINUTE
      const paired = late()
      await flushed(paired, [])
      expect((await judged(paired)).do).not.toBe('continue')
    })
    it('but not what a later flush sees, which may be of the next disk', async () => {
      await flushed(action, [file])
      await flushed(late(), [])
      archive()
      expect(await judged(action)).toMatchObject({ do: 'continue', outcome: 'archived' })
      expect((await reconcile(aws.guard, action)).seen.flushedBeside).toBeUndefined()
    })
    it('nor where its message is dated after the next activity began', async () => {
      await flushed(action, [file])
      await flushed(forged, [])
      nextAction()
      aws.activities.push({ ...terminating, EndTime: new Date(aws.now - MINUTE) })
      aws.activeToken = undefined
      aws.foreignToken = undefined
      aws.lifecycleState = 'Terminating:Proceed'
      aws.now += MINUTE
      expect(await judged(late())).toMatchObject({ do: 'settle', outcome: 'expired' })
    })
    it('and nothing that a person’s flush named', async () => {
      await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment: personComment(action.groupName) })
      aws.flushEnds(manifestLine([file]))
      await flushed(action, [])
      expect(await judged(action)).toMatchObject({ do: 'continue', outcome: 'empty' })
    })
    it('and nothing that was adopted at an earlier passage', async () => {
      await flushed({ ...adopted, startedAt: START }, [file])
      nextAction()
      const next = { ...action, token: aws.activeToken, startedAt: aws.now }
      await flushed(next, [])
      expect(await judged(next)).toMatchObject({ do: 'continue', outcome: 'empty' })
    })
    it('and an action that the sweep knows by its beginning asks whose earlier ones are of nobody', async () => {
      await flushed(action, [file])
      nextAction()
      const next = { ...adopted, startedAt: aws.now }
      await flushed(next, [])
      aws.calls.length = 0
      expect(await judged(next)).toMatchObject({ do: 'continue', outcome: 'empty' })
      expect(aws.calls.filter((call) => call === 'recordLifecycleActionHeartbeat')).toHaveLength(1)
    })
    it('and nothing of an earlier passage of the instance through the hook', async () => {
      await flushed(action, [file])
      nextAction()
      const next = { ...action, token: aws.activeToken, startedAt: aws.now }
      await flushed(next, [])
      aws.activities = [...aws.activities, terminating]
      expect(await judged(next)).toMatchObject({ do: 'continue', outcome: 'empty' })
    })
  })
  describe('is refused once this one is held no more, while the token still is:', () => {
    const itselfEnds = () => {
      aws.activeToken = undefined
      aws.lifecycleState = 'Terminating:Proceed'
    }
    it('S4: nothing more is flushed', async () => {
      await reconcile(aws.guard, forged)
      aws.flushEnds('', 'Failed')
      itselfEnds()
      aws.now += 5 * MINUTE
      await expect(reconcile(aws.guard, forged)).rejects.toThrow(/is another instance's/)
      expect(aws.invocations).toHaveLength(1)
    })
    it('and nothing is told under it', async () => {
      await reconcile(aws.guard, forged)
      aws.flushEnds(manifestLine([file]))
      archive()
      itselfEnds()
      await expect(reconcile(aws.guard, forged)).rejects.toThrow(NotOurs)
      expect(aws.journal).toEqual([])
    })
  })
})

it('S4: an action that ends between the look and a second flush is not flushed again, and looked at once more', async () => {
  await reconcile(aws.guard, action)
  aws.flushEnds('', 'Failed')
  aws.now += 5 * MINUTE
  aws.guard.aws.describeInstances = async () => {
    aws.activeToken = undefined
    aws.lifecycleState = 'Terminating:Retained'
    return { Reservations: [] }
  }
  expect(await reconcile(aws.guard, action)).toMatchObject({ did: 'superseded', over: false })
  expect(aws.invocations).toHaveLength(1)
})

it('S5: a late message of an action that is over is told, while the same instance waits for the next one', async () => {
  nextAction()
  aws.lifecycleState = 'Terminating:Wait'
  aws.now += 20 * MINUTE
  expect((await reconcile(aws.guard, action)).decision).toMatchObject({ do: 'settle', outcome: 'expired' })
  expect(aws.completed).toEqual([])
  expect(aws.invocations).toEqual([])
})

it('a flush that was adopted counts for an action that an event dates in whole seconds', async () => {
  await sent({ ...adopted, startedAt: START + 115 })
  const [one] = await listed()
  expect(one && belongs(one, { ...action, startedAt: START })).toBe(true)
  expect(one && belongs(one, { ...action, startedAt: START - 1000 })).toBe(false)
})

it('kept, then released: what was proven for the first action does not count for the second', async () => {
  await reconcile(aws.guard, action)
  aws.flushEnds(manifestLine([file]))
  archive()
  nextAction()
  const second = { ...action, token: aws.activeToken, startedAt: aws.now }
  expect(await reconcile(aws.guard, second)).toMatchObject({ decision: { do: 'flush' } })
  expect(aws.completed).toEqual([])
})

describe('its root volume was replaced after the action had begun, and', () => {
  const since = START + 2.3 * MINUTE
  const root = {
    InstanceId: action.instanceId,
    RootDeviceName: '/dev/xvda',
    State: { Name: 'running' as const },
  }
  const disks = (at: number) => [
    { DeviceName: '/dev/sdf', Ebs: { AttachTime: new Date(since) } },
    { DeviceName: '/dev/xvda', Ebs: { AttachTime: new Date(at) } },
  ]
  const attachedAt = (at: number, launchedAt?: number) => {
    const LaunchTime = launchedAt === undefined ? undefined : new Date(launchedAt)
    const Instances = [{ ...root, LaunchTime, BlockDeviceMappings: disks(at) }]
    aws.guard.aws.describeInstances = async () => ({ Reservations: [{ Instances }] })
  }
  const settled = async (subject = action, wokenBy: Trigger = 'notification') =>
    (await reconcile(aws.guard, subject, { wokenBy })).decision
  /** The flush is sent by a pass that had found the action held; then it is over, and the flush sees what there is now. */
  const flushed = async (uptimeSeconds: number) => {
    aws.now += 2.5 * MINUTE
    await sent(action)
    aws.now += MINUTE
    aws.flushEnds(manifestLine([file], [], uptimeSeconds))
    archive()
    aws.activeToken = undefined
    aws.lifecycleState = 'InService'
  }

  it('it was kept later: what is kept is not what the first action held', async () => {
    aws.lifecycleState = 'Terminating:Retained'
    aws.activeToken = undefined
    aws.now = START + 16 * MINUTE
    attachedAt(since)
    expect(await settled()).toMatchObject({ do: 'settle', outcome: 'expired' })
    attachedAt(START - MINUTE)
    expect(await settled()).toMatchObject({ do: 'settle', outcome: 'retained' })
  })
  it('it was flushed then: what is proven is not what the action held', async () => {
    await flushed(60)
    attachedAt(since)
    expect(await settled()).toMatchObject({ outcome: 'expired' })
    // By a status event the action is dated no earlier than its first flush.
    const woken = (await wake())?.action
    expect(woken?.startedAt).toBeGreaterThan(since)
    expect(await settled(woken, 'command-status')).toMatchObject({ outcome: 'expired' })
  })
  it.each([
    [119, 'expired'],
    [121, 'archived'],
  ])('a status event finds out %d s before its first flush: %s', async (seconds, outcome) => {
    await flushed(170)
    attachedAt(aws.now - MINUTE - 1000 * seconds)
    expect(await settled((await wake())?.action, 'command-status')).toMatchObject({ outcome })
  })
  it('it was launched with that disk, a moment before', async () => {
    await flushed(60)
    attachedAt(since, since - 2000)
    expect(await settled((await wake())?.action, 'command-status')).toMatchObject({ outcome: 'archived' })
    attachedAt(since, since - MINUTE)
    expect(await settled((await wake())?.action, 'command-status')).toMatchObject({ outcome: 'expired' })
  })
  it('it was flushed then, by a clock that is an hour behind', async () => {
    await flushed(60)
    const [plugin] = aws.invocations[0]?.CommandPlugins ?? []
    if (plugin) plugin.ResponseFinishDateTime = new Date(aws.now - 60 * MINUTE)
    attachedAt(since)
    expect(await settled()).toMatchObject({ outcome: 'expired' })
  })
  it('it was flushed then, by a clock that is a minute behind', async () => {
    const uptimeSeconds = 200
    await flushed(uptimeSeconds)
    const [plugin] = aws.invocations[0]?.CommandPlugins ?? []
    if (plugin) plugin.ResponseFinishDateTime = new Date(aws.now - MINUTE)
    const bootedAt = aws.now - uptimeSeconds * 1000
    expect(bootedAt).toBeGreaterThan(START)
    attachedAt(bootedAt)
    expect(await settled()).toMatchObject({ outcome: 'expired' })
  })
  it('it was flushed before: the end of the action is what replaced it', async () => {
    await flushed(270)
    attachedAt(aws.now + 5000)
    aws.now += 15 * MINUTE
    expect(await settled()).toMatchObject({ do: 'settle', outcome: 'archived' })
  })
  it('that is asked only of a machine that booted since', async () => {
    await flushed(3600)
    attachedAt(since)
    expect(await settled()).toMatchObject({ do: 'settle', outcome: 'archived' })
    expect(aws.calls).not.toContain('describeInstances')
  })
  it('a boot alone is none', async () => {
    await flushed(60)
    attachedAt(START - MINUTE)
    expect(await settled()).toMatchObject({ outcome: 'archived' })
  })
  it.each([
    [50, 'expired', 'after the flush was asked for: of which disk, nobody knows'],
    [100, 'archived', 'before that: the action held that disk'],
  ])(
    'EC2 does not show it any more: where it booted %d s before it reported, %s (%s)',
    async (uptime, outcome) => {
      await flushed(uptime)
      aws.guard.aws.describeInstances = async () => ({ Reservations: [] })
      expect(await settled()).toMatchObject({ outcome })
    },
  )
  describe('EC2 refuses to say so', () => {
    beforeEach(() => {
      aws.guard.aws.describeInstances = async () => {
        throw awsError('UnauthorizedOperation', 'You are not authorized')
      }
    })
    it('it was flushed since it booted: of which disk, nobody knows', async () => {
      await flushed(60)
      expect(await settled()).toMatchObject({ outcome: 'expired' })
      expect(await settled((await wake())?.action, 'command-status')).toMatchObject({ outcome: 'expired' })
    })
    it('it did not boot: that is its disk', async () => {
      await flushed(3600)
      expect(await settled()).toMatchObject({ outcome: 'archived' })
    })
    it('what is kept without proof is kept all the same', async () => {
      aws.lifecycleState = 'Terminating:Retained'
      aws.activeToken = undefined
      aws.now = START + 16 * MINUTE
      expect(await settled()).toMatchObject({ outcome: 'retained' })
    })
  })
})

describe('a command that a person starts with our document', () => {
  it.each(['by hand', '', 'flush web-1 please', 'adopted:yesterday web'])(
    'is nobody’s: %j',
    async (Comment) => {
      await aws.guard.aws.sendCommand({ DocumentName: 'd', Comment })
      expect(await wake()).toBeUndefined()
      expect((await listed())[0]?.belongsTo).toBeUndefined()
    },
  )
})

it.each(['a\nb', ' x ', 'tab\there', '100% sure', 'emoji 🦆', '\u2028', 'a+b/c'])(
  'a group called %j comes back from the Comment as it went',
  async (groupName) => {
    await sent({ ...action, groupName })
    expect((await listed())[0]?.belongsTo).toEqual({ token: action.token, groupName })
    expect(START).toBeLessThan(aws.now)
  },
)
