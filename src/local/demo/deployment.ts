import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling'
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm'
import { bundle } from '../../../scripts/bundle.ts'
import { buildDocument } from '../../flush/document.ts'
import { loadProfile } from '../../flush/profile.ts'
import { accountId, type LocalAws, type LocalFunction } from '../aws.ts'

/** An Elastic Beanstalk environment, named as Beanstalk names things. */
export const ENVIRONMENT_ID = 'e-demo2mxf6k'
export const GROUP_NAME = `awseb-${ENVIRONMENT_ID}-stack-AWSEBAutoScalingGroup-1KQ2ZT0V3GHXB`
export const BUCKET = `elasticbeanstalk-eu-west-1-${accountId}`

const HOOK_NAME = 'termination-guard'
const DOCUMENT_NAME = 'termination-guard-flush'

/**
 * The waits that the guard is given here, in seconds: a day passes in a minute. PATIENCE is what a dead agent costs;
 * QUEUE_VISIBILITY is how long a killed Lambda's message stays out of sight.
 */
const WAITS = {
  QUEUE_VISIBILITY_SECONDS: '8',
  HEARTBEAT_TIMEOUT_SECONDS: '60',
  PATIENCE_SECONDS: '25',
  RETRY_SECONDS: '1',
  LOOK_AGAIN_SECONDS: '5',
  PENDING_SECONDS: '1',
  DELIVERY_TIMEOUT_SECONDS: '30',
  EXECUTION_TIMEOUT_SECONDS: '60',
  PASS_SECONDS: '1',
} as const
const FUNCTION_TIMEOUT_SECONDS = 5
const SWEEP_EVERY_MS = 10_000

/** What remains to be asked of the guard's side of AWS. */
export interface Deployed {
  readonly queueUrl: string
  /** What takes the queue's messages. */
  readonly consumer: LocalFunction
}

/** What `serverless deploy` makes of a group: queue, functions, document, rule, hook. */
export async function deployGuard(
  aws: LocalAws,
  autoScaling: AutoScalingClient,
  onLine: (line: string) => void,
): Promise<Deployed> {
  const deadLetters = await aws.createQueue('termination-guard-dead-letters')
  const queue = await aws.createQueue('termination-guard', {
    VisibilityTimeout: WAITS.QUEUE_VISIBILITY_SECONDS,
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1_000 }),
  })
  // The SDK sends to the host in a queue's URL, and not every system resolves names under localhost.
  const reachable = (url: string) => new URL(new URL(url).pathname, aws.endpoints.sqs).href
  const profile = loadProfile('beanstalk')
  await putDocument(aws, JSON.stringify(buildDocument(profile)))
  aws.addRule({
    name: 'flush-ended',
    pattern: {
      source: ['aws.ssm'],
      'detail-type': ['EC2 Command Invocation Status-change Notification'],
      detail: { 'document-name': [DOCUMENT_NAME], status: ['Success', 'TimedOut', 'Canceled', 'Failed'] },
    },
    target: { queue: 'termination-guard' },
  })
  const variables = {
    ...WAITS,
    HOOK_NAME,
    DOCUMENT_NAME,
    QUEUE_URL: reachable(queue.url),
    DEAD_LETTER_QUEUE_URL: reachable(deadLetters.url),
    ARCHIVE_BUCKET: BUCKET,
    ARCHIVE_PREFIX: profile.archivePrefix,
    ARCHIVE_KEY_RULE: profile.keyRule,
  }
  const bundles = await bundle(aws.directory)
  const common = { variables, timeoutSeconds: FUNCTION_TIMEOUT_SECONDS, onLine }
  const consumer = aws.deploy({
    ...common,
    name: 'terminations',
    bundle: bundles.terminations,
  })
  await aws.mapQueue({ queueUrl: queue.url, function: consumer })
  aws.deploy({ ...common, name: 'sweep', bundle: bundles.sweep }).schedule(SWEEP_EVERY_MS)
  await putHook(autoScaling, queue.arn)
  return { queueUrl: reachable(queue.url), consumer }
}

/** The group as Elastic Beanstalk makes it, with the one setting that the guard adds when there is a guard. */
export async function createGroup(
  autoScaling: AutoScalingClient,
  instances: number,
  guarded: boolean,
): Promise<void> {
  const input = {
    AutoScalingGroupName: GROUP_NAME,
    MinSize: 0,
    MaxSize: 4 * instances,
    DesiredCapacity: instances,
    HealthCheckType: 'ELB',
    LoadBalancerNames: [`awseb-${ENVIRONMENT_ID}`],
    ...(guarded
      ? { InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' as const } } }
      : {}),
  }
  await autoScaling.send(new CreateAutoScalingGroupCommand(input))
}

async function putHook(autoScaling: AutoScalingClient, queueArn: string): Promise<void> {
  const input = {
    AutoScalingGroupName: GROUP_NAME,
    LifecycleHookName: HOOK_NAME,
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    HeartbeatTimeout: Number(WAITS.HEARTBEAT_TIMEOUT_SECONDS),
    DefaultResult: 'ABANDON',
    NotificationTargetARN: queueArn,
    RoleARN: `arn:aws:iam::${accountId}:role/termination-guard-notifier`,
  }
  await autoScaling.send(new PutLifecycleHookCommand(input))
}

async function putDocument({ endpoints, region }: LocalAws, content: string): Promise<void> {
  const credentials = { accessKeyId: 'DEPLOYER', secretAccessKey: 'local' }
  const ssm = new SSMClient({ endpoint: endpoints.ssm, region, credentials })
  await ssm.send(
    new CreateDocumentCommand({ Name: DOCUMENT_NAME, Content: content, DocumentType: 'Command' }),
  )
  ssm.destroy()
}
