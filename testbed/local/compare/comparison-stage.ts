import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { ENVIRONMENT_ID } from '../demo/deployment.ts'
import { type Group, openGroup } from '../demo/group.ts'
import { type MachineRoom, openMachineRoom } from '../instance/machine-room.ts'
import { type LocalAws, startLocalAws } from '../local-aws.ts'
import type { Trial } from './trials.ts'

/** An AWS of its own for one side of one trial, with a bucket, and no group yet. */
export interface Stage {
  readonly aws: LocalAws
  readonly room: MachineRoom
  readonly group: Group
  readonly bucket: string
  readonly autoScaling: AutoScalingClient
  readonly s3: S3Client
  readonly ssm: SSMClient
  /** Ends every process and deletes every file. */
  stop(): Promise<void>
}

/** Short, so that every line is soon on the disk; nothing is published before the termination. */
const BUFFER_MS = 500
const CALLER = 'INSTANCE'

export async function openStage(
  { group, bucket, rootedScripts }: StageOptions,
  { cutsUploads }: Trial,
): Promise<Stage> {
  let room: MachineRoom | undefined
  const aws = await startLocalAws({
    launch: (instance) => {
      if (room === undefined) throw new Error('the machine room is not open yet')
      return room.launch(instance)
    },
    cutsUploadsOf: (caller) => cutsUploads === true && caller === CALLER,
    // A notification that nobody takes any more, at the end: what it meant is in what is counted.
    onProblem: () => {},
  })
  const { endpoints, region } = aws
  const client = (endpoint: string) => ({
    endpoint,
    region,
    credentials: aws.credentials('OPERATOR'),
  })
  room = openMachineRoom({
    directory: aws.directory,
    environment: { ...aws.environment(CALLER), EB_BUCKET: bucket, EB_ENVIRONMENT_ID: ENVIRONMENT_ID },
    bufferMs: BUFFER_MS,
    publishEveryMs: undefined,
    rootedScripts,
  })
  const autoScaling = new AutoScalingClient(client(endpoints.autoscaling))
  const s3 = new S3Client({ ...client(endpoints.s3), forcePathStyle: true })
  const ssm = new SSMClient(client(endpoints.ssm))
  const stage = {
    aws,
    room,
    group: openGroup(autoScaling, group),
    bucket,
    autoScaling,
    s3,
    ssm,
    async stop() {
      await aws.stop()
      await room.stop()
      for (const one of [autoScaling, s3, ssm]) one.destroy()
    },
  }
  try {
    await aws.createBucket(bucket)
    return stage
  } catch (error) {
    await stage.stop()
    throw error
  }
}

export interface StageOptions {
  /** What the group will be called. */
  readonly group: string
  readonly bucket: string
  /** Whether scripts that run there need to be told where its root is. */
  readonly rootedScripts: boolean
}
