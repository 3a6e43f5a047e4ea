/** When people and passers-by do what they do: at times drawn by chance, while the chaos lasts. */
import type { Surroundings } from './surroundings.ts'

/** So many times a day, each at some time of it. */
export function often(world: Surroundings, expected: number, work: () => void): void {
  for (let left = expected; left > 0; left--) if (world.chance.of(left)) sometime(world, work)
}

export function sometime({ time, chance, setting }: Surroundings, work: () => void): void {
  time.after(chance.between(0.05, 0.9) * setting.chaosMs, work)
}

/** What a person tries may well be refused. */
export function attempt({ trace }: Pick<Surroundings, 'trace'>, work: () => unknown): void {
  try {
    work()
  } catch (error) {
    trace?.note('person', `is refused: ${error instanceof Error ? error.message : error}`)
  }
}
