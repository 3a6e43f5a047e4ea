/** Every mutant, room by room. */
import { actionMutants } from './action-mutants.ts'
import { archiveMutants } from './archive-mutants.ts'
import { auditMutants } from './audit-mutants.ts'
import { awsMutants } from './aws-mutants.ts'
import { decisionMutants } from './decision-mutants.ts'
import { flushMutants } from './flush-mutants.ts'
import type { Mutant } from './mutant.ts'
import { sweepMutants } from './sweep-mutants.ts'
import { terminationMutants } from './termination-mutants.ts'

export const mutants: readonly Mutant[] = [
  ...actionMutants,
  ...archiveMutants,
  ...auditMutants,
  ...awsMutants,
  ...decisionMutants,
  ...flushMutants,
  ...sweepMutants,
  ...terminationMutants,
]
