/** Runs seeds until one finds something, and says what. Started by mutants.ts in a copy of the sources with a bug in it. */
import { simulate } from '../testbed/simulator/simulate.ts'

Error.stackTraceLimit = 0
const seeds = Number(process.argv[2])
for (let seed = 1; seed <= seeds; seed++) {
  const [violation] = (await simulate(seed)).violations
  if (!violation) continue
  console.log(`${violation.invariant} (seed ${seed})`)
  process.exitCode = 3
  break
}
