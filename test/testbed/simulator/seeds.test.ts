import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { runSeeds } from '../../../testbed/simulator/seeds.ts'

const MAIN = fileURLToPath(new URL('../../../testbed/simulator/main.ts', import.meta.url))
const run = (...words: string[]) =>
  spawnSync(process.execPath, [MAIN, ...words], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })

describe('many seeds', () => {
  it('are each run once, however few the threads', async () => {
    const tally = await runSeeds({ from: 1, seeds: 5, jobs: 2 }, () => {})
    expect(tally).toMatchObject({ seeds: 5, violations: 0 })
  })

  it('that nobody ran have not passed', async () => {
    await expect(runSeeds({ from: 1, seeds: 5, jobs: 0 }, () => {})).rejects.toThrow('only 0 of 5 seeds')
  })
})

describe('npm run simulate', () => {
  it('draws where to begin, and says how to begin there again', () => {
    const [here, there] = [run('--seeds', '1', '--jobs', '1'), run('--seeds', '1', '--jobs', '1')].map(
      ({ stdout }) => /npm run simulate -- --seeds 1 --from ([0-9]+)$/m.exec(stdout)?.[1],
    )
    expect(here).toBeDefined()
    expect(there).not.toBe(here)
  })

  it('begins where it is told to', () => {
    const { stdout } = run('--seeds', '1', '--from', '9', '--jobs', '1')
    expect(stdout).toContain('1 seeds from 9 on')
  })

  it.each([
    ['--seeds', '5', 'type --seed 7, or --from 7 --seeds 5'],
    ['--from', '3', 'type --seed 7'],
    ['--jobs', '1', 'type --seed 7'],
  ])('does not ignore %s beside --seed', (option, value, advice) => {
    const { status, stdout, stderr } = run('--seed', '7', option, value)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`so ${option} would mean nothing`)
    expect(stderr).toContain(advice)
  })
})
