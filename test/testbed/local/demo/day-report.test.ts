import { describe, expect, it } from '@jest/globals'
import type { ActionHistory } from '../../../../src/journal/history.ts'
import { ledgerLines, plain, reportAction, timeline } from '../../../../testbed/local/demo/day-report.ts'

const history: ActionHistory = {
  instanceId: 'i-1',
  groupName: 'collectors',
  token: 'token-1',
  outcome: 'archived',
  by: 'flush',
  deeds: [],
  end: {
    event: 'action-ended',
    instanceId: 'i-1',
    groupName: 'collectors',
    token: 'token-1',
    outcome: 'archived',
    reason: 'all 2 files are in S3',
    by: 'completed',
    heldMs: 4_000,
    flushMs: 2_500,
    attempts: 1,
    files: 2,
    bytes: 1_000,
    unproven: [],
    notes: [],
  },
  passes: [
    { at: 6_500, decided: 'flush', reason: 'nothing has been flushed yet', durationMs: 80 },
    { at: 10_000, decided: 'continue', reason: 'all 2 files are in S3', durationMs: 70 },
  ],
  endedAt: 10_000,
  lambdaMs: 150,
  awsCalls: 7,
  heartbeats: 2,
}

const ledger = { accepted: 1_234, inS3: 1_000, kept: 234, lost: 0, duplicated: 0 }

describe('an action of the demo', () => {
  it('is reported with exactly the fields that --json promises', () => {
    expect(reportAction(history, 'scale-in')).toEqual({
      instance: 'i-1',
      scenario: 'scale-in',
      outcome: 'archived',
      reason: 'all 2 files are in S3',
      attempts: 1,
      heldMs: 4_000,
      flushMs: 2_500,
      lambdaMs: 150,
      awsCalls: 7,
    })
  })

  it('is told pass by pass, in seconds since the hook held it', () => {
    expect(timeline(history, reportAction(history, 'scale-in'), plain)).toEqual([
      'scale-in          i-1  archived  held 4.0 s, 1 flush 2.5 s, 2 passes 150 ms, 7 AWS calls + 2 heartbeats',
      '    0.5 s  flush     nothing has been flushed yet',
      '    4.0 s  continue  all 2 files are in S3',
    ])
  })

  it('fits a narrow terminal, each column under its own beginning', () => {
    expect(timeline(history, reportAction(history, 'scale-in'), plain, 60)).toEqual([
      'scale-in          i-1  archived  held 4.0 s, 1 flush 2.5 s,',
      '                  2 passes 150 ms, 7 AWS calls + 2',
      '                  heartbeats',
      '    0.5 s  flush     nothing has been flushed yet',
      '    4.0 s  continue  all 2 files are in S3',
    ])
    expect(timeline(history, reportAction(history, 'scale-in'), plain, 42).slice(-3)).toEqual([
      '    0.5 s  flush     nothing has been',
      '                     flushed yet',
      '    4.0 s  continue  all 2 files are in S3',
    ])
  })

  it('counts looks that saw the same instead of repeating them', () => {
    const wait = { decided: 'wait', reason: 'the SSM agent does not answer', durationMs: 10 } as const
    const patient = {
      ...history,
      passes: [{ at: 6_000, ...wait }, { at: 7_000, ...wait }, ...history.passes],
    }
    expect(timeline(patient, reportAction(patient, 'scale-in'), plain)[1]).toBe(
      '    0.0 s  wait      the SSM agent does not answer (2 times)',
    )
  })

  it('that has not ended has no outcome, and the reason of its last pass', () => {
    const { end: _, ...unended } = history
    expect(reportAction({ ...unended, end: undefined, outcome: undefined }, 'person')).toMatchObject({
      outcome: null,
      reason: 'all 2 files are in S3',
      heldMs: 0,
    })
  })
})

describe('the ledger on paper', () => {
  it('shows the five numbers and says that nothing was lost', () => {
    const lines = ledgerLines(ledger, true, plain)
    expect(
      lines.slice(1, 6).map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .slice(0, 2),
      ),
    ).toEqual([
      ['accepted', '1,234'],
      ['in S3', '1,000'],
      ['kept', '234'],
      ['lost', '0'],
      ['duplicated', '0'],
    ])
    expect(lines.at(-1)).toBe('Nothing was lost.')
  })

  it('says how much was lost, and without the guard why', () => {
    const losing = { ...ledger, kept: 0, lost: 234 }
    expect(ledgerLines(losing, true, plain).at(-1)).toBe('234 of 1,234 accepted events were lost.')
    expect(ledgerLines(losing, false, plain).at(-1)).toMatch(/^234 of .* because nothing held the instances/)
  })
})
