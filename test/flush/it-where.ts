import { it } from '@jest/globals'

/** A test for machines that can run it; elsewhere it is skipped and its name says why. */
export function itWhere(
  condition: boolean,
  reason: string,
): (name: string, test: () => Promise<void>) => void {
  return (name, test) => (condition ? it(name, test) : it.skip(`${name} (skipped: ${reason})`, test))
}
