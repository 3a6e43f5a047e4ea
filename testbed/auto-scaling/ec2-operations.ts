/** What EC2 and the Recycle Bin's own service answer to. */
import {
  describeInstances,
  getConsoleOutput,
  modifyInstanceAttribute,
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
} from './ec2.ts'
import { createTags, deleteEc2Tags } from './ec2-tags.ts'
import {
  createRule,
  deleteRule,
  getRule,
  listRules,
  listVolumesInRecycleBin,
  restoreVolumeFromRecycleBin,
} from './recycle-bin.ts'
import { createSnapshot, createSnapshots, deleteSnapshot, describeSnapshots } from './snapshots.ts'
import { attachVolume, detachVolume } from './volume-attachments.ts'
import { describeVolumesModifications, modifyVolume } from './volume-growth.ts'
import { createVolume, deleteVolume, describeVolumes } from './volumes.ts'

/** EC2's operations, by AWS's names. */
export const ec2Operations = {
  AttachVolume: attachVolume,
  CreateSnapshot: createSnapshot,
  CreateSnapshots: createSnapshots,
  CreateTags: createTags,
  CreateVolume: createVolume,
  DeleteSnapshot: deleteSnapshot,
  DeleteVolume: deleteVolume,
  DescribeInstances: describeInstances,
  DescribeSnapshots: describeSnapshots,
  DescribeVolumes: describeVolumes,
  DescribeVolumesModifications: describeVolumesModifications,
  DetachVolume: detachVolume,
  GetConsoleOutput: getConsoleOutput,
  ListVolumesInRecycleBin: listVolumesInRecycleBin,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  ModifyVolume: modifyVolume,
  RebootInstances: rebootInstances,
  RestoreVolumeFromRecycleBin: restoreVolumeFromRecycleBin,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
} as const

/** EC2's DeleteTags: Auto Scaling has an operation of that name, too. */
export const namesakes = { DeleteEc2Tags: deleteEc2Tags } as const

/** The operations of the Recycle Bin's own service, by AWS's names. */
export const recycleBinOperations = {
  CreateRule: createRule,
  DeleteRule: deleteRule,
  GetRule: getRule,
  ListRules: listRules,
} as const
