/** How many simulated worlds a core lives through in a second, and whose code the time is. */
import { Session } from 'node:inspector/promises'
import { createCheckers } from '../../testbed/simulator/checkers/all.ts'
import { connect } from '../../testbed/simulator/faulty-aws.ts'
import { Run } from '../../testbed/simulator/run.ts'
import { HOOK } from '../../testbed/simulator/setting.ts'
import { simulate } from '../../testbed/simulator/simulate.ts'
import { World } from '../../testbed/simulator/world.ts'
import type { Row } from './row.ts'

/** What Node has not compiled yet is no part of a long run: the first hundred worlds take twice as long as those after them. */
const WARM_UP = 200
const BARE_CALLS = 100_000

const owners = [
  ['the guard', /\/src\//],
  ['the worlds', /\/testbed\/simulator\/(?!checkers)/],
  ['Auto Scaling', /\/testbed\/auto-scaling\//],
  ['the checkers', /\/testbed\/simulator\/checkers\//],
  ['libraries', /\/node_modules\//],
] as const

export async function seeds(count: number): Promise<Row[]> {
  const { stackTraceLimit } = Error
  // As in the threads of `npm run simulate`.
  Error.stackTraceLimit = 0
  await live(-WARM_UP, 0)
  const before = process.cpuUsage()
  const { violations, calls } = await live(1, count)
  const microseconds = microsecondsSince(before)
  const bare = await bareCall()
  const profile = await profileOf(() => live(1, count))
  Error.stackTraceLimit = stackTraceLimit
  return [
    {
      what: 'simulated worlds a second of one core',
      measured: (count / (microseconds / 1e6)).toFixed(0),
      wanted: '≥ 600',
      figures: `${count} worlds; ${(calls / count).toFixed(0)} calls each, ${(microseconds / calls).toFixed(0)} µs a call, ${bare.toFixed(1)} where no guard makes it; ${shares(profile)}`,
      holds: violations === 0,
    },
  ]
}

async function live(from: number, to: number): Promise<{ violations: number; calls: number }> {
  const sum = { violations: 0, calls: 0 }
  for (let seed = from; seed <= to; seed++) {
    const { violations, counts } = await simulate(seed)
    sum.violations += violations.length
    sum.calls += counts.calls
  }
  return sum
}

/** Calls in a row of which nobody makes anything: what is left of a world without the guard and its machines. */
async function bareCall(): Promise<number> {
  const world = new World(1, { isTraced: false })
  world.watchWith(createCheckers(world))
  world.heal()
  const aws = connect(world, new Run(world, 1, Number.POSITIVE_INFINITY, []))
  const AutoScalingGroupName = world.setting.groups[0]?.name
  let calls = 0
  const ask = async () => {
    for (; calls < BARE_CALLS; calls++)
      await aws.describeLifecycleHooks({ AutoScalingGroupName, LifecycleHookNames: [HOOK] })
  }
  const before = process.cpuUsage()
  const asking = ask()
  await world.time.run(Number.POSITIVE_INFINITY, () => calls === BARE_CALLS)
  await asking
  return microsecondsSince(before) / BARE_CALLS
}

function microsecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** Apart from what is measured, since a sampling profile costs a third of the speed. */
async function profileOf(work: () => Promise<unknown>): Promise<Profile> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  await work()
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  return profile
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly url: string; readonly functionName: string }
  }[]
  readonly samples?: readonly number[] | undefined
}

/** Of the samples that were not idle, by whose code was on top. */
function shares({ nodes, samples = [] }: Profile): string {
  const owner = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]))
  const counts = new Map<string, number>()
  for (const sample of samples) {
    const name = owner.get(sample) ?? 'Node'
    if (name !== 'idle') counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${Math.round((100 * count) / all)} %`)
    .join(', ')
}

function ownerOf({ url, functionName }: Profile['nodes'][number]['callFrame']): string {
  if (functionName === '(idle)' || functionName === '(root)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage'
  return owners.find(([, pattern]) => pattern.test(url))?.[0] ?? 'Node'
}
