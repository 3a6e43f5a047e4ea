/** On how many instances a command runs at once, and what becomes of the others when it fails. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import {
  DescribeInstanceInformationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
} from '@aws-sdk/client-ssm'
import { expect, it } from '@jest/globals'
import { eventually, localAws } from '../local-aws.ts'

/** A script on each that says that it has begun, and ends when it is told how. */
const script =
  'touch begun; while ! [ -e end ]; do sleep 0.05; done; code=$(cat end); while [ -z "$code" ]; do code=$(cat end); done; exit $code'

async function fleet(size: number) {
  const { autoScaling, ssm, machines, aws } = await localAws()
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: 'web', LaunchTemplate: { LaunchTemplateName: 'web' } },
      ...{ MinSize: size, MaxSize: size },
    }),
  )
  await eventually(async () => {
    const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({}))
    return InstanceInformationList.length === size
  })
  const ids = [...machines.keys()]
  const path = (index: number, name: string) => join(machines.get(ids[index] ?? '')?.disk ?? '', name)
  const begun = () => ids.flatMap((_, index) => (existsSync(path(index, 'begun')) ? [index] : []))
  return {
    ...{ aws, ssm, machines, ids, begun },
    end: (index: number, code = 0) => writeFileSync(path(index, 'end'), String(code)),
    async send(input: Partial<SendCommandCommandInput>) {
      const { Command } = await ssm.send(
        new SendCommandCommand({
          ...{ DocumentName: 'AWS-RunShellScript', InstanceIds: ids, Parameters: { commands: [script] } },
          ...input,
        }),
      )
      const CommandId = Command?.CommandId
      return {
        async states() {
          const { CommandInvocations = [] } = await ssm.send(new ListCommandInvocationsCommand({ CommandId }))
          return ids.map(
            (id) => CommandInvocations.find(({ InstanceId }) => InstanceId === id)?.StatusDetails,
          )
        },
        async whole() {
          const { Commands = [] } = await ssm.send(new ListCommandsCommand({ CommandId }))
          const { Status, StatusDetails, ErrorCount, CompletedCount } = Commands[0] ?? {}
          return { Status, StatusDetails, ErrorCount, CompletedCount }
        },
      }
    },
    async until(wanted: readonly number[]) {
      await eventually(() => begun().join() === wanted.join())
    },
  }
}

it('begins on no more instances at once than it may, and on the next as soon as one ends', async () => {
  const { send, until, end, begun } = await fleet(4)
  const { states, whole } = await send({ MaxConcurrency: '50%' })
  await until([0, 1])
  expect(await states()).toEqual(['InProgress', 'InProgress', 'Pending', 'Pending'])
  expect(await whole()).toMatchObject({ StatusDetails: 'InProgress', CompletedCount: 0 })
  end(1)
  await until([0, 1, 2])
  expect(await states()).toEqual(['InProgress', 'Success', 'InProgress', 'Pending'])
  expect(begun()).toEqual([0, 1, 2])
  for (const index of [0, 2, 3]) end(index)
  await eventually(async () => (await states()).every((state) => state === 'Success'))
  expect(await whole()).toEqual({
    Status: 'Success',
    StatusDetails: 'Success',
    ErrorCount: 0,
    CompletedCount: 4,
  })
})

it('does not begin on the others after one error more than is allowed, and lets those end that run', async () => {
  const { send, until, end, begun } = await fleet(5)
  const { states, whole } = await send({ MaxConcurrency: '2', MaxErrors: '1' })
  await until([0, 1])
  end(0, 7)
  await until([0, 1, 2])
  end(1, 7)
  await eventually(async () => (await states()).includes('Terminated'))
  expect(await states()).toEqual(['Failed', 'Failed', 'InProgress', 'Terminated', 'Terminated'])
  expect(await whole()).toMatchObject({ StatusDetails: 'InProgress' })
  end(2)
  await eventually(async () => (await states())[2] === 'Success')
  expect(begun()).toEqual([0, 1, 2])
  expect(await whole()).toEqual({
    Status: 'Failed',
    StatusDetails: 'Failed',
    ErrorCount: 2,
    CompletedCount: 5,
  })
})

it('allows no error where nobody says how many', async () => {
  const { send, until, end, begun } = await fleet(3)
  const { states } = await send({ MaxConcurrency: '1' })
  await until([0])
  end(0, 1)
  await eventually(async () => (await states()).includes('Terminated'))
  expect(await states()).toEqual(['Failed', 'Terminated', 'Terminated'])
  expect(begun()).toEqual([0])
})

it('is incomplete, and no failure, where fewer fail than may', async () => {
  const { send, until, end } = await fleet(3)
  const { states, whole } = await send({ MaxErrors: '40%' })
  await until([0, 1, 2])
  end(0, 3)
  for (const index of [1, 2]) end(index)
  await eventually(async () => (await states()).join() === 'Failed,Success,Success')
  expect(await whole()).toMatchObject({ StatusDetails: 'Incomplete', ErrorCount: 1 })
})

it('waits for an agent that does not answer, whose turn it is', async () => {
  const { aws, send, machines, ids, begun, end, until } = await fleet(2)
  const first = machines.get(ids[0] ?? '')
  if (first === undefined) throw new Error('no machine')
  first.agent = 'dead'
  const { states } = await send({ MaxConcurrency: '1' })
  expect(await states()).toEqual(['Pending', 'Pending'])
  await aws.settle()
  expect(begun()).toEqual([])
  first.agent = 'online'
  await until([0])
  end(0)
  await until([0, 1])
  end(1)
})
