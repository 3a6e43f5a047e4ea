import { describe, expect, it } from '@jest/globals'
import type { Comparison, Outcome } from '../../../../testbed/local/compare/comparison.ts'
import {
  asJson,
  doubts,
  errorLines,
  misconfiguration,
  tableOf,
} from '../../../../testbed/local/compare/comparison-report.ts'
import type { Told } from '../../../../testbed/local/compare/side.ts'
import { TRIALS } from '../../../../testbed/local/compare/trials.ts'

const succeeded = { ended: 'succeeded', error: undefined, durationMs: 900 } as const
const failed = { ended: 'failed', error: "KeyError: 'detail'", durationMs: 900 } as const
const timedOut = { ended: 'timed-out', error: undefined, durationMs: 60_000 } as const

const outcome = (lost: number, instance: Outcome['instance'], told: Partial<Told> = {}): Outcome => ({
  ledger: {
    accepted: 220,
    inS3: instance === 'kept' ? 0 : 220 - lost,
    kept: instance === 'kept' ? 220 : 0,
    lost,
  },
  instance,
  told: { invocations: [succeeded], errors: [], lastLines: [], ...told },
})

const during = (name: string, ours: Outcome, theirs: Outcome): Comparison => {
  const trial = TRIALS.find((one) => one.name === name)
  if (trial === undefined) throw new Error(name)
  return { trial, ours, theirs }
}

const day = [
  during('well', outcome(0, 'gone'), outcome(0, 'gone')),
  during('truncated', outcome(0, 'kept'), outcome(110, 'gone')),
  during('agent-dead', outcome(0, 'kept'), outcome(220, 'gone', { invocations: [timedOut] })),
]

describe('the report of a comparison', () => {
  it('is a table', () => {
    expect(tableOf(day)).toEqual([
      'lost of accepted   all is well      upload truncated   agent dead',
      'ours               0 of 220, gone   0 of 220, kept     0 of 220, kept',
      'theirs             0 of 220, gone   110 of 220, gone   220 of 220, gone',
    ])
  })

  it('names an instance that is still held', () => {
    const held = [during('agent-dead', outcome(0, 'kept'), outcome(0, 'held'))]
    expect(tableOf(held)[2]).toBe('theirs             0 of 220, held')
  })

  it('says what others said so that no terminal obeys it', () => {
    const told = { errors: ['\u001b[2J[ERROR]\u0007\tno\nbucket'] }
    expect(errorLines([during('well', outcome(0, 'gone'), outcome(0, 'gone', told))])).toEqual([
      'theirs, all is well: \\u001b[2J[ERROR]\\u0007 no bucket',
    ])
  })

  it('tells what went wrong, once, in few words, and with which case', () => {
    const errors = ['[ERROR] no bucket', `[ERROR] ${'x'.repeat(500)}`, '[ERROR] c', '[ERROR] d']
    const all = [
      during('well', outcome(0, 'gone'), outcome(0, 'gone', { errors: ['[ERROR] no bucket'] })),
      during('truncated', outcome(0, 'kept'), outcome(0, 'gone', { invocations: [failed], errors })),
      ...day.slice(2),
    ]
    expect(errorLines(all)).toEqual([
      'theirs, all is well / upload truncated: [ERROR] no bucket',
      "theirs, upload truncated: invocation failed after 1 s: KeyError: 'detail'",
      expect.stringMatching(/^theirs, upload truncated: \[ERROR\] x{151}…$/),
      'theirs, upload truncated: and 2 more',
      'theirs, agent dead: invocation timed-out after 60 s',
    ])
  })

  it('has nothing against a Lambda that loses what cannot be saved', () => {
    expect(misconfiguration(day)).toBeUndefined()
    expect(doubts(day)).toEqual([])
  })

  it('says loudly that a Lambda was never invoked, whatever the case', () => {
    const never = outcome(220, 'gone', { invocations: [] })
    expect(misconfiguration([during('agent-dead', outcome(0, 'kept'), never)])).toMatch(
      /NEVER INVOKED \(agent dead\)/,
    )
  })

  it('says loudly that everything failed though all was well, and only then', () => {
    const both = outcome(220, 'gone', { invocations: [failed, timedOut] })
    expect(misconfiguration([during('well', outcome(0, 'gone'), both)])).toMatch(
      /^EVERY INVOCATION .* FAILED/,
    )
    expect(misconfiguration([during('truncated', outcome(0, 'kept'), both)])).toBeUndefined()
    const one = outcome(0, 'gone', { invocations: [failed, succeeded] })
    expect(misconfiguration([during('well', outcome(0, 'gone'), one)])).toBeUndefined()
  })

  it('does not take for a loss that nothing of theirs arrived though all was well', () => {
    const theirs = outcome(220, 'gone', { lastLines: ['[INFO] no document'] })
    const well = [during('well', outcome(0, 'gone'), theirs)]
    expect(misconfiguration(well)).toMatch(/^NOTHING OF THEIRS REACHED THE BUCKET/)
    expect(doubts(well)).toEqual([expect.stringContaining('before you believe that'), '  [INFO] no document'])
  })

  it('is one object for another program', () => {
    expect(JSON.parse(asJson(day.slice(2)))).toEqual({
      cases: [
        {
          case: 'agent-dead',
          ours: { accepted: 220, inS3: 0, kept: 220, lost: 0, instance: 'kept' },
          theirs: {
            accepted: 220,
            inS3: 0,
            kept: 0,
            lost: 220,
            instance: 'gone',
            invocations: [{ ended: 'timed-out' }],
          },
        },
      ],
      errors: ['theirs, agent dead: invocation timed-out after 60 s'],
      misconfiguration: null,
    })
  })
})
