import { expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { chosenGroups } from '../../src/enrolment/enrolments.ts'

it('groups that are chosen by name are asked for by fifties, as many as Auto Scaling takes', async () => {
  const asked: string[][] = []
  const describeAutoScalingGroups = async ({ AutoScalingGroupNames = [] }) => {
    asked.push(AutoScalingGroupNames)
    return { AutoScalingGroups: [] }
  }
  const askedOf = async (names: readonly string[]) => {
    asked.length = 0
    const selections = names.map((name) => ({ by: 'name', name }) as const)
    await chosenGroups({ describeAutoScalingGroups } as unknown as AwsApi, selections)
    return asked.map(({ length }) => length)
  }
  const names = Array.from({ length: 101 }, (_, at) => `web-${at}`)
  expect(await askedOf(names)).toEqual([50, 50, 1])
  expect(asked.flat()).toEqual(names)
  // To ask for no names is to ask for every group.
  expect(await askedOf(names.slice(0, 50))).toEqual([50])
  expect(await askedOf([])).toEqual([])
})
