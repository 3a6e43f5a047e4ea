/** What a service answers that the local AWS does not have: that, in the words of its protocol. */
import { AwsError } from '../../aws-error.ts'
import { signedServiceOf } from './request.ts'
import type { SignedRequest } from './signature.ts'

/** A service that asks in none of our protocols, or is known by name not to be ours. `undefined` = it may be here. */
export function notServed(request: SignedRequest, body: string): AwsError | undefined {
  const target = request.headers['x-amz-target']
  const isSsm = typeof target === 'string' && target.startsWith('AmazonSSM.')
  const isQuery = target === undefined && /(^|&)Action=/.test(body)
  const service = signedServiceOf(request)
  if (isSsm || service === 'rbin' || (isQuery && (service === undefined || served.has(service))))
    return undefined
  if (service === undefined && target === undefined) return undefined
  return new AwsError('ServiceNotServedLocally', `The local AWS does not have ${service ?? String(target)}.`)
}

const served = new Set(['autoscaling', 'ec2', 'elasticloadbalancing', 'sns', 'ssm', 'sts'])

/** JSON where JSON is asked for; XML where a form is sent, or the service's own answers are XML. */
export function refuseService(
  request: SignedRequest,
  body: string,
  { name, message }: AwsError,
): { readonly type: string; readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const isXml = /(^|&)Action=/.test(body) || xmlServices.has(signedServiceOf(request) ?? '')
  if (isXml) {
    const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error>`
    return { type: 'text/xml', body: `<ErrorResponse>${error}</ErrorResponse>`, headers: {} }
  }
  return {
    type: 'application/json',
    body: JSON.stringify({ __type: name, message }),
    headers: { 'x-amzn-errortype': name },
  }
}

const xmlServices = new Set(['s3', 's3express', 'route53', 'cloudfront'])
