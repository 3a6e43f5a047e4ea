import { describe, expect, it } from '@jest/globals'
import { Scheduler } from '../../../testbed/simulator/scheduler.ts'

describe('virtual time', () => {
  it('lets things happen by their times, and at one time in the order they were asked for', async () => {
    const time = new Scheduler(0)
    const happened: string[] = []
    time.at(20, () => happened.push('late'))
    time.at(10, () => happened.push('first at ten'))
    time.at(10, () => happened.push('second at ten'))
    time.at(5, () => time.after(1, () => happened.push('asked for on the way')))
    await time.run(100, () => false)
    expect(happened).toEqual(['asked for on the way', 'first at ten', 'second at ten', 'late'])
    expect(time.now).toBe(100)
  })

  it('goes on only when awakened code has come to its next wait, however deep that is', async () => {
    const time = new Scheduler(0)
    const happened: string[] = []
    const deep = async (levels: number): Promise<void> => {
      if (levels > 0) return await deep(levels - 1)
      happened.push('code')
    }
    time.at(1, () => {
      void deep(50)
      time.wake()
    })
    time.at(1, () => happened.push('next'))
    await time.run(2, () => false)
    expect(happened).toEqual(['code', 'next'])
  })

  it('lets no time limit happen that was taken back', async () => {
    const time = new Scheduler(0)
    const happened: string[] = []
    const takeBack = time.afterUnlessTakenBack(2, () => happened.push('taken back'))
    time.afterUnlessTakenBack(3, () => happened.push('reached'))
    time.at(1, takeBack)
    await time.run(5, () => false)
    expect(happened).toEqual(['reached'])
  })

  it('stops where it is done', async () => {
    const time = new Scheduler(0)
    let count = 0
    for (let at = 1; at <= 5; at++) time.at(at, () => count++)
    expect(await time.run(100, () => count === 3)).toBe(true)
    expect({ count, now: time.now }).toEqual({ count: 3, now: 3 })
  })
})
