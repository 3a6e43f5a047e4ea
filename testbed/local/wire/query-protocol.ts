/** The answers of Auto Scaling, EC2, Elastic Load Balancing, SNS and STS: the same idea in dialects. */
import { randomUUID } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import { type Operation, perform } from './operation.ts'
import type { Service } from './request.ts'
import { element, xmlOf } from './xml.ts'

export interface QueryServices {
  readonly autoscaling: Readonly<Record<string, Operation>>
  readonly ec2: Readonly<Record<string, Operation>>
  readonly elasticloadbalancing: Readonly<Record<string, Operation>>
  readonly sns: Readonly<Record<string, Operation>>
  readonly sts: Readonly<Record<string, Operation>>
}

type QueryService = keyof QueryServices

const versions: Record<QueryService, string> = {
  autoscaling: '2011-01-01',
  ec2: '2016-11-15',
  elasticloadbalancing: '2015-12-01',
  sns: '2010-03-31',
  sts: '2011-06-15',
}

const namespaces: Record<QueryService, string> = {
  autoscaling: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
  ec2: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  elasticloadbalancing: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
}

/** Each service has one API version, and they all differ. */
export function queryServiceOf(version: string): Service {
  const services = Object.keys(versions) as QueryService[]
  return services.find((service) => versions[service] === version) ?? 'unknown'
}

export async function answerQuery(
  services: QueryServices,
  service: Service,
  operation: string,
  input: unknown,
): Promise<string> {
  if (!isQueryService(service)) throw invalidAction(operation)
  const output = await perform(services[service], operation, input, (name) =>
    invalidAction(`${service}:${name}`),
  )
  const open = `<${operation}Response xmlns="${namespaces[service]}">`
  const content =
    service === 'ec2'
      ? element('requestId', randomUUID(), 'item') + xmlOf(output, 'item')
      : element(`${operation}Result`, output, 'member') +
        element('ResponseMetadata', { RequestId: randomUUID() }, 'member')
  return `<?xml version="1.0" encoding="UTF-8"?>${open}${content}</${operation}Response>`
}

export function refuseQuery(service: Service, { name, message, $fault }: AwsError): string {
  const requestId = randomUUID()
  if (service === 'ec2') {
    const errors = { Errors: { Error: { Code: name, Message: message } }, RequestID: requestId }
    return `<?xml version="1.0" encoding="UTF-8"?>${element('Response', errors, 'item')}`
  }
  const type = $fault === 'client' ? 'Sender' : 'Receiver'
  const error = { Error: { Type: type, Code: name, Message: message }, RequestId: requestId }
  const namespace = isQueryService(service) ? namespaces[service] : ''
  return `<ErrorResponse xmlns="${namespace}">${xmlOf(error, 'member')}</ErrorResponse>`
}

function isQueryService(service: Service): service is QueryService {
  return Object.hasOwn(versions, service)
}

/** AWS's code for an action that it does not know; ours are all that it knows and we do not. */
function invalidAction(action: string): AwsError {
  return new AwsError('InvalidAction', `The local AWS does not have ${action}`)
}
