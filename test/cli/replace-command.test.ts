import { beforeEach, describe, expect, it } from '@jest/globals'
import { action } from '../termination/observations.ts'
import { CommandLine } from './command-line.ts'

const id = action.instanceId
let line: CommandLine
beforeEach(() => {
  line = new CommandLine()
  line.lifecycleState = 'InService'
})
const deeds = () => line.operatorCalls.map(({ operation }) => operation)

it('says each step before it takes it, follows the old instance to its end, and names the receipt', async () => {
  line.onPause = () => {
    line.lifecycleState = undefined
  }
  const { code, out, err } = await line.run('replace', id)
  expect(out).toMatch(new RegExp(`terminate ${id} through Auto Scaling[\\s\\S]*${id} is let go`))
  expect(err).toContain(`${id}  flush: nothing has been flushed yet`)
  expect({ code, deeds: deeds() }).toEqual({
    code: 0,
    deeds: ['createOrUpdateTags', 'setDesiredCapacity', 'terminateInstanceInAutoScalingGroup', 'deleteTags'],
  })
})

it('with --dry-run changes nothing', async () => {
  const { code, out } = await line.run('replace', id, '--dry-run')
  expect({ code, deeds: deeds() }).toEqual({ code: 0, deeds: [] })
  for (const step of out.split('\n')) expect(step).toMatch(/^would /)
})

it.each([
  [['replace', 'i-0ffffffffffffffff', '--undo'], 'there is nothing to undo'],
  [['replace', id, '--undo'], 'there is nothing to undo'],
  [['replace', id, '--undo', '--dry-run'], 'there is nothing to undo'],
])('%j does nothing, and says so', async (words, why) => {
  expect(await line.run(...words)).toMatchObject({ code: 1, err: expect.stringContaining(why) })
  expect(deeds()).toEqual([])
})

it('in a group that another guard guards does nothing and says what to type', async () => {
  line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
  expect(await line.run('replace', id)).toMatchObject({
    code: 1,
    err: expect.stringContaining('--unguarded'),
  })
  expect(deeds()).toEqual([])
})

it('what nothing holds is replaced where that is wished, and no proof of it is promised', async () => {
  line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
  const { code, out } = await line.run('replace', id, '--unguarded')
  expect({ code, deeds: deeds() }).toMatchObject({
    ...{ code: 0, deeds: expect.arrayContaining(['terminateInstanceInAutoScalingGroup']) },
  })
  expect(out).toContain('NOTHING HOLDS IT')
  expect(out).not.toMatch(/is let go|receipt/)
})

it('says when the old instance is kept, and fails', async () => {
  line.onPause = () => {
    line.lifecycleState = 'Terminating:Retained'
  }
  expect(await line.run('replace', id)).toMatchObject({
    code: 1,
    out: expect.stringContaining(`${id} is kept: its logs are not proven.  termination-guard explain ${id}`),
  })
})

describe('for a program', () => {
  it('is one document on standard output, and its steps beside it', async () => {
    line.onPause = () => {
      line.lifecycleState = undefined
    }
    const { code, out, err } = await line.run('replace', id, '--json')
    expect(JSON.parse(out)).toEqual({
      ...{ version: 1, command: 'replace', instanceId: id, ended: 'left' },
      steps: expect.arrayContaining([expect.stringContaining(`terminate ${id} through Auto Scaling`)]),
    })
    expect(err).toContain(`terminate ${id} through Auto Scaling`)
    expect(code).toBe(0)
  })

  it('says what is only planned', async () => {
    const { code, out } = await line.run('replace', id, '--json', '--dry-run')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ended: 'planned' })
  })
})

it('whose end nobody saw is not done yet', async () => {
  line.onPause = () => {
    line.lifecycleState = 'Terminating:Wait'
  }
  const { code, out } = await line.run('replace', id, '--wait', '1')
  expect(out).toContain(`${id} is on its way out (timed out)`)
  expect(code).toBe(1)
})
