/** What goes wrong in one seed's world: each seed draws its own mix, and some worlds are calm. */
import type { Chance } from './chance.ts'

/** Each fault, and from how rare to how frequent it can be: a probability at each occasion, unless it says otherwise. */
const kinds = {
  // Calls of the guard
  'call-fails-before-its-effect': [0.002, 0.2],
  'call-fails-after-its-effect': [0.002, 0.1],
  'call-hangs': [0.0005, 0.02],
  'call-is-slow': [0.005, 0.2],
  'lambda-is-killed': [0.01, 0.3],
  /** How many times a day; each for minutes up to hours. */
  'guard-is-down': [0.3, 3],
  'throttling-storm': [0.3, 4],
  's3-denies': [0.3, 3],
  'ssm-is-down': [0.3, 3],
  's3-is-down': [0.3, 3],
  // The queue and the bus
  'notification-is-lost': [0.02, 0.5],
  'notification-is-late': [0.02, 0.5],
  'notification-is-repeated': [0.02, 0.5],
  'notification-comes-by-event-too': [0.02, 0.5],
  'message-is-received-twice': [0.01, 0.3],
  'message-is-not-deleted': [0.01, 0.3],
  'event-is-lost': [0.05, 0.9],
  'event-is-late': [0.05, 0.5],
  'event-is-repeated': [0.05, 0.5],
  /** How many an hour. */
  'message-is-forged': [0.5, 6],
  // Run Command
  'listing-lags': [0.05, 0.9],
  'script-fails': [0.05, 0.7],
  'script-never-ends': [0.02, 0.3],
  'output-is-cut': [0.02, 0.5],
  'manifest-object-is-broken': [0.05, 0.9],
  // Instances, a probability for each
  'agent-was-never-there': [0.05, 0.5],
  'agent-dies': [0.05, 0.5],
  'agent-is-silent': [0.02, 0.5],
  'writer-cannot-be-stopped': [0.05, 0.6],
  'machine-vanishes': [0.05, 0.5],
  // The archive
  'publisher-uploads-nothing': [0.05, 0.9],
  'publisher-forgets-a-file': [0.05, 0.7],
  'object-is-truncated': [0.02, 0.5],
  'object-is-altered': [0.02, 0.5],
  'objects-are-swapped': [0.02, 0.5],
  'direct-upload-fails': [0.02, 0.5],
  'collector-moves-objects-out-of-sight': [0.1, 1],
  // People, how many times a day
  'operator-completes': [0.5, 3],
  'operator-deletes-the-hook': [0.3, 1.5],
  'operator-cancels-a-flush': [0.5, 3],
  'operator-terminates-a-held-machine': [0.5, 3],
  'operator-releases-a-retained-machine': [0.5, 3],
} as const satisfies Record<string, readonly [rare: number, frequent: number]>

export type FaultKind = keyof typeof kinds
export type FaultRates = Record<FaultKind, number>

const names = Object.keys(kinds) as FaultKind[]

export const noFaults: Readonly<FaultRates> = Object.freeze(
  Object.fromEntries(names.map((name) => [name, 0])) as FaultRates,
)

/** A mix: nothing at all, one thing alone, a few, or everything at once. */
export function drawFaults(chance: Chance): FaultRates {
  const rates = { ...noFaults }
  const draw = (name: FaultKind) => {
    const [rare, frequent] = kinds[name]
    rates[name] = chance.logBetween(rare, frequent)
  }
  const temper = chance.next()
  if (temper < 0.15) return rates
  if (temper < 0.35) draw(chance.pick(names))
  else {
    const density = chance.between(0.05, temper < 0.9 ? 0.3 : 0.8)
    for (const name of names) if (chance.of(density)) draw(name)
  }
  return rates
}

/** Whether nothing goes wrong in this world. */
export function isCalm(rates: FaultRates): boolean {
  return names.every((name) => rates[name] === 0)
}

/** The mix in words, for a report. */
export function describeFaults(rates: FaultRates): string {
  const drawn = names.filter((name) => rates[name] > 0)
  return drawn.length === 0 ? 'calm' : drawn.map((name) => `${name} ${rates[name].toPrecision(2)}`).join(', ')
}
