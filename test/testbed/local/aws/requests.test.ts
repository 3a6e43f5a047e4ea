import { createServer } from 'node:net'
import { DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { ListQueuesCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it } from '@jest/globals'
import { AwsError } from '../../../../testbed/aws-error.ts'
import { type AwsRequest, ConnectionDropped, startLocalAws } from '../../../../testbed/local/local-aws.ts'
import { afterwards, localAws, refusalOf } from '../local-aws.ts'
import { signedFetch } from '../signed.ts'
import { tinyMachines } from '../tiny-machine.ts'

describe('an observer', () => {
  it('sees each request with its service, operation and caller', async () => {
    const seen: AwsRequest[] = []
    const { autoScaling, s3, sqs } = await localAws({
      observer: { before: (request) => void seen.push(request) },
    })
    const Bucket = 'logs'
    await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b', Body: 'x' }))
    await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b' }))
    await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b' }))
    await s3.send(new ListObjectsV2Command({ Bucket }))
    await sqs.send(new ListQueuesCommand({}))
    expect(seen.map(({ service, operation, caller }) => `${caller} ${service}:${operation}`)).toEqual([
      'TEST autoscaling:DescribeAutoScalingGroups',
      'TEST s3:CreateBucket',
      'TEST s3:PutObject',
      'TEST s3:HeadObject',
      'TEST s3:GetObject',
      'TEST s3:ListObjectsV2',
      'TEST sqs:ListQueues',
    ])
  })

  it('can refuse a request as AWS would', async () => {
    const { aws, autoScaling, sqs, s3 } = await localAws()
    const stop = aws.observe({
      before() {
        throw new AwsError('Throttling', 'Rate exceeded')
      },
    })
    const refused = 'Throttling: Rate exceeded'
    expect(await refusalOf(autoScaling.send(new DescribeAutoScalingGroupsCommand({})))).toBe(refused)
    expect(await refusalOf(sqs.send(new ListQueuesCommand({})))).toBe(refused)
    expect(await refusalOf(s3.send(new ListObjectsV2Command({ Bucket: 'logs' })))).toBe(refused)
    stop()
    expect(await refusalOf(sqs.send(new ListQueuesCommand({})))).toBe('no error')
  })

  it('can lose an answer after its effect, or the request before it', async () => {
    const { aws, s3 } = await localAws()
    await s3.send(new CreateBucketCommand({ Bucket: 'logs' }))
    const put = (Key: string) => refusalOf(s3.send(new PutObjectCommand({ Bucket: 'logs', Key, Body: 'x' })))
    const drop = () => {
      throw new ConnectionDropped()
    }
    const stopBefore = aws.observe({ before: drop })
    expect(await put('before')).not.toBe('no error')
    stopBefore()
    const stopAfter = aws.observe({ after: drop })
    expect(await put('after')).not.toBe('no error')
    stopAfter()
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'logs' }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['after'])
  })

  it('can lose an answer of Auto Scaling', async () => {
    const { aws, autoScaling } = await localAws()
    aws.observe({
      after() {
        throw new ConnectionDropped()
      },
    })
    expect(await refusalOf(autoScaling.send(new DescribeAutoScalingGroupsCommand({})))).not.toBe('no error')
  })
})

describe('the local AWS', () => {
  it('answers an error of the service for a group that is not there', async () => {
    const { autoScaling } = await localAws()
    const set = autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'no', DesiredCapacity: 1 }),
    )
    expect(await refusalOf(set)).toBe('ValidationError: AutoScalingGroup name not found - null')
  })

  it('answers InvalidAction to what it does not have', async () => {
    const { aws } = await localAws()
    const body = 'Action=AttachLoadBalancers&Version=2011-01-01'
    const signing = { service: 'autoscaling', credentials: aws.credentials('TEST') }
    const answer = await signedFetch(aws.endpoints.autoscaling, { method: 'POST', body }, signing)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toMatch(
      /<Code>InvalidAction<\/Code><Message>The local AWS does not have autoscaling:\w+</,
    )
  })

  it('keeps an object larger than 11 MB', async () => {
    const { s3 } = await localAws()
    await s3.send(new CreateBucketCommand({ Bucket: 'logs' }))
    const Body = Buffer.alloc(12 * 1024 * 1024)
    await s3.send(new PutObjectCommand({ Bucket: 'logs', Key: 'large', Body }))
    const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket: 'logs', Key: 'large' }))
    expect(ContentLength).toBe(Body.length)
  })

  it.each(['port', 'storagePort'])('says what to do when its fixed %s is taken', async (which) => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    afterwards(() => other.close())
    const address = other.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const start = startLocalAws({ launch: tinyMachines().launch, [which]: port })
    expect(await refusalOf(start)).toMatch(
      new RegExp(`^Error: Port ${port} is taken by another program.* -- --port 0 --storage-port 0$`),
    )
  })

  it('leaves nothing behind', async () => {
    const { launch, all } = tinyMachines()
    const aws = await startLocalAws({ launch })
    aws.model.call(aws.now(), 'CreateAutoScalingGroup', {
      AutoScalingGroupName: 'web',
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MinSize: 1,
      MaxSize: 1,
    })
    await aws.settle()
    await aws.stop()
    expect([...all.values()]).toMatchObject([{ powered: false, destroyed: true }])
    expect(await refusalOf(import('node:fs/promises').then(({ access }) => access(aws.directory)))).toContain(
      'ENOENT',
    )
  })
})
