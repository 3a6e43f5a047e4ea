/** Every mutant, room by room. */
import { actionMutants } from './action-mutants.ts'
import { alarmMutants } from './alarm-mutants.ts'
import { answerMutants } from './answer-mutants.ts'
import { archiveMutants } from './archive-mutants.ts'
import { auditMutants } from './audit-mutants.ts'
import { awsMutants } from './aws-mutants.ts'
import { batchMutants } from './batch-mutants.ts'
import { besideMutants } from './beside-mutants.ts'
import { binMutants } from './bin-mutants.ts'
import { cloneMutants } from './clone-mutants.ts'
import { commandMutants } from './command-mutants.ts'
import { configurationMutants } from './configuration-mutants.ts'
import { copyMarkMutants } from './copy-mark-mutants.ts'
import { copyStepMutants } from './copy-step-mutants.ts'
import { decisionMutants } from './decision-mutants.ts'
import { deletedMutants } from './deleted-mutants.ts'
import { deployMutants } from './deploy-mutants.ts'
import { deployingMutants } from './deploying-mutants.ts'
import { diskMarkMutants } from './disk-mark-mutants.ts'
import { doctorDeploymentMutants } from './doctor-deployment-mutants.ts'
import { doctorGroupMutants } from './doctor-group-mutants.ts'
import { enrolmentMutants } from './enrolment-mutants.ts'
import { enrolmentPlanMutants } from './enrolment-plan-mutants.ts'
import { evidenceMutants } from './evidence-mutants.ts'
import { flushMutants } from './flush-mutants.ts'
import { growMutants } from './grow-mutants.ts'
import { heldLookMutants } from './held-look-mutants.ts'
import { journalMutants } from './journal-mutants.ts'
import { lastingMutants } from './lasting-mutants.ts'
import { listingMutants } from './listing-mutants.ts'
import type { Mutant } from './mutant.ts'
import { namesMutants } from './names-mutants.ts'
import { orphanMutants } from './orphan-mutants.ts'
import { othersMutants } from './others-mutants.ts'
import { pageMutants } from './page-mutants.ts'
import { parameterMutants } from './parameter-mutants.ts'
import { permissionMutants } from './permission-mutants.ts'
import { promiseMutants } from './promise-mutants.ts'
import { proofMutants } from './proof-mutants.ts'
import { publishingMutants } from './publishing-mutants.ts'
import { receiptMutants } from './receipt-mutants.ts'
import { recoveryMutants } from './recovery-mutants.ts'
import { replacedDiskMutants } from './replaced-disk-mutants.ts'
import { replacementMutants } from './replacement-mutants.ts'
import { roomMutants } from './room-mutants.ts'
import { salvageCommandMutants } from './salvage-command-mutants.ts'
import { salvageMutants } from './salvage-mutants.ts'
import { salvagedPlaceMutants } from './salvaged-place-mutants.ts'
import { scriptMutants } from './script-mutants.ts'
import { sightMutants } from './sight-mutants.ts'
import { sweepMutants } from './sweep-mutants.ts'
import { tellingMutants } from './telling-mutants.ts'
import { terminationMutants } from './termination-mutants.ts'
import { timeMutants } from './time-mutants.ts'
import { turnMutants } from './turn-mutants.ts'
import { untoldMutants } from './untold-mutants.ts'
import { withdrawalMutants } from './withdrawal-mutants.ts'
import { wordingMutants } from './wording-mutants.ts'

export const mutants: readonly Mutant[] = [
  ...actionMutants,
  ...permissionMutants,
  ...wordingMutants,
  ...lastingMutants,
  ...archiveMutants,
  ...auditMutants,
  ...awsMutants,
  ...decisionMutants,
  ...deployMutants,
  ...doctorDeploymentMutants,
  ...doctorGroupMutants,
  ...enrolmentMutants,
  ...enrolmentPlanMutants,
  ...withdrawalMutants,
  ...flushMutants,
  ...namesMutants,
  ...recoveryMutants,
  ...heldLookMutants,
  ...cloneMutants,
  ...commandMutants,
  ...configurationMutants,
  ...copyMarkMutants,
  ...copyStepMutants,
  ...binMutants,
  ...orphanMutants,
  ...diskMarkMutants,
  ...growMutants,
  ...listingMutants,
  ...receiptMutants,
  ...roomMutants,
  ...replacedDiskMutants,
  ...replacementMutants,
  ...salvageCommandMutants,
  ...salvageMutants,
  ...salvagedPlaceMutants,
  ...scriptMutants,
  ...evidenceMutants,
  ...deletedMutants,
  ...promiseMutants,
  ...sightMutants,
  ...sweepMutants,
  ...tellingMutants,
  ...terminationMutants,
  ...timeMutants,
  ...othersMutants,
  ...answerMutants,
  ...batchMutants,
  ...besideMutants,
  ...untoldMutants,
  ...turnMutants,
  ...journalMutants,
  ...proofMutants,
  ...publishingMutants,
  ...pageMutants,
  ...alarmMutants,
  ...parameterMutants,
  ...deployingMutants,
]
