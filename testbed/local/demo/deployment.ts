import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeLifecycleHooksCommand,
} from '@aws-sdk/client-auto-scaling'
import { hookName, type InstalledGuard, installGuard, type Waits } from '../installed-guard.ts'
import { accountId, type LocalAws } from '../local-aws.ts'
import { waitFor } from './patience.ts'

/** An Elastic Beanstalk environment, named as Beanstalk names things. */
export const ENVIRONMENT_ID = 'e-demo2mxf6k'
export const GROUP_NAME = `awseb-${ENVIRONMENT_ID}-stack-AWSEBAutoScalingGroup-1KQ2ZT0V3GHXB`
export const BUCKET = `elasticbeanstalk-eu-west-1-${accountId}`

/** What its load balancer sends requests to. */
const TARGET_GROUP = `arn:aws:elasticloadbalancing:eu-west-1:${accountId}:targetgroup/awseb-AWSEB-1KQ2ZT0V3GHX/0123456789abcdef`

/**
 * The waits that the guard is given here, in seconds: a day passes in a minute. PATIENCE is what a dead agent costs;
 * QUEUE_VISIBILITY is how long a killed Lambda's message stays out of sight.
 */
const WAITS: Waits = {
  QUEUE_VISIBILITY_SECONDS: '8',
  HEARTBEAT_TIMEOUT_SECONDS: '60',
  PATIENCE_SECONDS: '120',
  RETRY_SECONDS: '1',
  LOOK_AGAIN_SECONDS: '5',
  PENDING_SECONDS: '1',
  DELIVERY_TIMEOUT_SECONDS: '30',
  EXECUTION_TIMEOUT_SECONDS: '60',
  PASS_SECONDS: '1',
  REBOOT_AFTER_SECONDS: '5',
}
const SWEEP_EVERY_MS = 5_000

/** The guard, told to enrol the group by its name; the hook and retention are its own work, as its first instance comes up. */
export function deployGuard(aws: LocalAws, onLine: (line: string) => void): Promise<InstalledGuard> {
  return installGuard(aws, {
    bucket: BUCKET,
    waits: WAITS,
    groups: GROUP_NAME,
    recover: 'reboot,clone,bin',
    functionTimeoutSeconds: 5,
    sweepEveryMs: SWEEP_EVERY_MS,
    onLine,
  })
}

/** The group as Elastic Beanstalk makes it. */
export async function createGroup(
  autoScaling: AutoScalingClient,
  instances: number,
  name = GROUP_NAME,
): Promise<void> {
  const input = {
    AutoScalingGroupName: name,
    LaunchTemplate: { LaunchTemplateName: 'web' },
    MinSize: 0,
    MaxSize: 4 * instances,
    DesiredCapacity: instances,
    HealthCheckType: 'ELB',
    TargetGroupARNs: [TARGET_GROUP],
  }
  await autoScaling.send(new CreateAutoScalingGroupCommand(input))
}

/** Resolves when the group has the guard's hook. */
export async function enrolled(autoScaling: AutoScalingClient): Promise<void> {
  const question = new DescribeLifecycleHooksCommand({ AutoScalingGroupName: GROUP_NAME })
  await waitFor('the group to be enrolled', async () => {
    const { LifecycleHooks = [] } = await autoScaling.send(question)
    return LifecycleHooks.find(({ LifecycleHookName }) => LifecycleHookName === hookName)
  })
}
