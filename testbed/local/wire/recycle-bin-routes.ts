/** The Recycle Bin's own service speaks REST with JSON: the method and the path say what is asked. */
import { AwsError } from '../../aws-error.ts'

export interface RecycleBinCall {
  readonly operation: string
  /** From the path, where it names a rule. */
  readonly input: { readonly Identifier?: string }
}

/** Which operation it is, by AWS's name; empty when there is none like that. */
export function recycleBinCallOf(method = '', path = ''): RecycleBinCall {
  const [, Identifier] = /^\/rules\/([^/]+)$/.exec(path) ?? []
  if (Identifier === undefined) return { operation: collective[`${method} ${path}`] ?? '', input: {} }
  return { operation: single[method] ?? '', input: { Identifier: decodeURIComponent(Identifier) } }
}

const collective: Readonly<Record<string, string>> = {
  'POST /rules': 'CreateRule',
  'POST /list-rules': 'ListRules',
}
const single: Readonly<Record<string, string>> = { GET: 'GetRule', DELETE: 'DeleteRule' }

const statuses: Readonly<Record<string, number>> = { CreateRule: 201, DeleteRule: 204 }

export function recycleBinReply(operation: string, output: unknown) {
  const status = statuses[operation] ?? 200
  return { status, type: 'application/json', body: status === 204 ? '' : JSON.stringify(output) }
}

export function refuseRecycleBin({ name, message, $metadata }: AwsError) {
  return {
    status: $metadata.httpStatusCode,
    type: 'application/json',
    body: JSON.stringify({ Message: message }),
    headers: { 'x-amzn-errortype': name },
  }
}

export function unknownRoute(): AwsError {
  return new AwsError('UnknownOperationException', `The local AWS has of the Recycle Bin only its rules`)
}
