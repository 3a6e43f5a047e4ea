import { describe, expect, it } from '@jest/globals'
import { parseOptions } from '../../../../testbed/local/demo/demo-options.ts'

const parse = (line: string) => parseOptions(line.split(' ').filter(Boolean), ['scale-in', 'dead-agent'])

describe("the demo's options", () => {
  it('are a guarded day of three instances with seed 1 when nothing is said', () => {
    expect(parse('')).toEqual({ seed: 1, instances: 3, only: undefined, guarded: true, json: false })
  })

  it('are all understood', () => {
    expect(parse('--seed 7 --instances 5 --only dead-agent --without-guard --json')).toEqual({
      seed: 7,
      instances: 5,
      only: 'dead-agent',
      guarded: false,
      json: true,
    })
  })

  it.each([
    ['--only teatime', 'Write one of: scale-in, dead-agent.'],
    ['--instances 0', 'Write a whole number from 1 to 10.'],
    ['--instances three', 'Write a whole number from 1 to 10.'],
    ['--seed -1', 'Write a whole number from 0 to 4294967295.'],
    ['--seed', "option '--seed <number>' argument missing"],
    ['--jsno', "unknown option '--jsno'\n(Did you mean --json?)"],
    ['scale-in', 'too many arguments'],
  ])('say what to type when they are wrong: %s', (line, advice) => {
    expect(parse(line)).toEqual({ print: expect.stringContaining(advice), exitCode: 2 })
    expect(parse(line)).toEqual({ print: expect.stringContaining('npm run demo -- --help'), exitCode: 2 })
  })

  it('are explained, with every scenario', () => {
    expect(parse('--help')).toEqual({ print: expect.stringMatching(/scale-in, dead-agent/), exitCode: 0 })
  })
})
