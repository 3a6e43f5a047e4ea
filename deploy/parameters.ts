/** What a person may write for one deployment, and what it comes to once it is read. */

import type { Profile } from '../src/flush/profile.ts'
import type { Rung } from '../src/rungs.ts'
import type { Selection } from '../src/selection.ts'

/** As `serverless.yml` and `--param` give them. */
export type Parameters = Readonly<Record<ParameterName, unknown>>

export const parameterNames = [
  'groups',
  'profile',
  'bucket',
  'bucketOwner',
  'prefix',
  'movedTo',
  'manifestPrefix',
  'encryption',
  'kmsKeyArn',
  'retain',
  'withoutRetention',
  'recover',
  'recoveriesAtOnce',
  'binDays',
  'heartbeat',
  'patience',
  'attempts',
  'lookAgain',
  'flushTimeout',
  'auditAfter',
  'heldAlarm',
  'alarmEmail',
  'logRetention',
] as const
export type ParameterName = (typeof parameterNames)[number]

export const encryptions = ['none', 'AES256', 'aws:kms'] as const
export type Encryption = (typeof encryptions)[number]

export interface Settings {
  /** `termination-guard-<stage>`: what everything of one deployment is named after, the hook included. */
  readonly name: string
  readonly groups: string
  /** `groups=none`: that nothing is chosen is no oversight. */
  readonly isGuardingNothing: boolean
  readonly selections: readonly Selection[]
  readonly profile: Profile
  /** `undefined`: Elastic Beanstalk's own bucket of the account and Region. */
  readonly bucket: string | undefined
  /** The bucket's account; `undefined`: the deployment's own. Nothing is read from or written to anybody else's. */
  readonly bucketOwner: string | undefined
  readonly prefix: string
  readonly movedTo: string
  readonly manifestPrefix: string
  /** How uploads ask S3 to encrypt them; `none`: as the bucket itself does. */
  readonly encryption: Encryption
  readonly kmsKeyArn: string | undefined
  readonly retain: boolean
  readonly withoutRetention: 'hold' | 'abandon'
  /** What the sweep tries by itself with machines whose logs could not be proven; empty: nothing. */
  readonly rungs: readonly Rung[]
  readonly recoveriesAtOnce: number
  /** How long the Recycle Bin keeps the disk of a machine that was terminated past the hook. */
  readonly binDays: number
  readonly heartbeatSeconds: number
  readonly patienceSeconds: number
  readonly maxAttempts: number
  readonly lookAgainSeconds: number
  readonly flushTimeoutSeconds: number
  readonly auditAfterSeconds: number
  readonly heldAlarmSeconds: number
  readonly alarmEmail: string | undefined
  readonly logRetentionDays: number
  /** The queue's visibility timeout: at least six times the function's (Lambda's rule), at most half a heartbeat. */
  readonly visibilitySeconds: number
  readonly functionTimeoutSeconds: number
  readonly maxReceiveCount: number
}
