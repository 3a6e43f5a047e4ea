/** How far back somebody reads, and where reading further may help. Pure. */
import { InvalidArgumentError } from 'commander'

export const DAY_MS = 24 * 3600_000
/** How far back is worth a try, in days: none is deployed with more by itself (`logRetention`). */
const FURTHER = [7, 30, 90]

/** What follows where something is not told. `sinceMs`: so far back was read; `undefined`: all that there is. */
export function inThisTime(sinceMs: number | undefined): string {
  if (sinceMs === undefined) return ''
  const further = FURTHER.find((days) => days * DAY_MS > sinceMs)
  return ` in this time${further === undefined ? '' : ` (--since ${further}d reads further back)`}`
}

/** As an option has it, in milliseconds. */
export function since(value: string): number {
  const [, count, unit] = /^([0-9]{1,5})([mhd])$/.exec(value) ?? []
  if (!count) throw new InvalidArgumentError('Write a number and m, h or d, such as 24h.')
  return Number(count) * { m: 60_000, h: 3600_000, d: DAY_MS }[unit as 'm' | 'h' | 'd']
}
