/** The guide's list of prerequisites, item by item. */
import { bucketPolicy, encryption, lifecycle, versioning } from './bucket.ts'
import type { DeploymentFacts, GroupFacts } from './facts.ts'
import type { Check } from './finding.ts'
import {
  alarmsAreHeard,
  documentFits,
  functionsEnd,
  functionsRun,
  groupsAreEnrolled,
  lastSuccess,
  policiesFit,
} from './functions.ts'
import { defaultResult, heartbeat, hookIsThere, hookNotifies, retention } from './hook.ts'
import { agentAnswers, hasVolumes, isProtected, isPublishing, roleMayPut } from './instances.ts'
import { draining, loadBalancer } from './load-balancer.ts'
import { deadLetters, notificationArrives, queuePolicy } from './queue.ts'

export const deploymentChecks: readonly Check<DeploymentFacts>[] = [
  queuePolicy,
  notificationArrives,
  deadLetters,
  documentFits,
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
]
