/** How many simulated worlds a core lives through in a second, and whose code the time is. */
import { Session } from 'node:inspector/promises'
import { simulate } from '../../testbed/simulator/simulate.ts'
import type { Row } from './row.ts'

/** Before the profile: what Node has not compiled yet is no part of a long run. */
const WARM_UP = 20

const owners = [
  ['the guard', /\/src\//],
  ['the worlds', /\/testbed\/simulator\/(?!checkers)/],
  ['Auto Scaling', /\/testbed\/auto-scaling\//],
  ['the checkers', /\/testbed\/simulator\/checkers\//],
  ['libraries', /\/node_modules\//],
] as const

export async function seeds(count: number): Promise<Row[]> {
  for (let seed = 0; seed < WARM_UP; seed++) await simulate(seed)
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  const before = process.cpuUsage()
  let violations = 0
  for (let seed = 1; seed <= count; seed++) violations += (await simulate(seed)).violations.length
  const { user, system } = process.cpuUsage(before)
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  const perSecond = count / ((user + system) / 1e6)
  return [
    {
      what: 'simulated worlds a second of one core',
      measured: perSecond.toFixed(0),
      wanted: '≥ 600',
      figures: `${count} worlds; ${shares(profile)}`,
      holds: violations === 0,
    },
  ]
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
