/**
 * Whether a line of the journal has what is read of it. One that was cut, or that somebody wrote over, must neither hide the others nor be
 * passed over as if nothing had been told. Pure.
 */
import * as z from 'zod'
import type { JournalEvent } from './journal.ts'
import { MARK } from './journal-line.ts'

/** The message says what is wrong with it, and how it begins. */
export class DamagedLine extends Error {
  override name = 'DamagedLine'

  constructor(why: string, line: string) {
    super(`${why}: ${line.slice(0, BEGINNING)}${line.length > BEGINNING ? '…' : ''}`)
  }
}

const BEGINNING = 160

const text = z.string()
/** As JSON may have it: 1e999 is one, too. */
const number = z.custom<number>((value) => typeof value === 'number', 'no number')
const ofMachine = { instanceId: text, groupName: text }
const ofAction = { ...ofMachine, token: text.optional(), startedAt: number.optional() }
const cost = { durationMs: number, calls: z.record(text, number) }
const failure = { error: text, errorMessage: text }

/** As far as histories are made of them. */
const shapes: Partial<Record<JournalEvent['event'], z.ZodType>> = {
  pass: z.object({ ...ofAction, decided: text, reason: text, ...cost }),
  'pass-failed': z.object({ instanceId: text, token: text.optional(), ...failure, ...cost }),
  'action-ended': z.object({
    ...ofAction,
    outcome: text,
    by: text,
    reason: text,
    heldMs: number,
    flushMs: number,
    attempts: number,
    files: number,
    bytes: number,
    unproven: z.array(text),
    notes: z.array(text),
  }),
  recovery: z.object({ ...ofMachine, rung: text, reason: text }),
  'recovery-failed': z.object({ ...ofMachine, rung: text, ...failure }),
  salvage: z.object({ ...ofMachine, on: text, volumeId: text, reason: text }),
}

/** Throws DamagedLine where the event lacks what its name promises. */
export function refuseDamaged(event: JournalEvent, line: string): void {
  const issue = shapes[event.event]?.safeParse(event).error?.issues[0]
  if (issue) throw new DamagedLine(`${event.event}, ${issue.path.join('.')}: ${issue.message}`, line)
}

/** Throws DamagedLine where what is no line of the journal may have been one: an object that has no end, or is none. */
export function refuseCut(line: string): undefined {
  if (!line.startsWith('{"')) return
  const isWhole = line.endsWith('}') || line.trimEnd().endsWith('}')
  if (!isWhole || (line.includes(MARK) && !isJson(line)))
    throw new DamagedLine('it was cut, or is no JSON', line)
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
