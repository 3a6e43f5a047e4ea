/**
 * What a queue message says. One small parser per kind, tried in order; a kind that is not in the table is refused with the
 * reason, never guessed. A parsed message is still only a hint: group, hook and state are looked up before anything is done.
 */
import * as z from 'zod'

/** What the journal tells of a test of the queue, and `doctor` finds there. */
export const QUEUE_WAS_TESTED = 'Auto Scaling tested the queue'

export type Message =
  /** A lifecycle action of some hook began. */
  | {
      readonly kind: 'lifecycle-action'
      /** `event`: by a rule on the bus, which brings the actions of every hook of our name, whatever queue the hook notifies. */
      readonly by: 'hook' | 'event'
      readonly groupName: string
      readonly hookName: string
      readonly instanceId: string
      readonly token: string
      /** Epoch ms; `undefined` when the notification does not say. */
      readonly time: number | undefined
    }
  /** SSM says that a command changed its state on an instance. Best effort, so only ever a wake-up. */
  | {
      readonly kind: 'command-status'
      readonly instanceId: string
      readonly commandId: string
      readonly documentName: string
    }
  /** Auto Scaling tries the queue when a hook is put. */
  | { readonly kind: 'test-notification' }
  | { readonly kind: 'refused'; readonly why: string }

/** A notification is about 1 kB; its NotificationMetadata at most 4 kB. */
export const MAX_BODY_CHARACTERS = 64 * 1024

const InstanceId = z.string().regex(/^i-[0-9a-f]{8,32}$/, 'is not an instance id')
const Name = z.string().min(1).max(255)
/** Only ever a help: a notification is one whatever it says of its time. */
const Time = z
  .unknown()
  .optional()
  .transform((text) => {
    const time = typeof text === 'string' ? Date.parse(text) : Number.NaN
    return Number.isNaN(time) ? undefined : time
  })

/** The fields we use; the rest (metadata, origin, destination, order) is free, and was different over the years. */
const Notification = z
  .object({
    LifecycleTransition: z.literal('autoscaling:EC2_INSTANCE_TERMINATING'),
    AutoScalingGroupName: Name,
    LifecycleHookName: Name,
    EC2InstanceId: InstanceId,
    LifecycleActionToken: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'is not a token'),
    Time,
  })
  .transform((body) => ({
    kind: 'lifecycle-action' as const,
    by: 'hook' as const,
    groupName: body.AutoScalingGroupName,
    hookName: body.LifecycleHookName,
    instanceId: body.EC2InstanceId,
    token: body.LifecycleActionToken,
    time: body.Time,
  }))

const CommandStatus = z
  .object({ 'command-id': z.string().min(1).max(64), 'instance-id': InstanceId, 'document-name': Name })
  .transform((detail) => ({
    kind: 'command-status' as const,
    commandId: detail['command-id'],
    instanceId: detail['instance-id'],
    documentName: detail['document-name'],
  }))

type Json = Readonly<Record<string, unknown>>
type Parser = { readonly speaks: (body: Json) => boolean; readonly parse: (body: Json) => Message }

const parsers: readonly Parser[] = [
  {
    speaks: (body) => body.Event === 'autoscaling:TEST_NOTIFICATION',
    parse: () => ({ kind: 'test-notification' }),
  },
  { speaks: (body) => 'LifecycleTransition' in body, parse: (body) => checked(Notification, body) },
  {
    speaks: (body) => body['detail-type'] === 'EC2 Instance-terminate Lifecycle Action',
    parse: (body) => byEvent(checked(Notification, withTime(body))),
  },
  {
    speaks: (body) => body['detail-type'] === 'EC2 Command Invocation Status-change Notification',
    parse: (body) => checked(CommandStatus, body.detail),
  },
  {
    speaks: (body) => body.Type === 'Notification' && typeof body.Message === 'string',
    parse: (body) => parse(String(body.Message)),
  },
]

/** Reads one message body. Never throws. */
export function parse(body: string): Message {
  if (body.length > MAX_BODY_CHARACTERS)
    return refused(`the body is larger than ${MAX_BODY_CHARACTERS} characters`)
  const json = parseJson(body)
  if (!json) return refused('the body is not a JSON object')
  const parser = parsers.find(({ speaks }) => speaks(json))
  return parser ? parser.parse(json) : refused('the body is of no kind that the guard knows')
}

function checked(schema: z.ZodType<Message>, value: unknown): Message {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  return refused(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '),
  )
}

function byEvent(message: Message): Message {
  return message.kind === 'lifecycle-action' ? { ...message, by: 'event' } : message
}

/** EventBridge carries the time outside of the notification. */
function withTime(event: Json): unknown {
  return typeof event.detail === 'object' ? { Time: event.time, ...event.detail } : event.detail
}

function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

function refused(why: string): Message {
  return { kind: 'refused', why }
}
