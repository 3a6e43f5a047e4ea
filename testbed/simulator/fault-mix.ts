/** What goes wrong in one seed's world: each seed draws its own mix, and some worlds are calm. */
import type { Chance } from './chance.ts'

/** Each fault, and from how rare to how frequent it can be: a probability at each occasion, unless it says otherwise. */
const kinds = {
  // Calls of the guard
  'call-fails-before-its-effect': [0.002, 0.2],
  'call-fails-after-its-effect': [0.002, 0.1],
  'call-hangs': [0.0005, 0.02],
  'call-is-slow': [0.005, 0.2],
  /** Its environment is frozen before the request is sent, and thaws with a later invocation. */
  'call-is-sent-later': [0.002, 0.1],
  'lambda-is-killed': [0.01, 0.3],
  /** What it was called with waits for so long. */
  'function-starts-late': [0.02, 0.9],
  /** How many times a day; each for minutes up to hours. */
  'guard-is-down': [0.3, 3],
  'throttling-storm': [0.3, 4],
  /** One of all, each time another. */
  'an-operation-is-denied': [0.3, 4],
  's3-denies': [0.3, 3],
  'ssm-is-down': [0.3, 3],
  's3-is-down': [0.3, 3],
  'answer-is-empty': [0.005, 0.1],
  'body-stalls': [0.02, 0.9],
  'schedule-starts-a-sweep-twice': [0.05, 0.9],
  /** A probability for the world: each of them begins at some time and never ends. */
  'bucket-is-gone-for-good': [0.1, 0.9],
  'bucket-is-elsewhere-for-good': [0.1, 0.9],
  'key-is-disabled-for-good': [0.1, 0.9],
  's3-denies-for-good': [0.1, 0.9],
  'sending-is-denied-for-good': [0.1, 0.9],
  'sending-fails-for-good': [0.1, 0.9],
  'heartbeats-are-denied-for-good': [0.1, 0.9],
  'document-is-gone-for-good': [0.1, 0.9],
  'ssm-denies-for-good': [0.1, 0.9],
  'ec2-denies-for-good': [0.1, 0.9],
  // What AWS knows late
  'states-are-stale': [0.02, 0.5],
  'answer-lacks-somebody': [0.01, 0.2],
  'action-is-known-late': [0.05, 0.9],
  'activity-is-late': [0.05, 0.9],
  'activity-is-missing': [0.05, 0.5],
  'clocks-are-skewed': [0.3, 1],
  /** A probability for the world: Auto Scaling, SSM and snapshots tell no parts of seconds, as EC2 and S3 never do. */
  'times-are-in-whole-seconds': [0.3, 1],
  // The queue and the bus
  'notification-is-lost': [0.02, 0.5],
  'notification-is-late': [0.02, 0.5],
  'notification-is-repeated': [0.02, 0.5],
  'notification-comes-by-event-too': [0.02, 0.5],
  'message-is-received-twice': [0.01, 0.3],
  'message-is-not-deleted': [0.01, 0.3],
  /** For hours, where the others are late for minutes. */
  'message-is-very-late': [0.02, 0.3],
  'event-is-lost': [0.05, 0.9],
  'event-is-late': [0.05, 0.5],
  'event-is-repeated': [0.05, 0.5],
  'wake-ups-coincide': [0.05, 0.9],
  /** How many an hour. */
  'message-is-forged': [0.5, 6],
  'message-has-a-real-token': [0.5, 6],
  // Run Command
  'listing-lags': [0.05, 0.9],
  'listing-goes-back': [0.05, 0.9],
  'command-is-never-listed': [0.02, 0.3],
  'output-is-late': [0.05, 0.9],
  'script-fails': [0.05, 0.7],
  'script-never-ends': [0.02, 0.3],
  'output-is-cut': [0.02, 0.5],
  'hold-fails': [0.02, 0.3],
  'rotation-fails': [0.02, 0.3],
  'flush-is-short-of-time': [0.02, 0.4],
  'manifest-object-is-broken': [0.05, 0.9],
  // Instances, a probability for each
  'agent-was-never-there': [0.05, 0.5],
  'agent-dies': [0.05, 0.5],
  'agent-is-silent': [0.02, 0.5],
  'writer-cannot-be-stopped': [0.05, 0.6],
  'writer-is-unknown': [0.05, 0.6],
  'writer-comes-back': [0.05, 0.5],
  'rotated-where-nobody-publishes': [0.05, 0.6],
  'rotation-deletes': [0.05, 0.6],
  'publisher-deletes': [0.05, 0.6],
  'file-cannot-be-read': [0.02, 0.3],
  'machine-vanishes': [0.05, 0.5],
  // Copies of disks, a probability for each
  'copy-fails': [0.2, 0.9],
  // The archive
  'publisher-uploads-nothing': [0.05, 0.9],
  'publisher-forgets-a-file': [0.05, 0.7],
  'object-is-truncated': [0.02, 0.5],
  'object-is-altered': [0.02, 0.5],
  'objects-are-swapped': [0.02, 0.5],
  'direct-upload-fails': [0.02, 0.5],
  'collector-moves-objects-out-of-sight': [0.1, 1],
  /** How many objects an hour. */
  'object-is-overwritten-later': [0.3, 6],
  'object-is-deleted-later': [0.3, 6],
  // Groups, a probability for each
  'hook-has-a-heartbeat-of-its-own': [0.2, 1],
  // People, how many times a day
  'operator-completes': [0.5, 3],
  'operator-deletes-the-hook': [0.3, 1.5],
  'operator-cancels-a-flush': [0.5, 3],
  'operator-terminates-a-held-machine': [0.5, 3],
  'operator-releases-a-retained-machine': [0.5, 6],
  'operator-stops-a-held-machine': [0.5, 3],
  'operator-reboots-a-held-machine': [0.5, 3],
  'operator-flushes-by-hand': [0.5, 3],
  'operator-deletes-files': [0.5, 10],
  'operator-cleans-up': [0.5, 6],
  'operator-wakes-the-warm-pool': [0.5, 3],
  'operator-deletes-a-group': [0.2, 1],
  'operator-points-the-hook-elsewhere': [0.2, 1],
  'operator-takes-the-tags': [0.3, 3],
  'operator-sets-the-time-out': [0.5, 3],
  'operator-redrives': [0.5, 6],
  'operator-puts-on-standby': [0.5, 6],
  'operator-detaches': [0.5, 3],
  'operator-withdraws': [0.3, 2],
  'operator-redeploys': [0.3, 2],
} as const satisfies Record<string, readonly [rare: number, frequent: number]>

export type FaultKind = keyof typeof kinds
export type FaultRates = Record<FaultKind, number>

const names = Object.keys(kinds) as FaultKind[]

/** Which worlds are wanted: with this one fault and no other, or with any. */
export interface Wanted {
  readonly fault?: FaultKind
}

export function isFaultKind(name: string): name is FaultKind {
  return (names as string[]).includes(name)
}

export const noFaults: Readonly<FaultRates> = Object.freeze(
  Object.fromEntries(names.map((name) => [name, 0])) as FaultRates,
)

/** A mix: nothing at all, one thing alone, a few, or everything at once. */
export function drawFaults(chance: Chance, { fault }: Wanted = {}): FaultRates {
  const drawn = drawAll(chance)
  if (fault)
    return { ...noFaults, [fault]: drawn[fault] || chance.logBetween(kinds[fault][0], kinds[fault][1]) }
  return drawn
}

function drawAll(chance: Chance): FaultRates {
  const rates = { ...noFaults }
  const draw = (name: FaultKind) => {
    const [rare, frequent] = kinds[name]
    rates[name] = chance.logBetween(rare, frequent)
  }
  const temper = chance.next()
  if (temper < 0.15) return rates
  if (temper < 0.35) draw(chance.pick(names))
  else {
    const density = chance.between(0.04, temper < 0.9 ? 0.2 : 0.7)
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
