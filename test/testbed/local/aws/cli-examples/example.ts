/** What the public examples of the AWS CLI do, in our own words and with our own names, and what they must be answered. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from '@jest/globals'
import type { Ran, StockCli } from './stock-cli.ts'

/** How often an answer is asked for that takes its time, and how far apart. */
const MOST_ASKED = 120
const BETWEEN_MS = 250

export interface Example {
  /** As typed. `$NAME` is what an earlier example kept under that name. */
  readonly line: string
  /** Files to be there first, as JSON unless they are text. */
  readonly files?: Readonly<Record<string, unknown>>
  /** What the answer's JSON has, among other things. */
  readonly answer?: unknown
  /** What is printed where that is no JSON. */
  readonly prints?: RegExp
  /** Asked again until the answer is so: AWS takes its time. */
  readonly until?: unknown
  /** What the real AWS says no to. */
  readonly refused?: RegExp
  /** For later examples: names, and where their values are in the answer. */
  readonly keep?: Readonly<Record<string, (answer: never) => string | undefined>>
}

/** Runs one, and keeps what it is told to in `kept`. */
export async function runExample(
  cli: StockCli,
  folder: string,
  kept: Map<string, string>,
  example: Example,
): Promise<void> {
  for (const [name, content] of Object.entries(example.files ?? {})) {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    writeFileSync(join(folder, name), replaced(text, kept))
  }
  const line = replaced(example.line, kept)
  const ran = await cli.run(line)
  if (example.refused !== undefined) {
    expect({ line, ...ran }).toMatchObject({ line, stderr: expect.stringMatching(example.refused) })
    expect(ran.status).not.toBe(0)
    return
  }
  expect({ line, ...ran }).toMatchObject({ line, status: 0, stderr: '' })
  if (example.prints !== undefined) expect(ran.stdout).toMatch(example.prints)
  if (example.answer !== undefined)
    expect({ line, answer: json(ran) }).toMatchObject({ line, answer: filledIn(example.answer, kept) })
  const last =
    example.until === undefined ? ran : await answered(cli, line, filledIn(example.until, kept), ran)
  for (const [name, find] of Object.entries(example.keep ?? {}))
    kept.set(name, String(find(json(last) as never)))
}

/** Asks until the answer is so. */
async function answered(cli: StockCli, line: string, wanted: unknown, first: Ran): Promise<Ran> {
  let ran = first
  for (let asked = 1; ; asked++) {
    try {
      expect({ line, answer: json(ran) }).toMatchObject({ line, answer: wanted })
      return ran
    } catch (error) {
      if (asked === MOST_ASKED) throw error
    }
    await sleep(BETWEEN_MS)
    ran = await cli.run(line)
  }
}

function json({ stdout }: Ran): unknown {
  return stdout === '' ? undefined : JSON.parse(stdout)
}

function replaced(text: string, kept: ReadonlyMap<string, string>): string {
  return text.replace(/\$([A-Z_]+)/g, (whole, name: string) => kept.get(name) ?? whole)
}

/** What is wanted, with what was kept in its texts. */
function filledIn(wanted: unknown, kept: ReadonlyMap<string, string>): unknown {
  if (typeof wanted === 'string') return replaced(wanted, kept)
  if (Array.isArray(wanted)) return wanted.map((one) => filledIn(one, kept))
  if (typeof wanted !== 'object' || wanted === null || 'asymmetricMatch' in wanted) return wanted
  return Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, filledIn(value, kept)]))
}

/** `attach-instances` for `AttachInstances`, `list-objects-v2` for `ListObjectsV2`. */
export function asTyped(operation: string): string {
  return operation.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()
}

/** Service and operation of a line. */
export function operationOf({ line }: Example): string {
  const [, service, operation] = line.split(/\s+/)
  return `${service} ${operation}`
}

/** A row. */
export function typed(line: string, wanted: Omit<Example, 'line'> = {}): Example {
  return { line, ...wanted }
}
