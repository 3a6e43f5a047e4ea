import { expect, it } from '@jest/globals'
import type { AwsApi } from '../../src/aws/api.ts'
import { chosenGroups } from '../../src/enrolment/enrolments.ts'

it('groups that are chosen by name are asked for by fifties, as many as Auto Scaling takes', async () => {
  const asked: string[][] = []
  const describeAutoScalingGroups = async ({ AutoScalingGroupNames = [] }) => {
    asked.push(AutoScalingGroupNames)
    return { AutoScalingGroups: [] }
  }
  const names = Array.from({ length: 101 }, (_, at) => `web-${at}`)
  const selections = names.map((name) => ({ by: 'name', name }) as const)
  await chosenGroups({ describeAutoScalingGroups } as unknown as AwsApi, selections)
  expect(asked.map(({ length }) => length)).toEqual([50, 50, 1])
  expect(asked.flat()).toEqual(names)
})
