import type { ParameterName } from '../../deploy/parameters.ts'

/** The parameters as `serverless.yml` has them. */
export const defaults: Record<ParameterName, unknown> = {
  groups: '',
  profile: 'beanstalk',
  bucket: '',
  bucketOwner: '',
  prefix: '',
  movedTo: '',
  manifestPrefix: 'termination-guard/manifests/',
  encryption: 'none',
  kmsKeyArn: '',
  retain: 'yes',
  withoutRetention: 'hold',
  recover: 'none',
  recoveriesAtOnce: 5,
  binDays: 1,
  heartbeat: 3600,
  patience: 7200,
  attempts: 5,
  lookAgain: 900,
  flushTimeout: 1800,
  auditAfter: 10800,
  heldAlarm: 3600,
  alarmEmail: '',
  logRetention: 90,
}
