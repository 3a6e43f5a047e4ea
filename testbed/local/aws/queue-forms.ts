/**
 * SQS's older protocol, which clients from before November 2023 speak (the stock AWS CLI of Debian 12 among them): forms in, XML out.
 * fauxqs has the newer one only, so a form becomes what that would have been asked, and its answer is written as XML.
 */
import { parseQuery, type QueryValue } from '../wire/query.ts'
import { element, xmlOf } from '../wire/xml.ts'

const namespace = 'http://queue.amazonaws.com/doc/2012-11-05/'

type Json = Readonly<Record<string, unknown>>

interface FormCall {
  readonly operation: string
  readonly input: Json
}

/** Lists, which forms name in the singular. */
const lists: Readonly<Record<string, string>> = {
  AttributeName: 'AttributeNames',
  MessageAttributeName: 'MessageAttributeNames',
  MessageSystemAttributeName: 'MessageSystemAttributeNames',
  TagKey: 'TagKeys',
  SendMessageBatchRequestEntry: 'Entries',
  DeleteMessageBatchRequestEntry: 'Entries',
  ChangeMessageVisibilityBatchRequestEntry: 'Entries',
}
/** Maps, which forms write as lists of pairs, and what the key is called there. */
const maps: Readonly<Record<string, { readonly name: string; readonly key: string }>> = {
  Attribute: { name: 'Attributes', key: 'Name' },
  MessageAttribute: { name: 'MessageAttributes', key: 'Name' },
  MessageSystemAttribute: { name: 'MessageSystemAttributes', key: 'Name' },
  Tag: { name: 'Tags', key: 'Key' },
}
const numbers =
  /^(DelaySeconds|MaxNumberOfMessages(PerSecond)?|MaxResults|VisibilityTimeout|WaitTimeSeconds)$/

export function readForm(form: string): FormCall {
  const { Action, Version: _, ...fields } = parseQuery(form)
  return { operation: String(Action ?? ''), input: asJson(fields) }
}

function asJson(fields: Readonly<Record<string, QueryValue>>): Json {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const map = maps[name]
      const list = lists[name]
      if (map !== undefined && Array.isArray(value)) return [map.name, mapOf(value, map.key)]
      if (list !== undefined && Array.isArray(value)) return [list, value.map(oneOf)]
      return [name, numbers.test(name) ? Number(value) : value]
    }),
  )
}

function oneOf(value: QueryValue): unknown {
  return typeof value === 'object' && !Array.isArray(value) ? asJson(value) : value
}

function mapOf(pairs: readonly QueryValue[], key: string): Json {
  return Object.fromEntries(
    pairs.map((pair) => {
      const fields = typeof pair === 'object' && !Array.isArray(pair) ? pair : {}
      return [String(fields[key] ?? ''), fields.Value ?? '']
    }),
  )
}

/** Elements of answers that repeat, by the list's name in the newer protocol. */
const repeated: Readonly<Record<string, string>> = {
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
  Messages: 'Message',
  Failed: 'BatchResultErrorEntry',
  Results: 'Result',
}

export function formAnswer(operation: string, output: Json, requestId: string): string {
  const metadata = element('ResponseMetadata', { RequestId: requestId }, 'member')
  const result = `<${operation}Result>${fieldsOf(operation, output)}</${operation}Result>`
  return `<?xml version="1.0"?><${operation}Response xmlns="${namespace}">${result}${metadata}</${operation}Response>`
}

/** `queryError` is `code;type`, where the older protocol calls the error otherwise. */
export function formRefusal(
  {
    name,
    message,
    queryError,
  }: { readonly name: string; readonly message: string; readonly queryError: string | undefined },
  requestId: string,
): string {
  const [Code = name, Type = 'Sender'] = queryError?.split(';') ?? []
  const error = { Error: { Type, Code, Message: message }, RequestId: requestId }
  return `<?xml version="1.0"?><ErrorResponse xmlns="${namespace}">${xmlOf(error, 'member')}</ErrorResponse>`
}

function fieldsOf(operation: string, output: Json): string {
  return Object.entries(output)
    .map(([name, value]) => {
      const [one, map] = Object.entries(maps).find(([, map]) => map.name === name) ?? []
      if (one !== undefined && map !== undefined)
        return Object.entries(value as Json)
          .map(([key, Value]) => element(one, { [map.key]: key, Value }, 'member'))
          .join('')
      const each = name === 'Successful' ? `${operation}ResultEntry` : repeated[name]
      if (each === undefined || !Array.isArray(value)) return element(name, value, 'member')
      return value.map((item) => `<${each}>${contentOf(operation, item)}</${each}>`).join('')
    })
    .join('')
}

function contentOf(operation: string, item: unknown): string {
  return typeof item === 'object' && item !== null ? fieldsOf(operation, item as Json) : xmlOf(item, 'member')
}
