import { PutLifecycleHookCommand } from '@aws-sdk/client-auto-scaling'
import { CreateDocumentCommand, ListCommandInvocationsCommand, type SSMClient } from '@aws-sdk/client-ssm'
import { createGroup } from '../demo/deployment.ts'
import { notifierRoleArn } from '../installed-guard.ts'
import { PUBLISH_PREFIX } from '../instance/disk.ts'
import type { Invocation, LocalAws, LocalFunction } from '../local-aws.ts'
import type { CompareOptions, Trigger } from './compare-options.ts'
import type { Handler } from './find-handler.ts'
import type { GivenDocument } from './given-document.ts'
import { adviceOn } from './loading-advice.ts'
import { fillIn, type Names } from './placeholders.ts'
import type { Side, Told } from './side.ts'
import { Unfit } from './unfit.ts'

const FUNCTION = 'their-function'
const MOST_LINES = 200
/** The hook waits longer than the function may run, as on AWS, and no hour. */
const AFTER_TIMEOUT_SECONDS = 30

/** Somebody's Lambda with its documents, under a hook of its own. */
export function givenSide(
  handler: Handler,
  documents: readonly GivenDocument[],
  options: CompareOptions,
): Side {
  const { group, hook, bucket, trigger, timeoutSeconds } = options
  const heartbeatSeconds = timeoutSeconds + AFTER_TIMEOUT_SECONDS
  return {
    group,
    bucket,
    rootedScripts: true,
    async install({ aws, autoScaling, ssm }) {
      const topic = aws.createTopic('told-by-them', () => {})
      const prefix = PUBLISH_PREFIX.replace(/\/$/, '')
      const names = { bucket, prefix, group, hook, region: aws.region, topic }
      for (const document of documents) await createDocument(ssm, document, names)
      const watched = watch(aws, handler, timeoutSeconds, filled(options.variables, names))
      await watched.start().catch((error: Error) => {
        throw new Unfit(`${error.message}\n${adviceOn(error.message, options.folder)}`.trimEnd())
      })
      await createGroup(autoScaling, 1, group)
      const target = await connect(aws, trigger, watched.function)
      await autoScaling.send(
        new PutLifecycleHookCommand({
          AutoScalingGroupName: group,
          LifecycleHookName: hook,
          LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
          HeartbeatTimeout: heartbeatSeconds,
          ...(target && { NotificationTargetARN: target, RoleARN: notifierRoleArn }),
        }),
      )
      return {
        heartbeatSeconds,
        told: async () => {
          const told = await watched.told()
          return { ...told, errors: [...told.errors, ...(await failedCommands(ssm))] }
        },
      }
    },
  }
}

function filled(variables: CompareOptions['variables'], names: Names): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, fillIn(value, names)]))
}

async function createDocument(ssm: SSMClient, { name, text }: GivenDocument, names: Names): Promise<void> {
  const input = { Name: name, Content: fillIn(text, names), DocumentType: 'Command' } as const
  await ssm.send(new CreateDocumentCommand(input)).catch((error: Error) => {
    throw new Unfit(`--document ${name}: Systems Manager here refuses it: ${error.message}`)
  })
}

/** Lets the trigger invoke the function. Answers what the hook must notify, if it must. */
async function connect(aws: LocalAws, trigger: Trigger, given: LocalFunction): Promise<string | undefined> {
  switch (trigger) {
    case 'eventbridge':
      aws.addRule({
        name: 'terminations',
        pattern: {
          source: ['aws.autoscaling'],
          'detail-type': ['EC2 Instance-terminate Lifecycle Action'],
        },
        target: {
          async deliver(event) {
            await given.invoke(event)
          },
        },
      })
      return undefined
    case 'sns':
      return aws.createTopic('terminations', async (event) => {
        await given.invoke(event)
      })
    case 'sqs': {
      const VisibilityTimeout = String(given.timeoutSeconds)
      const queue = await aws.createQueue('terminations', { VisibilityTimeout })
      await aws.mapQueue({ queueUrl: queue.url, function: given })
      return queue.arn
    }
  }
}

interface Watched {
  readonly function: LocalFunction
  start(): Promise<void>
  told(): Promise<Told>
}

/** The function, with a record of what it did. */
function watch(
  aws: LocalAws,
  handler: Handler,
  timeoutSeconds: number,
  variables: Readonly<Record<string, string>>,
): Watched {
  const lines: string[] = []
  const invocations: Invocation[] = []
  const underWay = new Set<Promise<Invocation>>()
  const deployed = aws.deploy({
    name: FUNCTION,
    bundle: handler.file,
    handler: handler.name,
    variables,
    timeoutSeconds,
    onLine: (line) => {
      lines.push(line)
      if (lines.length > MOST_LINES) lines.shift()
    },
    onInvocation: (invocation) => invocations.push(invocation),
  })
  const invoke: LocalFunction['invoke'] = (event) => {
    const invocation = deployed.invoke(event).finally(() => underWay.delete(invocation))
    underWay.add(invocation)
    return invocation
  }
  return {
    function: { ...deployed, invoke },
    start: deployed.start,
    async told() {
      while (underWay.size > 0) await Promise.allSettled(underWay)
      return {
        invocations: invocations.filter(({ event }) => !isTest(event)),
        errors: lines.filter((line) => /^\[(WARNING|ERROR|CRITICAL)\]|^Traceback|\bERROR\b/.test(line)),
        lastLines: lines.slice(-3),
      }
    },
  }
}

/** What Auto Scaling sends to a new target of a hook: no termination. */
function isTest(event: unknown): boolean {
  return JSON.stringify(event).includes('autoscaling:TEST_NOTIFICATION')
}

/** Commands that failed on the instance, each with the end of what it wrote. */
async function failedCommands(ssm: SSMClient): Promise<readonly string[]> {
  const { CommandInvocations = [] } = await ssm.send(new ListCommandInvocationsCommand({ Details: true }))
  return CommandInvocations.filter(({ Status = '' }) => ['Failed', 'TimedOut'].includes(Status)).map(
    ({ DocumentName, Status, CommandPlugins = [] }) => {
      const written = CommandPlugins.map(({ Output = '' }) => Output.trim()).join('\n')
      return `command ${DocumentName} ${Status} on the instance: ${written.split('\n').slice(-3).join(' ')}`
    },
  )
}
