/** What making full root volumes larger takes of EC2, and what of it IAM can confine. */
import { anywhere, type Statement, taggingVolumes, volumes } from './statements.ts'

/** Only what was marked before, so that it happens once an action. Whose volume is marked cannot be confined: it has no tag of its group. */
export function growing(key: string): Statement[] {
  return [
    ...anywhere('ec2:DescribeVolumesModifications'),
    ...taggingVolumes(key),
    {
      ...{ Effect: 'Allow', Action: ['ec2:ModifyVolume'], Resource: volumes },
      Condition: { Null: { [`aws:ResourceTag/${key}`]: 'false' } },
    },
  ]
}
