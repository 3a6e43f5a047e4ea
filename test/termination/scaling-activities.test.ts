/** When a termination began, as the group's activities tell. */
import { beforeEach, expect, it } from '@jest/globals'
import {
  activityBegan,
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
