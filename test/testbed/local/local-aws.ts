import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { EC2Client } from '@aws-sdk/client-ec2'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { afterEach } from '@jest/globals'
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../../testbed/local/local-aws.ts'
import { tinyMachines } from './tiny-machine.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

/** Done after the test, latest first. */
export function afterwards(clean: () => unknown): void {
  cleanUp.push(clean)
}

/** A clock that moves when told to. */
export class HandClock {
  time = Date.UTC(2026, 0, 2, 3)
  now(): number {
    return this.time
  }
}

/** A local AWS with tiny machines and SDK clients for it, stopped after the test. */
export async function localAws(options: Partial<LocalAwsOptions> = {}) {
  const machines = tinyMachines()
  const problems: unknown[] = []
  const aws = await startLocalAws({
    launch: machines.launch,
    onProblem: (error) => problems.push(error),
    commandLagMs: 0,
    ...options,
  })
  cleanUp.push(() => aws.stop())
  return { aws, problems, machines: machines.all, ...clients(aws) }
}

/** The same on a clock of its own: nothing happens until it moves. */
export async function localAwsByHand(options: Partial<LocalAwsOptions> = {}) {
  const clock = new HandClock()
  const started = await localAws({ clock, ...options })
  const pass = async (seconds: number) => {
    clock.time += seconds * 1000
    await started.aws.settle()
  }
  return { ...started, clock, pass }
}

function clients(aws: LocalAws) {
  const config = (endpoint: string) => ({
    endpoint,
    region: aws.region,
    credentials: aws.credentials('TEST'),
    maxAttempts: 1,
  })
  const all = {
    autoScaling: new AutoScalingClient(config(aws.endpoints.autoscaling)),
    ec2: new EC2Client(config(aws.endpoints.ec2)),
    ssm: new SSMClient(config(aws.endpoints.ssm)),
    sqs: new SQSClient(config(aws.endpoints.sqs)),
    s3: new S3Client(config(aws.endpoints.s3)),
  }
  cleanUp.push(async () => {
    for (const client of Object.values(all)) client.destroy()
  })
  return all
}

/** Waits until `look` answers something; a test that waits too long fails by its own timeout. */
export async function eventually<Found>(
  look: () => Found | undefined | false | Promise<Found | undefined | false>,
) {
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** The code and text of the error that a call ends with. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    // Not `instanceof`: Node's own errors are of another realm than jest's tests.
    const { name, message } = error as Error
    return `${name}: ${message}`
  }
  return 'no error'
}
