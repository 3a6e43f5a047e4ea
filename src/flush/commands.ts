/** Command invocations of our document, and the Comment by which a later pass recognises them. */
import type { CommandInvocation, ListCommandInvocationsCommandInput } from '@aws-sdk/client-ssm'
import type { AwsApi } from '../aws/api.ts'
import type { Flush, LifecycleAction } from '../model.ts'

/** One invocation as listed: whose it is, how it stands, and the first 2,500 characters of its output. */
export interface Invocation {
  readonly flush: Omit<Flush, 'report'>
  readonly belongsTo: Ownership | undefined
  /** A flush of a running instance by the audit; it belongs to no action. */
  readonly isAudit: boolean
  readonly output: string
}

/** What a Comment says. An adopted action has no token and is known by when it began (whole seconds). */
export type Ownership =
  | { readonly token: string; readonly groupName: string | undefined }
  | { readonly adoptedAt: number; readonly groupName: string | undefined }

/** An action is at most 48 hours old (GlobalTimeout), so nothing older can be its flush. */
const WINDOW_MS = 48 * 3600 * 1000
const MAX_COMMENT_CHARACTERS = 100
const AUDIT = 'audit:'

/** Every recent run of our document on an instance, newest first. SSM cannot filter on Comment. */
export async function listInvocations(
  aws: AwsApi,
  documentName: string,
  instanceId: string,
  now: number,
): Promise<Invocation[]> {
  const request: ListCommandInvocationsCommandInput = {
    InstanceId: instanceId,
    Details: true,
    MaxResults: 50,
    Filters: [
      { key: 'DocumentName', value: documentName },
      { key: 'InvokedAfter', value: new Date(now - WINDOW_MS).toISOString().replace(/\.\d+Z$/, 'Z') },
    ],
  }
  const found: CommandInvocation[] = []
  let next: string | undefined
  do {
    const page = await aws.listCommandInvocations(next ? { ...request, NextToken: next } : request)
    found.push(...(page.CommandInvocations ?? []))
    next = page.NextToken
  } while (next)
  return found
    .filter((invocation) => invocation.InstanceId === instanceId)
    .map(readInvocation)
    .sort((a, b) => b.flush.requestedAt - a.flush.requestedAt)
}

function readInvocation(invocation: CommandInvocation): Invocation {
  const plugins = invocation.CommandPlugins ?? []
  return {
    flush: {
      commandId: invocation.CommandId ?? '',
      status: statusOf(invocation.Status),
      statusDetails: (invocation.StatusDetails ?? invocation.Status ?? '').replaceAll(' ', ''),
      requestedAt: invocation.RequestedDateTime?.getTime() ?? 0,
      endedAt: plugins.at(-1)?.ResponseFinishDateTime?.getTime(),
    },
    belongsTo: readComment(invocation.Comment ?? ''),
    isAudit: (invocation.Comment ?? '').startsWith(AUDIT),
    output: plugins.map((plugin) => plugin.Output ?? '').join('\n'),
  }
}

/** A status that SSM may add one day counts as running: waiting is safe, the deadline ends it. */
function statusOf(status: string | undefined): Flush['status'] {
  if (status === 'Success') return 'succeeded'
  return status && ['Failed', 'TimedOut', 'Cancelled'].includes(status) ? 'failed' : 'running'
}

/** `<token> <group>` or `adopted:<time> <group>`; the group saves later passes a look-up and is left out when too long. */
export function commentFor({ token, startedAt, groupName }: LifecycleAction): string {
  const owner = token ?? `adopted:${new Date(startedAt).toISOString()}`
  const comment = `${owner} ${groupName}`
  return comment.length <= MAX_COMMENT_CHARACTERS ? comment : owner
}

/** The Comment of an audit's flush, which serves no action. */
export function auditComment(groupName: string): string {
  return `${AUDIT}${groupName}`.slice(0, MAX_COMMENT_CHARACTERS)
}

function readComment(comment: string): Ownership | undefined {
  const [, owner, group] = /^(\S+)(?: (.+))?$/.exec(comment) ?? []
  if (!owner || comment.startsWith(AUDIT)) return undefined
  if (!owner.startsWith('adopted:')) return { token: owner, groupName: group }
  const adoptedAt = Date.parse(owner.slice('adopted:'.length))
  return Number.isNaN(adoptedAt) ? undefined : { adoptedAt, groupName: group }
}

/**
 * Whether an invocation is a flush of this very action: made for its token or, where one of the two sides does not know the
 * token (an adopted action), begun after the action did.
 */
export function belongs({ belongsTo, flush }: Invocation, action: LifecycleAction): boolean {
  if (!belongsTo) return false
  if (action.token !== undefined && 'token' in belongsTo) return belongsTo.token === action.token
  return flush.requestedAt >= action.startedAt
}
