/** What an instance's role may do, as IAM's own simulation says. */
import type { Asked } from '../../aws/ask.ts'
import type { Deployment } from '../deployment.ts'
import { known } from '../known.ts'
import type { Rights } from './facts.ts'
import { FORBIDDEN } from './instances.ts'

const REACHED_BY_SSM = ['ssm:UpdateInstanceInformation', 'ssmmessages:OpenControlChannel']

type RightsOf = (profileArn: string | undefined, prefix: string) => Promise<Asked<Rights | undefined>>

/** Each instance profile is asked about once: the policies that the guard prints name no single instance. */
export function rightsOf(deployment: Deployment): RightsOf {
  const asked = new Map<string, Promise<Asked<Rights | undefined>>>()
  return async (profileArn, prefix) => {
    if (profileArn === undefined) return { is: 'answered', answer: undefined }
    const before = asked.get(profileArn)
    if (before) return await before
    const now = known(() => simulated(deployment, profileArn, prefix))
    asked.set(profileArn, now)
    return await now
  }
}

async function simulated(
  { inspection, policy: { archive } }: Deployment,
  profileArn: string,
  prefix: string,
): Promise<Rights | undefined> {
  const InstanceProfileName = profileArn.split('/').at(-1) ?? ''
  const { InstanceProfile } = await inspection.getInstanceProfile({ InstanceProfileName })
  const PolicySourceArn = InstanceProfile?.Roles?.[0]?.Arn
  if (!PolicySourceArn) return undefined
  const partition = profileArn.split(':')[1] ?? 'aws'
  const object = `arn:${partition}:s3:::${archive.bucket}/${prefix}doctor`
  const rights = new Map<string, 'allowed' | 'denied'>()
  const ask = async (ActionNames: string[], resource: string) => {
    const answer = await inspection.simulatePrincipalPolicy({
      ...{ PolicySourceArn, ActionNames, ResourceArns: [resource] },
      ...(archive.bucketOwner && {
        ContextEntries: [
          {
            ContextKeyName: 's3:ResourceAccount',
            ContextKeyValues: [archive.bucketOwner],
            ContextKeyType: 'string' as const,
          },
        ],
      }),
    })
    for (const { EvalActionName, EvalDecision } of answer.EvaluationResults ?? [])
      rights.set(EvalActionName ?? '', EvalDecision === 'allowed' ? 'allowed' : 'denied')
    const untold = ActionNames.filter((action) => !rights.has(action))
    if (untold.length > 0) throw new Error(`IAM does not tell of ${untold.join(', ')}`)
  }
  await ask(['s3:PutObject', ...FORBIDDEN.filter((action) => action.startsWith('s3:'))], object)
  await ask([...REACHED_BY_SSM, ...FORBIDDEN.filter((action) => !action.startsWith('s3:'))], '*')
  return rights
}
