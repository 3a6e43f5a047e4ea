/** What making copies of dead machines' disks takes of EC2, and what of it IAM can confine. */

import { LET_GO } from '../src/termination/disk-mark.ts'
import type { Value } from './environment.ts'
import { anywhere, instances, type Statement, snapshots, taggingVolumes, volumes } from './statements.ts'

/**
 * Making copies of volumes, and throwing them away: nothing is made without our tag, and nothing that has it not is attached, or deleted. Of
 * which volumes snapshots are made cannot be confined: a volume has no tag of its group. To which instances volumes are attached is said apart.
 */
export function copying(key: string): Statement[] {
  const made = { Null: { [`aws:RequestTag/${key}`]: 'false' } }
  const ours = { Null: { [`aws:ResourceTag/${key}`]: 'false' } }
  const allow = (
    Action: string[],
    Resource: Value | Value[],
    Condition?: Statement['Condition'],
  ): Statement => ({
    ...{ Effect: 'Allow', Action, Resource },
    ...(Condition && { Condition }),
  })
  return [
    ...anywhere('ec2:DescribeSnapshots'),
    allow(['ec2:CreateSnapshot'], volumes),
    allow(['ec2:CreateSnapshot'], snapshots, made),
    allow(['ec2:CreateVolume'], volumes, made),
    allow(['ec2:CreateTags'], [volumes, snapshots], {
      StringEquals: { 'ec2:CreateAction': ['CreateSnapshot', 'CreateVolume'] },
      'ForAllValues:StringEquals': { 'aws:TagKeys': [key] },
    }),
    {
      // Whatever else allows it: what is ours is so from its beginning.
      ...{ Effect: 'Deny', Action: ['ec2:CreateTags'], Resource: '*' },
      Condition: {
        'ForAnyValue:StringEquals': { 'aws:TagKeys': [key] },
        Null: { 'ec2:CreateAction': 'true' },
      },
    },
    allow(['ec2:CreateVolume', 'ec2:DeleteSnapshot'], snapshots, ours),
    allow(['ec2:AttachVolume', 'ec2:DetachVolume', 'ec2:DeleteVolume'], volumes, ours),
    {
      // Whatever else allows it: the tag that chooses a group may be on its volumes, too.
      ...{ Effect: 'Deny', Action: ['ec2:AttachVolume', 'ec2:DetachVolume'], Resource: volumes },
      Condition: { Null: { [`aws:ResourceTag/${key}`]: 'true' } },
    },
  ]
}

/**
 * The disks of machines that are gone: marking them while their machine lives, taking them out of the Recycle Bin, copying and deleting
 * them. IAM cannot confine which volumes get the marks: a volume has no tag of its group. So the role could mark, and then delete, any
 * volume that is attached to nothing.
 */
export function binning(keys: DiskKeys): Statement[] {
  const allow = (action: string, Condition: NonNullable<Statement['Condition']>): Statement => ({
    ...{ Effect: 'Allow', Action: [action], Resource: volumes, Condition },
  })
  return [
    ...anywhere('ec2:ListVolumesInRecycleBin'),
    ...taggingVolumes(keys.bin, keys.disk, keys.group),
    allow('ec2:RestoreVolumeFromRecycleBin', { Null: { [`aws:ResourceTag/${keys.disk}`]: 'false' } }),
    allow('ec2:DeleteVolume', { StringEquals: { [`aws:ResourceTag/${keys.bin}`]: LET_GO } }),
  ]
}

/** Said of a machine whose logs are proven, and of its disk: that may be deleted for good. Only of what is marked. */
export function lettingDisksGo(keys: DiskKeys): Statement[] {
  const Condition = {
    'ForAllValues:StringEquals': { 'aws:TagKeys': [keys.bin] },
    Null: { [`aws:ResourceTag/${keys.disk}`]: 'false' },
  }
  return [{ Effect: 'Allow', Action: ['ec2:CreateTags'], Resource: [volumes, instances], Condition }]
}

export interface DiskKeys {
  readonly bin: string
  readonly disk: string
  readonly group: string
}
