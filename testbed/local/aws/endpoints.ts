import type { Credentials } from '../wire/authentication.ts'

/** Where each service listens. */
export type Endpoints = Readonly<Record<'autoscaling' | 'ec2' | 'ssm' | 'sts' | 'sqs' | 's3', string>>

export function endpointsOf(controlPort: number, storagePort: number): Endpoints {
  const control = `http://127.0.0.1:${controlPort}`
  const storage = `http://127.0.0.1:${storagePort}`
  return { autoscaling: control, ec2: control, ssm: control, sts: control, sqs: storage, s3: storage }
}

/** What a process needs in its environment to use this AWS as whoever has the credentials. */
export function environmentFor(
  endpoints: Endpoints,
  region: string,
  { accessKeyId, secretAccessKey }: Credentials,
): Readonly<Record<string, string>> {
  return {
    // Services that are not here answer that, instead of the real AWS.
    AWS_ENDPOINT_URL: endpoints.autoscaling,
    AWS_ENDPOINT_URL_AUTO_SCALING: endpoints.autoscaling,
    AWS_ENDPOINT_URL_EC2: endpoints.ec2,
    AWS_ENDPOINT_URL_SSM: endpoints.ssm,
    AWS_ENDPOINT_URL_STS: endpoints.sts,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
}
