/** What a termination costs of the calls that are shared with the whole account, and of Lambda's time, in virtual time. */
import { OneInstance } from '../one-instance.ts'
import { CALL_MS, goodEnd, wake } from '../termination/good-end.ts'
import { notification } from '../termination/messages.ts'
import type { Row } from './row.ts'

const FLUSH_SECONDS = [5, 60, 150] as const

export async function calls(): Promise<Row[]> {
  const ends: Cost[] = []
  for (const seconds of FLUSH_SECONDS) ends.push(costOf(await goodEnd(seconds)))
  const dead = await withoutAgent()
  const per = (pick: (cost: Cost) => string | number) => ends.map(pick).join(' / ')
  const isSame = new Set(ends.map(({ besides, ms }) => `${besides} ${ms}`)).size === 1
  return [
    {
      what: `calls of a good end, flush of ${FLUSH_SECONDS.join(' / ')} s`,
      measured: per(({ besides }) => besides),
      wanted: 'the same, ≤ 9',
      figures: `besides ${per(({ heartbeats }) => heartbeats)} heartbeats, in ${per(({ passes }) => passes)} passes`,
      holds: isSame && ends.every(({ besides }) => besides <= 9),
    },
    {
      what: `Lambda seconds of a good end, flush of ${FLUSH_SECONDS.join(' / ')} s`,
      measured: per(({ ms }) => (ms / 1000).toFixed(2)),
      wanted: 'the same, ≤ 1',
      figures: `where a call takes ${CALL_MS} ms`,
      holds: isSame && ends.every(({ ms }) => ms <= 1000),
    },
    {
      what: 'calls of a pass whose agent does not answer',
      measured: String(dead.besides),
      wanted: '≤ 5',
      figures: `besides ${dead.heartbeats} heartbeats; ${dead.repeated} made twice`,
      holds: dead.besides <= 5 && dead.repeated === 0,
    },
  ]
}

interface Cost {
  readonly besides: number
  /** Of those, how many ask what was asked already. Only meaningful of a single pass. */
  readonly repeated: number
  readonly heartbeats: number
  readonly passes: number
  readonly ms: number
}

async function withoutAgent(): Promise<Cost> {
  const world = new OneInstance()
  world.agent = 'dead'
  await wake(world, notification, 'm-1')
  return costOf(world)
}

function costOf(world: OneInstance): Cost {
  const { calls, journal } = world
  const passes = journal.filter((event) => event.event === 'pass')
  const made = world.callsBesidesHeartbeats()
  const besides = made.length
  return {
    besides,
    repeated: besides - new Set(made).size,
    heartbeats: calls.length - besides,
    passes: passes.length,
    ms: passes.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}
