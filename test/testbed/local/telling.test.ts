import { describe, expect, it } from '@jest/globals'
import type { EnrolmentEvent, JournalEvent } from '../../../src/journal/journal.ts'
import { JOURNAL_VERSION } from '../../../src/journal/journal.ts'
import { journalReader } from '../../../testbed/local/telling.ts'

const written = (event: JournalEvent) =>
  JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', journal: JOURNAL_VERSION, ...event })

const nothing: EnrolmentEvent = {
  ...{ event: 'enrolment', trigger: 'sweep' },
  ...{ guarded: [], enrolled: [], changed: [], refused: [], differs: [], missing: [] },
}

describe('what is told of the journal', () => {
  it('is who was enrolled, and what was changed', () => {
    const changed = [
      { groupName: 'web', what: 'hook put' },
      { groupName: 'jobs', what: 'heartbeat set' },
    ]
    expect(journalReader()(written({ ...nothing, enrolled: ['web'], changed }))).toEqual([
      'group web enrolled: hook put',
      'group jobs changed: heartbeat set',
    ])
  })

  it('is which group was refused, and again only when it had been well in between', () => {
    const read = journalReader()
    const refused = written({ ...nothing, refused: [{ groupName: 'web', why: 'it has 50 hooks' }] })
    expect(read(refused)).toEqual(['group web refused: it has 50 hooks'])
    expect(read(refused)).toEqual([])
    expect(read(written(nothing))).toEqual([])
    expect(read(refused)).toEqual(['group web refused: it has 50 hooks'])
  })

  it('is never obeyed by a terminal, whoever said it', () => {
    const event: JournalEvent = {
      ...{ event: 'audited', instanceId: 'i-1', groupName: 'web', finding: 'unproven' },
      ...{ silentSeconds: 9, commandId: undefined, files: 1, unproven: [] },
      reason: 'of 1 files 1 missing (first: /var/log/\u001b]0;pwned\u0007a\nb.gz)',
    }
    const read = journalReader()
    expect(read(written(event))).toEqual([
      'i-1 audited, unproven: of 1 files 1 missing (first: /var/log/\\u001b]0;pwned\\u0007a\\u000ab.gz)',
    ])
    expect(read('Error: \u001b[2J\n\tat handler')).toEqual(['Error: \\u001b[2J\n\tat handler'])
    const refused = [{ groupName: 'web', why: 'tag \u009b1m' }]
    expect(read(written({ ...nothing, refused }))).toEqual(['group web refused: tag \\u009b1m'])
  })

  it('is what the audit found', () => {
    const audited: JournalEvent = {
      ...{
        event: 'audited',
        instanceId: 'i-1',
        groupName: 'web',
        finding: 'unproven',
        reason: 'one file is missing',
      },
      ...{ silentSeconds: 9, commandId: undefined, files: 1, unproven: [] },
    }
    const audit: JournalEvent = { event: 'audit', instances: 2, findings: 1, failed: 0, deferred: 0 }
    expect([audited, audit].map(written).flatMap(journalReader())).toEqual([
      'i-1 audited, unproven: one file is missing',
      'audit of 2 instances: 1 finding, 0 failed, 0 deferred',
    ])
  })

  it('is whatever else a function says, but not its metrics', () => {
    expect(['Error: oh', '{"_aws":{}}'].flatMap(journalReader())).toEqual(['Error: oh'])
  })
})
