/** Mends one thing that a check found. What is read again just before is what it is by then. */
import { hookOf } from '../../termination/hook.ts'
import type { Deployment } from '../deployment.ts'
import { Refusal } from '../surroundings.ts'
import type { Fix } from './finding.ts'

export function mendingOf(fix: Fix): string {
  switch (fix.do) {
    case 'put the hook':
      return `put the hook of ${fix.groupName} again with ${JSON.stringify(fix.change)}`
    case 'set retention':
      return `keep abandoned instances of ${fix.groupName}`
    case 'version the bucket':
      return `turn on versioning of ${fix.bucket}`
    case 'protect':
      return `protect ${fix.instanceId} from direct termination`
  }
}

export async function mend({ aws, inspection, policy }: Deployment, fix: Fix): Promise<void> {
  switch (fix.do) {
    case 'put the hook': {
      const { hookName } = policy
      const hook = await hookOf(aws, { groupName: fix.groupName, hookName })
      if (!hook) throw new Refusal(`The hook of ${fix.groupName} is gone by now.`)
      const { GlobalTimeout: _, ...found } = hook
      const name = { AutoScalingGroupName: fix.groupName, LifecycleHookName: hookName }
      await aws.putLifecycleHook({ ...found, ...name, ...fix.change })
      return
    }
    case 'set retention':
      await aws.updateAutoScalingGroup({
        AutoScalingGroupName: fix.groupName,
        InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
      })
      return
    case 'version the bucket':
      await inspection.putBucketVersioning({
        Bucket: fix.bucket,
        VersioningConfiguration: { Status: 'Enabled' },
      })
      return
    case 'protect':
      await inspection.modifyInstanceAttribute({
        InstanceId: fix.instanceId,
        DisableApiTermination: { Value: true },
      })
      return
  }
}
