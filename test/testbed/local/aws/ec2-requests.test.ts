/** What EC2 and Systems Manager make of how they are asked, whatever it is about. */
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeInstancesCommand, type Filter, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { ListCommandInvocationsCommand, SSMClient } from '@aws-sdk/client-ssm'
import { expect, it } from '@jest/globals'
import { afterwards, localAwsByHand, refusalOf } from '../local-aws.ts'

async function launched() {
  const local = await localAwsByHand()
  await local.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: 'web', MinSize: 0, MaxSize: 6, DesiredCapacity: 6 },
      ...{ LaunchTemplate: { LaunchTemplateName: 'web' }, AvailabilityZones: ['eu-west-1a'] },
    }),
  )
  await local.pass(1)
  const describe = async (input: object) => {
    const { Reservations = [], NextToken } = await local.ec2.send(new DescribeInstancesCommand(input))
    return { found: Reservations.flatMap(({ Instances = [] }) => Instances), NextToken }
  }
  return { ...local, describe }
}

it('a dry run changes nothing, and says that it would have been done', async () => {
  const { ec2, describe } = await launched()
  const InstanceIds = [(await describe({})).found[0]?.InstanceId ?? '']
  const refused = await refusalOf(ec2.send(new StopInstancesCommand({ InstanceIds, DryRun: true })))
  expect(refused).toMatch(/^DryRunOperation: Request would have succeeded/)
  expect((await describe({ InstanceIds })).found[0]?.State?.Name).toBe('running')
})

it('instances are listed in pages, and a machine that is off says since when it is to be', async () => {
  const { ec2, describe } = await launched()
  const { found, NextToken } = await describe({ MaxResults: 5 })
  expect(found).toHaveLength(5)
  const rest = await describe({ MaxResults: 5, NextToken })
  expect({ rest: rest.found.length, next: rest.NextToken }).toEqual({ rest: 1, next: undefined })
  const InstanceIds = [found[0]?.InstanceId ?? '']
  expect((await describe({ InstanceIds })).found[0]?.StateTransitionReason ?? '').toBe('')
  await ec2.send(new StopInstancesCommand({ InstanceIds }))
  expect((await describe({ InstanceIds })).found[0]?.StateTransitionReason).toMatch(
    /^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)$/,
  )
  const Filters: Filter[] = [{ Name: 'instance-id', Values: Array.from({ length: 201 }, () => 'i-1') }]
  for (const [input, refused] of [
    [{ MaxResults: 4 }, 'InvalidParameterValue'],
    [{ MaxResults: 5, InstanceIds }, 'InvalidParameterCombination'],
    [{ NextToken: 'soon' }, 'InvalidParameterValue'],
    [{ Filters }, 'FilterLimitExceeded'],
  ] as const)
    expect(await refusalOf(describe(input))).toMatch(new RegExp(`^${refused}: `))
})

it('commands are filtered by what there is to filter by, also where there is none', async () => {
  const { aws } = await launched()
  const ssm = new SSMClient({
    ...{ endpoint: aws.endpoints.ssm, region: aws.region, credentials: aws.credentials('TEST') },
  })
  afterwards(() => ssm.destroy())
  const list = (input: object) => refusalOf(ssm.send(new ListCommandInvocationsCommand(input)))
  expect(await list({ Filters: [{ key: 'Comment', value: 'x' }] })).toMatch(/^InvalidFilterKey/)
  expect(await list({ InstanceId: 'web-1' })).toMatch(/^InvalidInstanceId/)
})
