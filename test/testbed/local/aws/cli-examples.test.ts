/** The public examples of the AWS CLI, as a person types them, against the local AWS: each is answered as AWS answers it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  autoScalingOperations,
  ec2Operations,
  recycleBinOperations,
} from '../../../../testbed/auto-scaling/auto-scaling.ts'
import { messageMoves } from '../../../../testbed/local/aws/message-moves.ts'
import { routedOperations } from '../../../../testbed/local/s3/routes.ts'
import { ssmOperationNames } from '../../../../testbed/local/ssm/ssm-operations.ts'
import { afterwards, localAws } from '../local-aws.ts'
import { autoScalingExamples } from './cli-examples/auto-scaling-examples.ts'
import { ec2Examples } from './cli-examples/ec2-examples.ts'
import { asTyped, type Example, operationOf, runExample } from './cli-examples/example.ts'
import { hookExamples } from './cli-examples/hook-examples.ts'
import { s3Examples } from './cli-examples/s3-examples.ts'
import { sqsExamples } from './cli-examples/sqs-examples.ts'
import { ssmExamples } from './cli-examples/ssm-examples.ts'
import { pythonOfStockCli, startStockCli } from './cli-examples/stock-cli.ts'
import { storageExamples } from './cli-examples/storage-examples.ts'
import { warmPoolExamples } from './cli-examples/warm-pool-examples.ts'

const python = pythonOfStockCli()

const stories: Readonly<Record<string, readonly Example[]>> = {
  'groups, their tags and their instances': autoScalingExamples,
  'hooks, refreshes and the end of a group': hookExamples,
  'a warm pool': warmPoolExamples,
  'machines and load balancing': ec2Examples,
  'volumes, snapshots and the Recycle Bin': storageExamples,
  'documents and commands': ssmExamples,
  'queues and messages': sqsExamples,
  'buckets and objects': s3Examples,
}

/** What fauxqs serves of SQS. */
const queues = [
  ...['CreateQueue', 'DeleteQueue', 'GetQueueUrl', 'ListQueues', 'GetQueueAttributes', 'SetQueueAttributes'],
  ...[
    'PurgeQueue',
    'SendMessage',
    'ReceiveMessage',
    'DeleteMessage',
    'SendMessageBatch',
    'DeleteMessageBatch',
  ],
  ...['ChangeMessageVisibility', 'ChangeMessageVisibilityBatch', 'TagQueue', 'UntagQueue', 'ListQueueTags'],
]

function unused(): never {
  throw new Error('only the names are asked for')
}

/** Newer than the AWS CLI that Debian has; tried with the SDK in volumes.test.ts and message-moves.test.ts. */
const untyped = [
  ...['ec2 list-volumes-in-recycle-bin', 'ec2 restore-volume-from-recycle-bin'],
  ...['sqs start-message-move-task', 'sqs list-message-move-tasks', 'sqs cancel-message-move-task'],
]

/** All that is served here, as the CLI calls it. */
const served = [
  ...Object.keys(autoScalingOperations).map((name) => `autoscaling ${asTyped(name)}`),
  ...Object.keys(ec2Operations).map((name) => `ec2 ${asTyped(name)}`),
  'ec2 delete-tags',
  ...Object.keys(recycleBinOperations).map((name) => `rbin ${asTyped(name)}`),
  ...ssmOperationNames.map((name) => `ssm ${asTyped(name)}`),
  ...[...routedOperations, 'CreateBucket', 'ListBuckets'].map((name) => `s3api ${asTyped(name)}`),
  ...[...queues, ...Object.keys(messageMoves(unused))].map((name) => `sqs ${asTyped(name)}`),
  'elbv2 describe-target-health',
  'sts get-caller-identity',
]

it('every operation that is served has an example, or is named as having none', () => {
  const typed = new Set(Object.values(stories).flat().map(operationOf))
  expect(served.filter((operation) => !typed.has(operation))).toEqual(untyped)
})

describe('the AWS CLI’s examples (skipped where there is no AWS CLI in Python)', () => {
  ;(python === undefined ? it.skip : it).each(Object.entries(stories))('%s', async (_, examples) => {
    const { aws, problems } = await localAws()
    const folder = mkdtempSync(join(tmpdir(), 'cli-examples-'))
    const stock = startStockCli(python ?? '', folder, aws.environment())
    afterwards(() => {
      stock.stop()
      rmSync(folder, { recursive: true })
    })
    const kept = new Map<string, string>()
    for (const example of examples) await runExample(stock, folder, kept, example)
    expect(problems).toEqual([])
  })
})
