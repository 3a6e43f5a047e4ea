import { beforeEach, describe, expect, it } from '@jest/globals'
import { readHistory } from '../../src/journal/history.ts'
import { terminating } from '../one-instance.ts'
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

  it('with --wait 0 only begins', async () => {
    expect(await line.run('retry', '--all', '--wait', '0')).toMatchObject({ code: 0 })
    expect(line.lifecycleState).toBe('Terminating:Wait')
  })

  it.each([
    [['retry'], 'Name one instance, or type --all'],
    [['retry', id, '--all'], 'Name one instance, or type --all'],
    [['retry', 'i-0ffffffffffffffff'], 'is not kept by this guard'],
  ])('%j does nothing and says what to type', async (words, why) => {
    expect(await line.run(...words)).toMatchObject({ code: 1, err: expect.stringContaining(why) })
    expect(deeds()).toEqual([])
  })

  it('touches nothing that another guard keeps', async () => {
    line.hookTarget = 'arn:aws:sqs:eu-west-1:111122223333:another'
    expect(await line.run('retry', '--all')).toMatchObject({ code: 0, out: 'No machine is kept.' })
    expect(deeds()).toEqual([])
  })
})

describe('release', () => {
  it('ends the machine with proof where there is some', async () => {
    guardSays(undefined)
    expect(await line.run('release', id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('is let go'),
    })
    expect(line.completed).toEqual([])
  })

  it('without proof ends nothing, shows what is not proven, and says what to type', async () => {
    guardSays('Terminating:Retained')
    const { code, err } = await line.run('release', id)
    expect(code).toBe(1)
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
      'only a machine that the guard holds',
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
