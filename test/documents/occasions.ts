/** The occasion of a documented line: when it is typed, and what happens then. */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect } from '@jest/globals'
import type { Told } from '../cli/typing.ts'
import { itWhere } from '../flush/it-where.ts'

export interface Occasion<Stage> {
  /**
   * What is typed: the line with what it leaves open filled in, or the short form of one that takes hours. Without it, the line as it
   * stands.
   */
  readonly as?: (line: string, stage: Stage) => string
  /** What has to be so before. */
  readonly before?: (stage: Stage) => unknown
  /** One of these. Without it, 0. */
  readonly code?: number | readonly number[]
  /** Something that it prints. */
  readonly says?: RegExp
  /** What is so afterwards. */
  readonly after?: (stage: Stage, told: Told) => unknown
  /** Where it cannot be typed, it is skipped, and why is said. */
  readonly where?: readonly [condition: boolean, otherwise: string]
}

/** `where` of what needs these programs. */
export function whereInstalled(...programs: string[]): readonly [boolean, string] {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).status !== 0)
  return [missing.length === 0, `not installed: ${missing.join(', ')}`]
}

/** By the line as documents show it (`normalised`), in the order in which they are typed. */
export type Occasions<Stage> = Readonly<Record<string, Occasion<Stage>>>

/** Where lines are typed one after the other, on what the ones before have left. */
export interface Place<Stage> {
  readonly name: string
  /** Whatever it starts is stopped in the end, the latest first, also where it fails half way. */
  readonly set: (inTheEnd: (stop: () => unknown) => void) => Promise<Stage>
  readonly type: (stage: Stage, line: string) => Promise<Told>
  readonly occasions: Occasions<Stage>
}

/** Types every line of a place. */
export function typeAll<Stage>({ name, set, type, occasions }: Place<Stage>): void {
  describe(name, () => {
    let stage: Stage
    const stops: (() => unknown)[] = []
    beforeAll(async () => {
      stage = await set((stop) => stops.push(stop))
    })
    afterAll(async () => {
      for (const stop of stops.reverse()) await stop()
    })
    typeEach(occasions, () => stage, type)
  })
}

/** Types lines among other tests, on what these have set up. */
export function typeEach<Stage>(
  occasions: Occasions<Stage>,
  stageNow: () => Stage,
  type: Place<Stage>['type'],
): void {
  for (const [line, occasion] of Object.entries(occasions)) {
    const { as = (same) => same, before, code = 0, says, after, where = [true, ''] } = occasion
    itWhere(...where)(line, async () => {
      const stage = stageNow()
      await before?.(stage)
      const told = await type(stage, as(line, stage))
      if (![code].flat().includes(told.code ?? -1))
        throw new Error(`it ended with ${told.code}:\n${told.err}\n${told.out}`)
      if (says !== undefined) expect(told.out + told.err).toMatch(says)
      await after?.(stage, told)
    })
  }
}
