/** When a termination began, as the group's activities tell. */
import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  activityBegan,
  isLaunching,
  LONGEST_HOLD_MS,
  terminationsBegan,
} from '../../src/termination/scaling-activities.ts'
import { OneInstance, terminating } from '../one-instance.ts'
import { action, MINUTE, START } from './observations.ts'

let aws: OneInstance
const began = async (now = START + MINUTE) =>
  (await terminationsBegan(aws.guard.aws, action.groupName, [action.instanceId], now)).get(action.instanceId)

beforeEach(() => {
  aws = new OneInstance()
})

it('is told by the activity in progress, the newest one first', async () => {
  const earlier = { ...terminating, StartTime: new Date(START - MINUTE) }
  aws.activities = [terminating, earlier]
  expect(await began()).toBe(START)
})

it('is not told by one that has ended, such as the launch', async () => {
  const ended = { ...terminating, EndTime: new Date(START + 1000) }
  aws.activities = [ended]
  expect(await began()).toBeUndefined()
  aws.activities = [ended, { ...terminating, StartTime: new Date(START - MINUTE) }]
  expect(await began()).toBe(START - MINUTE)
})

it('is told behind what names no instance, or another one, also as part of a longer word', async () => {
  const of = (Description: string) => ({ ...terminating, Description, StartTime: new Date(START + 1000) })
  const others = [
    'Updating the capacity',
    `Launching from am${action.instanceId}`,
    `Detaching ${action.instanceId}a`,
  ]
  aws.activities = [...others.map(of), terminating]
  expect(await began()).toBe(START)
})

describe('since those in progress are told first', () => {
  const hung = {
    ...terminating,
    Description: 'Terminating EC2 instance: i-0fedcba9876543210',
    StartTime: new Date(START - LONGEST_HOLD_MS - MINUTE),
  }
  const over = { ...terminating, StartTime: new Date(START - MINUTE), EndTime: new Date(START) }
  const last = (by = START) =>
    activityBegan(aws.guard.aws, action.groupName, action.instanceId, { by, now: START + MINUTE })
  it('one of another instance that hangs for days hides none that is younger', async () => {
    aws.activities = [hung, over]
    expect(await last()).toBe(START - MINUTE)
    aws.activities = [hung, terminating, over]
    expect(await began()).toBe(START)
  })
  it('the last is the youngest, also where an older one is not over', async () => {
    aws.activities = [{ ...terminating, StartTime: new Date(START - 2 * MINUTE) }, over]
    expect(await last()).toBe(START - MINUTE)
    expect(await last(START - 2 * MINUTE)).toBe(START - 2 * MINUTE)
  })
  it('one that is over and older than an action can be ends the search, and one without a time does not', async () => {
    let pages = 0
    aws.guard.aws.describeScalingActivities = async () => {
      pages++
      const Activities = [
        hung,
        { ...over, StartTime: undefined },
        { ...hung, EndTime: new Date(START) },
        terminating,
      ]
      return { Activities, NextToken: 'more' }
    }
    expect(await began()).toBeUndefined()
    expect(pages).toBe(1)
  })
})

it('whether it is launched is told by those in progress, and what is over is not read through', async () => {
  const launch = { ...terminating, Description: `Launching a new EC2 instance: ${action.instanceId}` }
  const over = { ...terminating, EndTime: new Date(START) }
  const another = { ...launch, Description: 'Launching a new EC2 instance: i-0fedcba9876543210' }
  const isLaunched = async (...Activities: (typeof terminating)[]) => {
    let pages = 0
    aws.guard.aws.describeScalingActivities = async () => ({
      Activities,
      NextToken: ++pages < 3 ? 'more' : undefined,
    })
    const is = await isLaunching(aws.guard.aws, action.groupName, action.instanceId, START)
    return [is, pages]
  }
  expect(await isLaunched(another, launch)).toEqual([true, 1])
  expect(await isLaunched(terminating, another, { ...launch, EndTime: over.EndTime })).toEqual([false, 1])
})

it('the last that had begun by a moment may have begun in that moment', async () => {
  aws.activities = [{ ...terminating, StartTime: new Date(START + 1) }, terminating]
  const by = { by: START, now: START + MINUTE }
  expect(await activityBegan(aws.guard.aws, action.groupName, action.instanceId, by)).toBe(START)
})

it('nor by one that is older than an action can be', async () => {
  aws.activities = [terminating]
  expect(await began(START + LONGEST_HOLD_MS)).toBe(START)
  expect(await began(START + LONGEST_HOLD_MS + 1)).toBeUndefined()
})
