/** Builders of what one pass saw, with a good end as the starting point; each test names only what differs. */
import type { Flush, HookFacts, LifecycleAction, Manifest, Observation, Proof } from '../../src/model.ts'
import { type Policy, readPolicy } from '../../src/policy.ts'

export const MINUTE = 60_000
export const START = Date.parse('2026-01-02T03:04:05Z')

export const environment = {
  HOOK_NAME: 'termination-guard',
  DOCUMENT_NAME: 'termination-guard-flush',
  AWS_REGION: 'eu-west-1',
  QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/termination-guard',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/termination-guard-dead',
  ARCHIVE_BUCKET: 'elasticbeanstalk-eu-west-1-111122223333',
  ARCHIVE_PREFIX: 'resources/environments/logs/publish/{environment}/{instance}/',
  ARCHIVE_KEY_RULE: 'underscores',
}

export const policy: Policy = readPolicy(environment)

export const action: LifecycleAction = {
  groupName: 'awseb-e-abcdefghij-stack-AWSEBAutoScalingGroup-1A2B3C',
  hookName: 'termination-guard',
  instanceId: 'i-0123456789abcdef0',
  token: 'bbbbbbbb-0000-0000-0000-000000000002',
  startedAt: START,
}

export const file = {
  path: '/var/log/tomcat8/rotated/localhost_access_log.txt1466114461.gz',
  size: 12,
  md5: 'a'.repeat(32),
  sha256: 'b'.repeat(64),
  modifiedAt: START,
}

export function manifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    instanceId: action.instanceId,
    purpose: 'termination',
    census: 1,
    files: [file],
    live: [],
    unaccounted: [],
    accounted: [],
    writers: [],
    notes: [],
    ...changes,
  }
}

export function flush(changes: Partial<Flush> = {}): Flush {
  return {
    commandId: 'c-1',
    status: 'succeeded',
    statusDetails: 'Success',
    requestedAt: START + 1000,
    endedAt: START + 20_000,
    report: { kind: 'manifest', manifest: manifest() },
    ...changes,
  }
}

export const running = flush({
  status: 'running',
  statusDetails: 'InProgress',
  endedAt: undefined,
  report: undefined,
})
export const failed = flush({ status: 'failed', statusDetails: 'Failed', report: undefined })

export const complete: Proof = { files: 1, bytes: 12, gaps: [] }
export const incomplete: Proof = { files: 1, bytes: 12, gaps: [{ path: file.path, key: 'k', is: 'missing' }] }

export const hook: HookFacts = { heartbeatTimeoutSeconds: 3600, globalTimeoutSeconds: 172_800, retains: true }

export function seen(changes: Partial<Observation> = {}): Observation {
  return {
    now: START + 5 * MINUTE,
    action,
    hold: 'held',
    lifecycleState: undefined,
    machine: 'alive',
    agent: 'unknown',
    troubles: [],
    wokenBy: undefined,
    busyWith: undefined,
    flushes: [flush()],
    proof: complete,
    hook,
    ...changes,
  }
}
