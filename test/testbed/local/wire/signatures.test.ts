/** Whoever is not known, or not who they say, is refused as AWS refuses them: in each protocol, by code and status. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { HeadBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from '@jest/globals'
import type { Credentials } from '../../../../testbed/local/wire/authentication.ts'
import { afterwards, localAws } from '../local-aws.ts'
import { signedFetch, signedHeaders, signer } from '../signed.ts'

const hour = 3_600_000

/** One call to each service, as somebody. */
async function asked(options: Parameters<typeof localAws>[0] = {}) {
  const { aws } = await localAws(options)
  await aws.createBucket('logs')
  return {
    aws,
    as(credentials: Credentials & { sessionToken?: string }, more: { maxAttempts?: number } = {}) {
      const config = (service: keyof typeof aws.endpoints) => ({
        ...{ region: aws.region, endpoint: aws.endpoints[service], credentials, maxAttempts: 1 },
        ...more,
      })
      const autoScaling = new AutoScalingClient(config('autoscaling'))
      const ec2 = new EC2Client(config('ec2'))
      const ssm = new SSMClient(config('ssm'))
      const sts = new STSClient(config('sts'))
      const sqs = new SQSClient(config('sqs'))
      const s3 = new S3Client({ ...config('s3'), forcePathStyle: true })
      afterwards(() => {
        for (const client of [autoScaling, ec2, ssm, sts, sqs, s3]) client.destroy()
      })
      return {
        autoscaling: () => autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
        ec2: () => ec2.send(new DescribeInstancesCommand({})),
        ssm: () => ssm.send(new ListCommandsCommand({})),
        sts: () => sts.send(new GetCallerIdentityCommand({})),
        sqs: () => sqs.send(new ListQueuesCommand({})),
        s3: () => s3.send(new ListObjectsV2Command({ Bucket: 'logs' })),
        put: () => s3.send(new PutObjectCommand({ Bucket: 'logs', Key: 'a', Body: 'x' })),
        head: () => s3.send(new HeadBucketCommand({ Bucket: 'logs' })),
      }
    },
  }
}

async function answers(calls: Readonly<Record<string, () => Promise<unknown>>>) {
  const each = Object.entries(calls).map(async ([name, call]) => [name, await outcome(call())] as const)
  return Object.fromEntries(await Promise.all(each))
}

async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } }
    return `${$metadata?.httpStatusCode} ${name}`
  }
}

describe('a signature', () => {
  it('of a key that nobody has is refused', async () => {
    const { as } = await asked()
    expect(await answers(as({ accessKeyId: 'STRANGER', secretAccessKey: 'x' }))).toEqual({
      autoscaling: '403 InvalidClientTokenId',
      ec2: '401 AuthFailure',
      ssm: '400 UnrecognizedClientException',
      sts: '403 InvalidClientTokenId',
      sqs: '403 InvalidClientTokenId',
      s3: '403 InvalidAccessKeyId',
      put: '403 InvalidAccessKeyId',
      head: '403 Unknown',
    })
  })

  const different = {
    autoscaling: '403 SignatureDoesNotMatch',
    ec2: '401 AuthFailure',
    ssm: '400 InvalidSignatureException',
    sts: '403 SignatureDoesNotMatch',
    sqs: '403 SignatureDoesNotMatch',
    s3: '403 SignatureDoesNotMatch',
    put: '403 SignatureDoesNotMatch',
    head: '403 Unknown',
  }

  it('with another secret than the key has is refused', async () => {
    const { aws, as } = await asked()
    const { accessKeyId } = aws.credentials('TEST')
    expect(await answers(as({ accessKeyId, secretAccessKey: 'x' }))).toEqual(different)
    expect(Object.values(await answers(as(aws.credentials('TEST'))))).toEqual(Array(8).fill('ok'))
  })

  it('of a session that nobody has begun is refused', async () => {
    const { aws, as } = await asked()
    const session = as({ ...aws.credentials('TEST'), sessionToken: 'IQoJb3JpZ2lu' })
    expect(await answers(session)).toMatchObject({
      sts: '403 InvalidClientTokenId',
      ec2: '401 AuthFailure',
      ssm: '400 UnrecognizedClientException',
      s3: '400 InvalidToken',
    })
  })
})

describe('a request', () => {
  const form = 'Action=DescribeAutoScalingGroups&Version=2011-01-01'
  const ec2 = 'Action=DescribeInstances&Version=2016-11-15'
  const json = { 'x-amz-target': 'AmazonSSM.ListCommands', 'content-type': 'application/x-amz-json-1.1' }
  const sqs = { 'x-amz-target': 'AmazonSQS.ListQueues', 'content-type': 'application/x-amz-json-1.0' }
  const sqsForm = { 'content-type': 'application/x-www-form-urlencoded' }
  /** By the service: what is sent, and where. */
  const sent = {
    autoscaling: { body: form, headers: {} },
    ec2: { body: ec2, headers: {} },
    ssm: { body: '{}', headers: json },
    sqs: { body: '{}', headers: sqs },
    's3, no bucket': { method: 'GET', headers: {} },
    'sqs, as a form': { body: 'Action=ListQueues&Version=2012-11-05', headers: sqsForm },
  } as const

  type Aws = Awaited<ReturnType<typeof asked>>['aws']

  async function codeOf(aws: Aws, service: string, headers: Record<string, string>, body?: string) {
    const endpoint = aws.endpoints[service.split(',')[0] as keyof typeof aws.endpoints]
    const answer = await fetch(endpoint, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body && { body }),
    })
    const text = await answer.text()
    return `${answer.status} ${/<Code>(\w+)|"__type":"(\w+)/.exec(text)?.slice(1).find(Boolean) ?? text}`
  }

  it('that nobody signed is refused', async () => {
    const { aws } = await asked()
    const codes = Object.entries(sent).map(async ([service, { headers, ...rest }]) => [
      service,
      await codeOf(aws, service, headers, 'body' in rest ? rest.body : undefined),
    ])
    expect(Object.fromEntries(await Promise.all(codes))).toEqual({
      autoscaling: '403 MissingAuthenticationToken',
      ec2: '403 MissingAuthenticationToken',
      ssm: '400 MissingAuthenticationTokenException',
      sqs: '403 MissingAuthenticationTokenException',
      's3, no bucket': '403 AccessDenied',
      'sqs, as a form': '403 MissingAuthenticationToken',
    })
  })

  it.each([
    ['autoscaling', '403 SignatureDoesNotMatch'],
    ['ec2', '401 AuthFailure'],
    ['ssm', '400 InvalidSignatureException'],
    ['sqs', '403 InvalidSignatureException'],
    ['sqs, as a form', '403 SignatureDoesNotMatch'],
  ] as const)('of %s whose body was changed on the way is refused', async (service, refusal) => {
    const { aws } = await asked()
    const { body, headers } = sent[service]
    const [name = ''] = service.split(',')
    const endpoint = aws.endpoints[name as keyof typeof aws.endpoints]
    const signing = { service: name, credentials: aws.credentials('TEST') }
    const signed = await signedHeaders(endpoint, { method: 'POST', headers, body }, signing)
    expect(await codeOf(aws, service, signed, body)).toMatch(/^200/)
    const changed = body === '{}' ? '{ }' : `${body}&More=1`
    expect(await codeOf(aws, service, signed, changed)).toBe(refusal)
    // Its digest may be said: it is not believed.
    const { createHash } = await import('node:crypto')
    const digest = createHash('sha256').update(body).digest('hex')
    const said = { ...headers, 'x-amz-content-sha256': digest }
    const again = await signedHeaders(endpoint, { method: 'POST', headers: said, body }, signing)
    expect(await codeOf(aws, service, again, body)).toMatch(/^200/)
    expect(await codeOf(aws, service, again, changed)).toBe(refusal)
  })

  it('that was signed for another service, or whose signature cannot be read, is refused', async () => {
    const { aws } = await asked()
    const ask = async (service: string, headers: Record<string, string> = {}) => {
      const signing = { service, credentials: aws.credentials('TEST') }
      const signed = await signedHeaders(aws.endpoints.ec2, { method: 'POST', body: form }, signing)
      const answer = await fetch(aws.endpoints.ec2, {
        method: 'POST',
        body: form,
        headers: { ...signed, ...headers },
      })
      return `${answer.status} ${/<Code>.*<\/Message>/.exec(await answer.text())?.[0]}`
    }
    expect(await ask('autoscaling')).toMatch(/^200/)
    expect(await ask('ec2')).toBe(
      '403 <Code>SignatureDoesNotMatch</Code><Message>Credential should be scoped to correct service: &#39;autoscaling&#39;.</Message>',
    )
    for (const authorization of ['AWS4-HMAC-SHA256 Credential=TEST', 'AWS TEST:0'])
      expect(await ask('autoscaling', { authorization })).toMatch(/^400 <Code>IncompleteSignature</)
  })

  it('that says nothing of the host, and may have been meant for another, is refused', async () => {
    const { aws } = await asked()
    const { host, pathname } = new URL(aws.endpoints.s3)
    const request = { method: 'GET', protocol: 'http:', hostname: '', path: pathname }
    const sign = async (headers: Record<string, string>) =>
      (await signer({ service: 's3', credentials: aws.credentials('TEST') }).sign({ ...request, headers }))
        .headers
    const ask = async ({ host: _, ...headers }: Record<string, string>) =>
      (await fetch(aws.endpoints.s3, { headers })).status
    expect([await ask(await sign({ host })), await ask(await sign({}))]).toEqual([200, 403])
  })

  it('for S3 without a digest, or with a header of S3’s that was not signed, is refused', async () => {
    const { aws } = await asked()
    const url = `${aws.endpoints.s3}/logs?list-type=2`
    const signing = { service: 's3', credentials: aws.credentials('TEST') }
    const ask = async (headers: Record<string, string>) => (await fetch(url, { headers })).text()
    const signed = await signedHeaders(url, {}, signing)
    expect(await ask(signed)).toContain('<ListBucketResult')
    const smuggled = await ask({ ...signed, 'x-amz-request-payer': 'requester' })
    expect(smuggled).toContain('<Code>AccessDenied</Code>')
    expect(smuggled).toContain('<HeadersNotSigned>x-amz-request-payer</HeadersNotSigned>')
    const { 'x-amz-content-sha256': _, ...undigested } = signed
    expect(await ask(undigested)).toContain('<Code>SignatureDoesNotMatch</Code>')
    expect(await (await signedFetch(`${aws.endpoints.s3}/logs/a`, {}, signing)).text()).toContain('NoSuchKey')
  })

  it('that nobody signed gets nothing of a bucket, whatever its policy says', async () => {
    const { aws } = await asked()
    const signing = { service: 's3', credentials: aws.credentials('TEST') }
    const Resource = ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*']
    const body = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource },
    })
    const put = await signedFetch(`${aws.endpoints.s3}/logs?policy`, { method: 'PUT', body }, signing)
    expect(put.status).toBe(204)
    for (const [path, method] of [
      ['/logs?list-type=2', 'GET'],
      ['/logs/a', 'PUT'],
      ['/logs/a', 'GET'],
      ['/new-one', 'PUT'],
      ['/logs?policy', 'GET'],
    ] as const) {
      const answer = await fetch(`${aws.endpoints.s3}${path}`, { method })
      expect(`${answer.status} ${await answer.text()}`).toMatch(/^403 .*<Code>AccessDenied</s)
    }
    expect((await fetch(`${aws.endpoints.s3}/nobodys/a`)).status).toBe(404)
  })
})

describe.each([
  ['an hour slow', hour],
  ['an hour fast', -hour],
])('a clock that is %s', (_, behindMs) => {
  const isSlow = behindMs > 0

  it('is told by each service in its own words', async () => {
    const { aws, as } = await asked({ clockBehindMsOf: (caller) => (caller === 'TEST' ? behindMs : 0) })
    expect(await answers(as(aws.credentials('TEST')))).toEqual({
      autoscaling: '403 SignatureDoesNotMatch',
      ec2: isSlow ? '400 RequestExpired' : '401 AuthFailure',
      ssm: '400 InvalidSignatureException',
      sts: '403 SignatureDoesNotMatch',
      sqs: '403 SignatureDoesNotMatch',
      s3: '403 RequestTimeTooSkewed',
      put: '403 RequestTimeTooSkewed',
      head: '403 Unknown',
    })
    const { message } = await as(aws.credentials('TEST'))
      .sts()
      .then(
        () => new Error('none'),
        (error: Error) => error,
      )
    const [signed, bound, now] = message.match(/\d{8}T\d{6}Z/g) ?? []
    expect(message).toBe(
      isSlow
        ? `Signature expired: ${signed} is now earlier than ${bound} (${now} - 5 min.)`
        : `Signature not yet current: ${signed} is still later than ${bound} (${now} + 5 min.)`,
    )
  })

  it('is corrected by the stock client, which asks again', async () => {
    const { aws, as } = await asked({ clockBehindMsOf: (caller) => (caller === 'TEST' ? behindMs : 0) })
    const calls = as(aws.credentials('TEST'), { maxAttempts: 2 })
    expect(await answers(calls)).toEqual(Object.fromEntries(Object.keys(calls).map((name) => [name, 'ok'])))
  })
})

const installed = spawnSync('aws', ['--version']).status === 0
;(installed ? describe : describe.skip)('the stock AWS CLI', () => {
  const aws = async (env: Readonly<Record<string, string>>, ...args: string[]) =>
    promisify(execFile)('aws', args, { env: { PATH: process.env.PATH, AWS_MAX_ATTEMPTS: '1', ...env } }).then(
      ({ stdout }) => stdout,
      ({ stderr }: { stderr: string }) => stderr,
    )

  it('is told who is not known, and gets nothing without a signature', async () => {
    const { aws: local } = await asked()
    const known = { HOME: local.directory, ...local.environment() }
    const stranger = { ...known, AWS_ACCESS_KEY_ID: 'STRANGER' }
    expect(await aws(stranger, 'sts', 'get-caller-identity')).toContain(
      'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    )
    expect(await aws(stranger, 'ssm', 'list-commands')).toContain('(UnrecognizedClientException)')
    expect(await aws(stranger, 's3', 'ls', 's3://logs')).toContain('(InvalidAccessKeyId)')
    const unsigned = await aws(known, 's3', 'ls', 's3://logs', '--no-sign-request')
    expect(unsigned).toContain('(AccessDenied) when calling the ListObjectsV2 operation: Access Denied')
    expect(await aws(known, 's3', 'ls', 's3://logs')).toBe('')
  }, 60_000)

  it('does not correct its clock, however often it tries', async () => {
    const { aws: local } = await asked({ clockBehindMsOf: (caller) => (caller === 'LOCAL' ? hour : 0) })
    const known = { HOME: local.directory, ...local.environment(), AWS_MAX_ATTEMPTS: '3' }
    const put = ['s3api', 'put-object', '--bucket', 'logs', '--key', 'a']
    expect(await aws(known, ...put)).toContain('(RequestTimeTooSkewed) when calling the PutObject operation')
    expect(await aws(known, 'sts', 'get-caller-identity')).toContain('(SignatureDoesNotMatch)')
  }, 60_000)
})
