/** The composition root that all functions share: environment, AWS, time, chance and log, made once per container. */
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { connect } from '../src/aws/sdk.ts'
import type { Guard } from '../src/guard.ts'
import { journalTo, METRICS_NAMESPACE, SERVICE } from '../src/journal/log.ts'
import { readPolicy } from '../src/policy.ts'
import { BUNDLED } from '../src/selection.ts'

/** Put in by esbuild.config.cjs. */
declare const GUARDED_GROUPS: string

let guard: Guard | undefined

/** Throws one Error that names every bad value of the environment; the messages then stay in the queue. */
export function theGuard(): Guard {
  guard ??= compose(process.env)
  return guard
}

function compose(environment: NodeJS.ProcessEnv): Guard {
  const policy = readPolicy(
    environment.GROUPS === BUNDLED ? { ...environment, GROUPS: GUARDED_GROUPS } : environment,
  )
  // Alarms tell the deployments of an account apart by it.
  const serviceName = environment.POWERTOOLS_SERVICE_NAME ?? SERVICE
  const logger = new Logger({ serviceName })
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName })
  return {
    aws: connect(policy.region, { bucketOwner: policy.archive.bucketOwner }),
    clock: { now: Date.now },
    random: Math.random,
    policy,
    journal: journalTo(logger, metrics),
  }
}
