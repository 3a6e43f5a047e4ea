/** The guide's list of prerequisites, item by item. */
import { bucketPolicy, encryption, lifecycle, versioning } from './bucket.ts'
import { documentsFit } from './documents.ts'
import type { DeploymentFacts, GroupFacts } from './facts.ts'
import type { Check } from './finding.ts'
import {
  alarmsAreHeard,
  functionsEnd,
  functionsRun,
  groupsAreEnrolled,
  lastSuccess,
  policiesFit,
} from './functions.ts'
import { defaultResult, heartbeat, hookIsThere, hookNotifies, retention } from './hook.ts'
import { agentAnswers, hasOneVolume, hasVolumes, isProtected, isPublishing, roleMayPut } from './instances.ts'
import { draining, loadBalancer } from './load-balancer.ts'
import { deadLetters, notificationArrives, queuePolicy } from './queue.ts'

export const deploymentChecks: readonly Check<DeploymentFacts>[] = [
  queuePolicy,
  notificationArrives,
  deadLetters,
  documentsFit,
  bucketPolicy,
  versioning,
  encryption,
  lifecycle,
  functionsRun,
  functionsEnd,
  groupsAreEnrolled,
  lastSuccess,
  alarmsAreHeard,
  policiesFit,
]

export const groupChecks: readonly Check<GroupFacts>[] = [
  hookIsThere,
  hookNotifies,
  defaultResult,
  heartbeat,
  retention,
  loadBalancer,
  draining,
  agentAnswers,
  roleMayPut,
  isPublishing,
  isProtected,
  hasVolumes,
  hasOneVolume,
]
