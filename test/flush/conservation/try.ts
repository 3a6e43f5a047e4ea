/** One situation, tried: laid out, flushed as the guard would have it flushed, and looked at afterwards. */

import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { environmentOf } from '../../../src/archive/prefix.ts'
import { reconcile } from '../../../src/termination/reconcile.ts'
import { action } from '../../termination/observations.ts'
import { makeDisk } from '../disk.ts'
import { check, type Fault } from './check.ts'
import { enclose } from './enclosure.ts'
import { lay } from './lay.ts'
import { endWriters, startWriters } from './live.ts'
import { type Machine, machineOf, quickProfile } from './machine.ts'
import type { Situation } from './situation.ts'

export interface Tried {
  readonly situation: Situation
  readonly faults: readonly Fault[]
  /** How the guard ended it, and why; or what an audit said. */
  readonly outcome: string
  readonly reason: string
  readonly manifests: readonly string[]
  readonly said: string
  readonly tookMs: number
}

export const ARCHIVE = `resources/environments/logs/publish/${environmentOf(action.groupName)}/${action.instanceId}/`

export async function trySituation(situation: Situation, { keeps = false } = {}): Promise<Tried> {
  const started = Date.now()
  const disk = makeDisk()
  const enclosure = await enclose()
  const laid = lay(situation, disk, ARCHIVE, enclosure)
  try {
    await startWriters(laid, situation.writers)
    const bufferSeconds = situation.writers.length > 0 && situation.kind !== 'ordinary' ? 1 : 0
    const machine = machineOf(
      laid,
      quickProfile(situation.commandSeconds, bufferSeconds),
      situation.flushes,
      situation.seed,
    )
    const { outcome, reason } = situation.kind === 'audit' ? await audit(machine) : await terminate(machine)
    await endWriters(laid)
    const faults = check(situation, laid, machine, outcome)
    return { situation, faults, outcome, reason, ...told(machine), tookMs: Date.now() - started }
  } finally {
    await endWriters(laid)
    enclosure.close()
    if (situation.files.some(({ attribute }) => attribute)) spawnSync('chattr', ['-R', '-ia', disk.root])
    if (!keeps) rmSync(dirname(disk.root), { recursive: true, force: true })
  }
}

function told({ flushes }: Machine): Pick<Tried, 'manifests' | 'said'> {
  const manifests = flushes.map((flushed) => {
    try {
      return JSON.stringify(flushed.manifest, null, 1)
    } catch (error) {
      return `no manifest, exit ${flushed.exitCode}: ${(error as Error).message.slice(0, 300)}`
    }
  })
  return { manifests, said: flushes.map(({ stderr }) => stderr).join('\n') }
}

async function audit(machine: Machine): Promise<{ outcome: string; reason: string }> {
  const { exitCode } = await machine.run({
    Purpose: 'audit',
    Prefix: ARCHIVE,
    InstanceId: action.instanceId,
    Bucket: 'bucket',
  })
  return { outcome: 'audited', reason: `exit ${exitCode}` }
}

/** Passes as the queue would bring them, each after the flush before it has ended, until the action is over. */
async function terminate({ guard, instance }: Machine): Promise<{ outcome: string; reason: string }> {
  let last = { outcome: 'undecided', reason: '' }
  for (let passes = 0; passes < 12; passes++) {
    const { decision } = await reconcile(guard, action)
    if ('outcome' in decision) return { outcome: decision.outcome, reason: decision.reason }
    last = { outcome: decision.do, reason: decision.reason }
    instance.now += 1000 * ('seconds' in decision ? decision.seconds : 60)
  }
  return last
}
