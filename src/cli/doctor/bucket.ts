/** The bucket of the archive: what was proven must stay. Pure. */
import type { LifecycleRule } from '@aws-sdk/client-s3'
import type { DeploymentFacts } from './facts.ts'
import { type Check, fail, judged, pass, unknown } from './finding.ts'
import { denies, readPolicyDocument } from './policy-document.ts'

/** An action may last for two days, and its objects are asked about until then. */
const SHORTEST_LIFE_DAYS = 3
const USED = ['s3:PutObject', 's3:GetObject', 's3:ListBucket'] as const

export const versioning: Check<DeploymentFacts> = {
  name: 'versioning',
  why: 'every guarded instance may put under every prefix: only versions keep a proven object that is overwritten later',
  look: ({ versioning: asked, policy: { archive } }, { typedAws }) => [
    judged(asked, archive.bucket, (status) =>
      status === 'Enabled'
        ? pass('the bucket keeps versions')
        : fail(
            `versioning is ${status ?? 'off'}`,
            typedAws(
              `s3api put-bucket-versioning --bucket ${archive.bucket} --versioning-configuration Status=Enabled`,
            ),
            { do: 'version the bucket', bucket: archive.bucket },
          ),
    ),
  ],
}

export const encryption: Check<DeploymentFacts> = {
  name: 'encryption',
  why: 'under a KMS key of one’s own, instances and the guard need rights on the key, and digests are compared by reading',
  look: ({ encryption: asked, policy: { archive } }) => [
    judged(asked, archive.bucket, (rules) => {
      const rule = rules[0]?.ApplyServerSideEncryptionByDefault
      if (!rule?.SSEAlgorithm?.startsWith('aws:kms')) return pass(rule?.SSEAlgorithm ?? 'as S3 does it')
      const key = rule.KMSMasterKeyID ?? 'the account’s own key'
      const remedy = 'deploy with --param="encryption=aws:kms" --param="kmsKeyArn=…"'
      if (archive.encryption === '')
        return fail(`the bucket encrypts with ${key}, and the guard does not know it`, remedy)
      return pass(`KMS, ${key}`)
    }),
  ],
}

export const lifecycle: Check<DeploymentFacts> = {
  name: 'lifecycle-rules',
  why: 'a rule that deletes logs while their termination is still open undoes the proof',
  look: ({ lifecycle: asked, policy: { archive } }) => [
    judged(asked, archive.bucket, (rules) => {
      const ours = rules.filter((rule) => rule.Status === 'Enabled' && touches(rule, archive.prefix))
      const days = (rule: LifecycleRule) => rule.Expiration?.Days
      const soon = ours.find((rule) => (days(rule) ?? Number.POSITIVE_INFINITY) < SHORTEST_LIFE_DAYS)
      if (soon)
        return fail(
          `rule ${soon.ID ?? ''} deletes logs after ${days(soon)} days`,
          'exclude the archive’s prefix',
        )
      const dated = ours.find((rule) => rule.Expiration?.Date)
      if (dated) return unknown(`rule ${dated.ID ?? ''} deletes at a date`, 'exclude the archive’s prefix')
      const shortest = Math.min(...ours.map((rule) => days(rule) ?? Number.POSITIVE_INFINITY))
      return pass(Number.isFinite(shortest) ? `logs live for ${shortest} days` : 'no rule deletes logs')
    }),
  ],
}

export const bucketPolicy: Check<DeploymentFacts> = {
  name: 'bucket-policy',
  why: 'what the bucket refuses, no role can do',
  look: ({ bucketPolicy: asked, policy: { archive } }) => [
    judged(asked, archive.bucket, (text) => {
      if (text === undefined) return pass('none')
      const document = readPolicyDocument(text)
      if (!document) return unknown('its policy cannot be read', 'look at it')
      const refusals = document.flatMap((statement) =>
        USED.filter((action) => denies(statement, action)).map((action) => ({ statement, action })),
      )
      const [first] = refusals
      if (!first) return pass('it refuses nothing that is needed')
      const says = `${first.statement.Sid ?? 'a statement'} denies ${first.action}`
      return Object.keys(first.statement.Condition ?? {}).length === 0
        ? fail(says, 'except the guard’s roles and the instances’ from it')
        : unknown(
            `${says} under conditions`,
            'look whether they hold for the guard’s roles and the instances’',
          )
    }),
  ],
}

/** Whether a rule is about any instance's logs: one prefix begins with the other, as far as the template is fixed. */
function touches({ Filter, Prefix }: LifecycleRule, template: string): boolean {
  const rule = Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? ''
  const fixed = template.split('{')[0] ?? ''
  return rule.startsWith(fixed) || fixed.startsWith(rule)
}
