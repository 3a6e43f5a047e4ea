/** Who writes on one machine, as its world draws them. */
import { minute, second } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import { Writer } from './writers.ts'

type Drawing = Pick<Surroundings, 'chance' | 'faults' | 'setting'>

/** The platform's server, and perhaps something that no profile knows. */
export function drawWriters({ chance, faults, setting }: Drawing, defies: boolean): Writer[] {
  const every = () => chance.between(1, 6) * minute
  const all = Array.from({ length: setting.logsPerInstance }, (_, log) => log)
  const server = new Writer({
    name: 'java (2117)',
    logs: all,
    obedience: defies ? 'stays' : chance.of(faults['writer-comes-back']) ? 'comes back' : 'stops',
    everyMs: every(),
    ...(defies && { everyMsAfterTraffic: chance.pick([7 * second, 3 * minute]) }),
  })
  if (!chance.of(faults['writer-is-unknown'])) return [server]
  const unknown = new Writer({
    name: 'worker (3301)',
    logs: [chance.pick(all)],
    obedience: chance.pick(['stops', 'comes back', 'stays']),
    everyMs: every(),
  })
  return [server, unknown]
}
