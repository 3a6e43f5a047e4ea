/** What docs/operate.md and the README have operators type: on machines that run, are held, are kept, and are gone. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect } from '@jest/globals'
import { patientWaits, queueName } from '../../testbed/local/installed-guard.ts'
import { PATHS } from '../../testbed/local/instance/disk.ts'
import type { Instance } from '../../testbed/local/instance.ts'
import { writeShellEnvironment } from '../../testbed/local/shell-environment.ts'
import { BUCKET, guardedAws } from '../cli/guarded-aws.ts'
import { typeGuard, typeLine } from '../cli/typing.ts'
import { eventually } from '../testbed/local/local-aws.ts'
import { type Occasion, type Place, whereInstalled } from './occasions.ts'

/** What is mended must be proven within this patience. What is not is waited for while other lines are typed. */
const WAITS = {
  ...patientWaits,
  ...{ QUEUE_VISIBILITY_SECONDS: '6', PATIENCE_SECONDS: '60', RETRY_SECONDS: '1', LOOK_AGAIN_SECONDS: '5' },
}
const hasCli = whereInstalled('aws')

type Named = 'running' | 'archived' | 'mended' | 'mended later' | 'broken for good' | 'overdue'

async function set(inTheEnd: (stop: () => unknown) => void) {
  const aws = await guardedAws({
    ...{ waits: WAITS, functionTimeoutSeconds: 5, sweepEveryMs: 3000 },
    groups: 'web,old-web',
  })
  inTheEnd(aws.stop)
  const elsewhere = await aws.aws.createQueue('somebody-elses')
  const [web, held] = await Promise.all([
    aws.createGroup({ name: 'web', instances: 5, retains: true }),
    aws.createGroup({ name: 'unretained', instances: 1, retains: false }),
    aws.createGroup({ name: 'old-web', instances: 0, retains: true, notifies: elsewhere.arn }),
  ])
  const names = ['running', 'archived', 'mended', 'mended later', 'broken for good'] as const
  const machines = Object.fromEntries(names.map((name, at) => [name, web[at]]))
  const all = { ...machines, overdue: held[0] } as Record<Named, Instance>
  const of = (name: Named) => all[name]
  for (const name of ['running', 'archived'] as const)
    writeFileSync(join(of(name).disk, PATHS.rotated, 'catalina.out-1466114461.gz'), gzipSync('a line\n'))
  for (const name of ['mended', 'mended later', 'broken for good', 'overdue'] as const)
    of(name).inject('disk-full')
  for (const name of Object.keys(all) as Named[])
    if (name !== 'running') await aws.terminate(of(name).instanceId)
  await aws.aws.send(queueName, 'nothing that the guard understands')
  const stateOf = (name: Named) => aws.state(of(name).instanceId)
  const { endpoints, region } = aws.aws
  const config = { region, credentials: aws.credentials }
  const s3 = new S3Client({ ...config, endpoint: endpoints.s3, forcePathStyle: true })
  const sqs = new SQSClient({ ...config, endpoint: endpoints.sqs })
  inTheEnd(() => {
    for (const client of [s3, sqs]) client.destroy()
  })
  const shell = writeShellEnvironment(aws.aws.directory, aws.environment)
  const house = {
    ...aws,
    ...{ of, stateOf, shell, folder: aws.aws.directory },
    web: async () =>
      (await aws.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['web'] })))
        .AutoScalingGroups?.[0],
    keys: async (Prefix: string) =>
      ((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }))).Contents ?? []).map(
        ({ Key }) => Key,
      ),
    /** The guard's journal. */
    told: () => readFileSync(aws.environment.GUARD_JOURNAL, 'utf8'),
    letters: async () => {
      const QueueUrl = aws.guard.deadLetters.url
      const AttributeNames = ['ApproximateNumberOfMessages' as const]
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
      return Number(Attributes?.ApproximateNumberOfMessages)
    },
    type: (line: string) => typeLine({ HOME: aws.aws.directory }, `. ${shell}; ${line}`).told,
  }
  await eventually(async () => (await stateOf('archived')) === undefined)
  await eventually(async () => (await house.letters()) === 1)
  return house
}

type House = Awaited<ReturnType<typeof set>>

/** Patience is over for all that cannot be flushed. */
async function areGivenUp({ stateOf, told }: House): Promise<void> {
  for (const name of ['mended', 'mended later', 'broken for good'] as const)
    await eventually(async () => (await stateOf(name)) === 'Terminating:Retained')
  await eventually(() => told().includes('"overdue":true'))
}

/** The line is about this machine. */
const about = (name: Named, occasion: Occasion<House> = {}): Occasion<House> => ({
  as: (line, { of }) => line.replaceAll('INSTANCE', of(name).instanceId),
  ...occasion,
})
/** It is typed on that machine: its root is the machine's disk. */
const on = (name: Named, occasion: Occasion<House>): Occasion<House> => ({
  as: (line, { of }) => line.replace(/^sudo /, '').replace(/ \/(?=etc|var)/, ` ${of(name).disk}/`),
  ...occasion,
})
const gone =
  (name: Named) =>
  ({ stateOf }: House) =>
    eventually(async () => (await stateOf(name)) === undefined)

export const operating: Place<House> = {
  name: 'what operators type',
  set,
  type: ({ type }, line) => type(line),
  occasions: {
    'npm run guard -- help': { says: /Commands:\n +status/ },
    'npm run guard -- history INSTANCE': about('archived', {
      says: /archived +web\n[\s\S]*all \d files are in S3[\s\S]* \d files, /,
    }),
    'npm run guard -- receipt INSTANCE --verify': about('archived', {
      says: /(\d) of \1 files hold as they were proven/,
    }),
    'npm run guard -- redrive': {
      says: /nothing that the guard understands\n1 dead letter\./,
      after: async ({ letters }) => expect(await letters()).toBe(1),
    },
    'npm run guard -- redrive --discard --all': {
      says: /discarded\n[\s\S]*1 dead letter\./,
      after: async ({ letters }) => expect(await letters()).toBe(0),
    },
    'npm run guard -- flush INSTANCE --wait': about('running', {
      before: async ({ of }) => {
        await fetch(`${of('running').url}/i?e=pv`)
        await eventually(() => readFileSync(join(of('running').disk, PATHS.accessLog), 'utf8') !== '')
      },
      says: /([1-9]\d*) of \1 files? proven to be in S3[\s\S]*logs left alone: \d+, such as \/var\/log/,
      after: async ({ stateOf }) => expect(await stateOf('running')).toBe('InService'),
    }),
    'sudo run-parts --test /etc/cron.hourly': on('running', {
      before: ({ of }) => {
        const hourly = join(of('running').disk, 'etc/cron.hourly')
        mkdirSync(hourly, { recursive: true })
        writeFileSync(join(hourly, 'rotation'), '#!/bin/sh\n', { mode: 0o755 })
      },
      says: /cron\.hourly\/rotation$/m,
      where: whereInstalled('run-parts'),
    }),
    'ls -l /var/log/*/rotated': on('running', { says: /catalina\.out-1466114461\.gz/ }),
    'cat /etc/cron.d/publishlogs': on('running', { says: /publishLogs\.py/ }),
    'df -h': { says: /\d%/ },
    'npm run guard -- doctor': {
      before: ({ told }) => eventually(() => told().includes('"event":"enrolment"')),
      code: 1,
      says: /^fail +enrolment +old-web.*it has a hook named termination-guard already/m,
      // No function's log is in CloudWatch Logs here, so that its last words are not known.
      after: (_, { out }) => {
        for (const check of ['crashes', 'retention', 'instance-role', 'bucket-policy', 'last-success'])
          expect(out).toMatch(new RegExp(`^(pass|fail|unknown) +${check} `, 'm'))
      },
    },
    'npm run guard -- status': {
      before: areGivenUp,
      says: /holds 1 instance and keeps 3\n[\s\S]*held .*patience spent[\s\S]*kept [\s\S]*dead letters {2}0[\s\S]*last sweep +\d/,
    },
    'npm run guard -- explain INSTANCE': about('overdue', {
      says: /Terminating:Wait {2}in unretained\n[\s\S]* next +\w+: /,
      after: async ({ stateOf }) => expect(await stateOf('overdue')).toBe('Terminating:Wait'),
    }),
    'npm run guard -- history INSTANCE --passes': about('mended', {
      says: /retained +web\n[\s\S]*no space left on device[\s\S]*\n {6}\d{4}-.* flush /,
    }),
    'npm run guard -- history --since 24h': { says: /archived[\s\S]*retained|retained[\s\S]*archived/ },
    'npm run guard -- history --since 2h --passes': { says: /\n {6}\d{4}-.* continue / },
    'npm run guard -- history --html day.html': {
      as: (line, { folder }) => line.replace('day.html', join(folder, 'day.html')),
      says: /day\.html has 5 terminations\./,
      after: ({ folder, of }) =>
        expect(readFileSync(join(folder, 'day.html'), 'utf8')).toContain(of('archived').instanceId),
    },
    'npm run guard -- status --price t3.medium=0.0416': {
      as: (line) => line.replace('t3.medium', 't3.micro'),
      says: /kept {2}i-\w+ {2}web {2}for [\s\S]*costs +3\.00 a day for 3 kept instances/,
    },
    'aws ssm start-session --target INSTANCE': about('broken for good', {
      where: hasCli,
      // There are no sessions here: that one is asked for is all that can be seen of it.
      code: [254, 255],
      says: /the StartSession operation: The local AWS does not have/,
    }),
    'sudo aws s3 cp --recursive /var/log s3://BUCKET/termination-guard/manifests/recovered/INSTANCE/': {
      as: (line, { of }) =>
        line
          .replace('sudo ', '')
          .replace('/var', join(of('broken for good').disk, 'var'))
          .replace('BUCKET', BUCKET)
          .replace('INSTANCE', of('broken for good').instanceId),
      where: hasCli,
      after: async ({ keys, of }) =>
        expect(
          await keys(`termination-guard/manifests/recovered/${of('broken for good').instanceId}/tomcat8/`),
        ).not.toEqual([]),
    },
    'npm run guard -- release INSTANCE --accept-loss --reason "the disk is broken"': about(
      'broken for good',
      {
        says: /stands in the journal/,
        after: gone('broken for good'),
      },
    ),
    'npm run guard -- release INSTANCE --accept-loss --reason "its logs are saved by hand"': about(
      'overdue',
      {
        says: /stands in the journal/,
        after: gone('overdue'),
      },
    ),
    'npm run guard -- retry INSTANCE': about('mended', {
      before: ({ of }) => of('mended').mend('disk-full'),
      after: gone('mended'),
    }),
    'npm run guard -- retry --all': {
      before: ({ of }) => of('mended later').mend('disk-full'),
      after: gone('mended later'),
    },
    'npm run guard -- replace INSTANCE --undo': about('running', {
      before: async ({ aws, of, environment, web }) => {
        await breakOff(aws, environment, of('running').instanceId)
        expect(await web()).toMatchObject({ DesiredCapacity: 2 })
      },
      after: async ({ web }) => {
        const { DesiredCapacity, Tags } = (await web()) ?? {}
        expect(DesiredCapacity).toBe(1)
        expect(Tags?.map(({ Key }) => Key)).not.toContain('termination-guard:replacing')
      },
    }),
    'npm run guard -- replace INSTANCE': about('running', {
      says: /is let go\. What was proven: {2}npm run guard -- receipt/,
      after: gone('running'),
    }),
  },
}

/** A replacement that is killed as soon as it wants a second machine. */
async function breakOff(
  aws: House['aws'],
  environment: House['environment'],
  instanceId: string,
): Promise<void> {
  const { child, told } = typeGuard(environment, ['replace', instanceId])
  const forget = aws.observe({
    after: ({ caller, operation }) => {
      if (caller === 'PERSON' && operation === 'SetDesiredCapacity') child.kill('SIGKILL')
    },
  })
  await told
  forget()
}
