import { beforeEach, describe, expect, it } from '@jest/globals'
import { historyLines } from '../../src/cli/history-lines.ts'
import { historyPage } from '../../src/cli/history-page.ts'
import { inThisTime } from '../../src/cli/how-far-back.ts'
import { readHistory } from '../../src/journal/history.ts'
import type { JournalEvent } from '../../src/journal/journal.ts'
import type { Outcome } from '../../src/model.ts'
import { reconcile } from '../../src/termination/reconcile.ts'
import { tell } from '../../src/termination/tell.ts'
import { KEY, manifestLine, OneInstance, TOKEN } from '../one-instance.ts'
import { action, file, MINUTE, START } from '../termination/observations.ts'
import { CommandLine, typed } from './command-line.ts'

let aws: OneInstance
beforeEach(() => {
  aws = new OneInstance()
})

async function pass(): Promise<void> {
  const cost = { trigger: 'notification' as const, durationMs: 120, calls: { sendCommand: 1 } }
  tell(aws.guard.journal, await reconcile(aws.guard, action), cost)
}
const told = (passes: boolean) => {
  const lines = aws.journal.map((event, index) => ({ at: aws.now + index, event }))
  return readHistory(lines)
    .flatMap((action) => historyLines(action, passes, typed))
    .join('\n')
}

it('tells the outcome, the reason and the cost of a termination in a few lines', async () => {
  await pass()
  aws.now += MINUTE
  aws.flushEnds(manifestLine([file]))
  aws.objects.set(KEY, { size: file.size, etag: file.md5 })
  await pass()
  expect(told(false)).toMatch(
    /archived .*\n\s+its one file is in S3\n\s+held 1 min 1 s, 1 flush \(.*\), 1 file, \d+ bytes\n\s+2 passes, 2 calls /,
  )
  expect(told(true)).toMatch(/flush +120 ms {2}nothing has been flushed yet\n.*continue +120 ms/)
})

it('says what to type for one that is still held', async () => {
  await pass()
  expect(told(false)).toMatch(/still held.*termination-guard explain i-0123456789abcdef0/s)
})

it('what to type of a kept machine is said for as long as it is kept: a later end may be told below', () => {
  const name = { instanceId: action.instanceId, groupName: action.groupName }
  const event: JournalEvent = {
    ...{ event: 'action-ended', ...name, token: TOKEN, outcome: 'retained', reason: 'so', by: 'completed' },
    ...{ heldMs: 1, flushMs: 1, attempts: 1, files: 1, bytes: 1, unproven: [], notes: [] },
  }
  const lines = readHistory([{ at: START, event }]).flatMap((one) => historyLines(one, false, typed))
  expect(lines.at(-1)).toBe(`    while it is kept: termination-guard explain ${action.instanceId}`)
})

it.each([
  [[], ' in this time (--since 7d reads further back)'],
  [['--since', '90m'], ' in this time (--since 7d reads further back)'],
  [['--since', '7d'], ' in this time (--since 30d reads further back)'],
  [['--since', '30d'], ' in this time (--since 90d reads further back)'],
  [['--since', '90d'], ' in this time'],
  [['--from', '/dev/null'], ''],
])('with %j says how far back nothing is told, and what reads further', async (words, within) => {
  const { code, out } = await new CommandLine().run('history', ...words)
  expect({ code, out }).toEqual({ code: 0, out: `The journal names no such termination${within}.` })
})

it('names the group as unknown where every pass broke off before it knew', () => {
  const event: JournalEvent = {
    ...{ event: 'pass-failed', trigger: 'notification', instanceId: action.instanceId, token: 'token-1' },
    ...{ error: 'Throttling', errorMessage: 'Rate exceeded', durationMs: 9, calls: {} },
  }
  const lines = readHistory([{ at: START, event }]).flatMap((one) => historyLines(one, false, typed))
  expect(lines[0]).toMatch(/still held +group unknown$/)
  expect(lines.join('\n')).toContain('1 pass, 0 calls')
})

describe('what was done besides the passes', () => {
  const name = { instanceId: action.instanceId, groupName: action.groupName }
  const rebooted: JournalEvent = { event: 'recovery', rung: 'reboot', ...name, reason: 'its agent is silent' }
  const salvaged: JournalEvent = {
    ...{ event: 'salvage', ...name, on: 'i-0fedcba9876543210', volumeId: 'vol-0123456789abcdef0' },
    reason: 'ada: <b>now</b>',
  }
  const ended = (outcome: Outcome): JournalEvent => ({
    ...{ event: 'action-ended', ...name, token: TOKEN, outcome, reason: 'so it is', by: 'completed' },
    ...{ heldMs: 1, flushMs: 1, attempts: 1, files: 1, bytes: 1, unproven: [], notes: [] },
  })
  const passed: JournalEvent = {
    ...{ event: 'pass-failed', trigger: 'sweep', instanceId: action.instanceId, token: TOKEN },
    ...{ error: 'Throttling', errorMessage: 'Rate exceeded', durationMs: 9, calls: {} },
  }
  const lineOf = (events: readonly JournalEvent[]) => {
    const line = new CommandLine()
    line.journal.push(...events)
    return line
  }

  it('stands in the text in the order of time, with the passes where these are wished', async () => {
    const line = lineOf([passed, rebooted, passed, ended('archived'), salvaged])
    const { out } = await line.run('history', action.instanceId)
    expect(out).toMatch(/^ {4}saved by reboot$/m)
    expect(out.split('\n').filter((one) => one.startsWith('      '))).toEqual([
      expect.stringMatching(/^ {6}\S+Z {2}reboot {14}its agent is silent$/),
      expect.stringMatching(
        /^ {6}\S+Z {2}salvage {13}i-0fedcba9876543210 salvages vol-0123456789abcdef0: ada/,
      ),
    ])
    const { out: all } = await line.run('history', action.instanceId, '--passes')
    expect(all.match(/Z {2}(failed +9 ms|reboot|salvage) /g)).toEqual([
      ...['Z  failed        9 ms ', 'Z  reboot ', 'Z  failed        9 ms ', 'Z  salvage '],
    ])
  })

  it('is told of the group that is named, and of no other', async () => {
    const line = lineOf([passed, ended('archived')])
    expect((await line.run('history', '--group', action.groupName)).out).toContain(action.instanceId)
    expect((await line.run('history', '--group', 'another')).out).toMatch(/^The journal names no such/)
  })

  it.each(['lost', 'expired'] as const)('of one that is %s says where to read on', async (outcome) => {
    const { out } = await lineOf([ended(outcome)]).run('history')
    expect(out).toContain('    see docs/operate.md, action-not-archived')
  })

  it('stands in the JSON beside what saved the logs', async () => {
    const { out } = await lineOf([passed, rebooted, ended('archived')]).run('history', '--json')
    expect(JSON.parse(out).action).toMatchObject({
      by: 'reboot',
      deeds: [{ did: 'reboot', reason: 'its agent is silent', at: expect.any(Number) }],
    })
  })

  it('is told of a machine whose termination is not, and counts as no end', async () => {
    const line = lineOf([salvaged])
    const { code, out } = await line.run('history', action.instanceId)
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        / not told +\S+AutoScalingGroup.*\n {4}its termination is not told .*--since 7d/,
      ),
    })
    expect(out).toContain('salvages vol-0123456789abcdef0')
    expect((await line.run('history', '--outcome', 'held')).out).toBe(
      `The journal names no such termination${inThisTime(0)}.`,
    )
  })

  it('is told to somebody who follows, and once', async () => {
    const line = lineOf([passed])
    let pauses = 0
    line.onPause = () => {
      pauses++
      if (pauses === 1) line.journal.push(rebooted)
      if (pauses === 4) throw new Error('enough')
    }
    const { out } = await line.run('history', '--follow')
    expect(out.match(/still held/g)).toHaveLength(2)
    expect(out.match(/its agent is silent/g)).toHaveLength(1)
  })

  it('stands in the page, in its table and with what saved the logs', () => {
    const page = (events: readonly JournalEvent[]) =>
      historyPage(readHistory(events.map((event, index) => ({ at: START + index, event }))), START)
    const archived = page([passed, rebooted, ended('archived'), salvaged])
    expect(archived).toContain('Saved by reboot. ')
    expect(archived).toContain('<caption>Passes, and what was done besides</caption>')
    expect(archived).toMatch(/<td>reboot<\/td><td class="number"><\/td><td>its agent is silent<\/td>/)
    expect(archived).toContain('ada: &#60;b&#62;now&#60;/b&#62;')
    expect(archived).not.toContain('value="untold"')
    const untold = page([salvaged])
    expect(untold).toMatch(/data-outcome="untold".*<span class="outcome">not told<\/span>/)
    expect(untold).toContain('<input type="checkbox" name="outcome" value="untold" checked> not told')
    expect(untold).toContain('its termination is not told')
    expect(page([passed, ended('archived')])).toContain('<caption>Passes</caption>')
  })
})
