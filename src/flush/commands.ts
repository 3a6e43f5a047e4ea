/** Command invocations of our document, and the Comment by which a later pass recognises them. */
import type { CommandInvocation, ListCommandInvocationsCommandInput } from '@aws-sdk/client-ssm'
import type { AwsApi } from '../aws/api.ts'
import { TooMany } from '../aws/failures.ts'
import { LONGEST_HOLD_SECONDS } from '../global-timeout.ts'
import type { Flush, LifecycleAction } from '../model.ts'
import { withinReason } from './machine-clock.ts'
import { newestFirst } from './newest-first.ts'
import { salvageDocumentOf } from './salvage-document.ts'

/** One invocation as listed: whose it is, how it stands, and the first 2,500 characters of its output. */
export interface Invocation {
  readonly flush: Omit<Flush, 'report'>
  readonly belongsTo: Ownership | undefined
  /** A flush of a running instance by the audit; it belongs to no action. */
  readonly isAudit: boolean
  readonly comment: string
  readonly output: string
  /** The machine on which it ran: for a salvage another one than that whose logs it is about. */
  readonly ranOn: string
}

/** What a Comment says. An adopted action has no token and is known by when its scaling activity began. */
export type Ownership =
  | { readonly token: string; readonly groupName: string | undefined }
  | { readonly adoptedAt: number; readonly groupName: string | undefined }

/** Nothing older can be the flush of an action that is held, or is found over: no queue hides a message for longer than half a day. */
const LATEST_LOOK_SECONDS = 43_200
const WINDOW_MS = 1000 * (LONGEST_HOLD_SECONDS + LATEST_LOOK_SECONDS)
/**
 * Pages of 50 commands that are read of one instance: what runs our document thousands of times in these days is no flush of ours, and
 * must not cost every pass its time.
 */
export const MAX_COMMAND_PAGES = 60
const MAX_COMMENT_CHARACTERS = 100
const AUDIT = 'audit:'
const PERSON = 'flush:'
const SALVAGE = 'salvage:'

/** Every recent run of our document on an instance, newest first. SSM cannot filter on Comment. Throws TooMany. */
export async function listInvocations(
  aws: AwsApi,
  documentName: string,
  instanceId: string,
  now: number,
): Promise<Invocation[]> {
  const found = await everyInvocation(aws, documentName, now, instanceId)
  return found.filter((one) => one.ranOn === instanceId)
}

/**
 * The salvages of a dead machine's disk that the sweep of this deployment asked for, on whatever machines, newest first. Its name is its
 * hook's. Throws TooMany.
 */
export async function listSalvages(
  aws: AwsApi,
  hookName: string,
  instanceId: string,
  now: number,
): Promise<Invocation[]> {
  const found = await everyInvocation(aws, salvageDocumentOf(hookName), now)
  return newestFirst(found.flatMap((one) => asSalvage(one, instanceId) ?? []))
}

/** Newest first. Where no machine is named, those on all of them. */
async function everyInvocation(
  aws: AwsApi,
  documentName: string,
  now: number,
  instanceId?: string,
): Promise<Invocation[]> {
  const request: ListCommandInvocationsCommandInput = {
    ...(instanceId !== undefined && { InstanceId: instanceId }),
    Details: true,
    MaxResults: 50,
    Filters: [
      { key: 'DocumentName', value: documentName },
      { key: 'InvokedAfter', value: isoSeconds(now - WINDOW_MS) },
    ],
  }
  // A command that is sent between two pages shows the last one of the first page again on the next.
  const each = new Map<string, Invocation>()
  let next: string | undefined
  let pages = 0
  do {
    if (pages++ >= MAX_COMMAND_PAGES)
      throw new TooMany(`${instanceId ?? documentName} has over ${each.size} commands in 60 hours`)
    const page = await aws.listCommandInvocations(next ? { ...request, NextToken: next } : request)
    for (const one of page.CommandInvocations ?? [])
      each.set(`${one.CommandId} ${one.InstanceId}`, readInvocation(one, now))
    next = page.NextToken
  } while (next)
  return newestFirst(each.values())
}

function readInvocation(invocation: CommandInvocation, now: number): Invocation {
  const requestedAt = invocation.RequestedDateTime?.getTime() ?? 0
  const plugins = invocation.CommandPlugins ?? []
  const output = plugins.map((plugin) => plugin.Output ?? '').join('\n')
  const status = statusOf(invocation.Status)
  const { ResponseStartDateTime: began, ResponseFinishDateTime: ended } = plugins.at(-1) ?? {}
  return {
    flush: {
      commandId: invocation.CommandId ?? '',
      status,
      statusDetails: (invocation.StatusDetails ?? invocation.Status ?? '').replaceAll(' ', ''),
      requestedAt,
      endedAt: withinReason({ beganAt: began?.getTime(), endedAt: ended?.getTime() }, requestedAt, now),
      said: status === 'failed' ? complaintIn(output) : undefined,
    },
    belongsTo: readComment(invocation.Comment ?? ''),
    isAudit: (invocation.Comment ?? '').startsWith(AUDIT),
    comment: invocation.Comment ?? '',
    output,
    ranOn: invocation.InstanceId ?? '',
  }
}

/** The agent puts what a command wrote to its standard error behind what it wrote to standard output, after this line. */
const STANDARD_ERROR = '----------ERROR-------'
const MAX_COMPLAINT_CHARACTERS = 200

/** `undefined` where it complained of nothing; a script's standard output is no complaint. */
function complaintIn(output: string): string | undefined {
  const at = output.lastIndexOf(STANDARD_ERROR)
  if (at < 0) return undefined
  const words = output
    .slice(at + STANDARD_ERROR.length)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return words.slice(-MAX_COMPLAINT_CHARACTERS).toWellFormed() || undefined
}

/** A status that SSM may add one day counts as running: waiting is safe, the deadline ends it. */
function statusOf(status: string | undefined): Flush['status'] {
  if (status === 'Success') return 'succeeded'
  return status && ['Failed', 'TimedOut', 'Cancelled'].includes(status) ? 'failed' : 'running'
}

/**
 * `<token> <group>` or `adopted:<time> <group>`. The group saves later passes a look-up; it is left out when too long, and encoded,
 * since a name may hold any character and the Comment must come back as it went.
 */
export function commentFor({ token, startedAt, groupName }: LifecycleAction): string {
  const adopted = `adopted:${new Date(startedAt).toISOString()}`
  const owner = token === undefined ? adopted : token.length === 36 ? token : `token:${token}`
  const comment = `${owner} ${encodeURIComponent(groupName.toWellFormed())}`
  return comment.length <= MAX_COMMENT_CHARACTERS ? comment : owner
}

/** The Comment of an audit's flush, which serves no action. */
export function auditComment(groupName: string): string {
  return cut(`${AUDIT}${groupName}`)
}

/**
 * The Comment of a flush that a person asked for while the instance stays in service. It is no audit's either: that one would tell what
 * it put into S3 as a finding against the instance.
 */
export function personComment(groupName: string): string {
  return cut(`${PERSON}${groupName}`)
}

/** Half of a character is none that SSM must take. */
function cut(comment: string): string {
  return comment.slice(0, MAX_COMMENT_CHARACTERS).toWellFormed()
}

/** The action that a salvage is for, known by when its scaling activity began, and the moment of which the disk is a copy. */
export interface Salvaged {
  readonly actionBegan: number
  readonly copiedAt: number
}

/**
 * The Comment of a salvage: whose logs, from which copy; one that a person asked for is for no action. The moment of the copy is told in
 * whole seconds, the earlier one: what it proves is never of later than it is said (S1).
 */
export function salvageComment(instanceId: string, volumeId: string, salvaged?: Salvaged): string {
  const action = salvaged && `${iso(salvaged.actionBegan)} ${isoSeconds(salvaged.copiedAt)}`
  return [`${SALVAGE}${instanceId} ${volumeId}`, action ?? []].flat().join(' ')
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

function isoSeconds(time: number): string {
  return `${iso(time).slice(0, 19)}Z`
}

const SALVAGED = /^salvage:(?<instanceId>i-[0-9a-f]+) vol-[0-9a-f]+ (?<began>\S+) (?<copied>\S+)$/

/** As a flush of the dead machine itself, asked for at the moment of which its disk is a copy; `undefined`: it is none for an action of it. */
function asSalvage(invocation: Invocation, dead: string): Invocation | undefined {
  const { instanceId, began = '', copied = '' } = SALVAGED.exec(invocation.comment)?.groups ?? {}
  const [adoptedAt, copiedAt] = [Date.parse(began), Date.parse(copied)]
  if (instanceId !== dead || Number.isNaN(adoptedAt) || Number.isNaN(copiedAt)) return undefined
  return {
    ...invocation,
    belongsTo: { adoptedAt, groupName: undefined },
    flush: { ...invocation.flush, requestedAt: copiedAt, copiedAt },
  }
}

/**
 * Auto Scaling's tokens have 36 characters, and one that had not would be named as a token: what a person writes is neither, and makes a
 * command nobody's.
 */
const OWNER = /^(?:token:(?<odd>\S+)|adopted:(?<time>\S+)|(?<token>[\x21-\x7e]{36}))(?: (?<group>.+))?$/s

function readComment(comment: string): Ownership | undefined {
  if (comment.startsWith(AUDIT) || comment.startsWith(PERSON)) return undefined
  const { odd, token = odd, time, group } = OWNER.exec(comment)?.groups ?? {}
  const groupName = group === undefined ? undefined : decoded(group)
  if (time !== undefined) {
    const adoptedAt = Date.parse(time)
    return Number.isNaN(adoptedAt) ? undefined : { adoptedAt, groupName }
  }
  return token === undefined ? undefined : { token, groupName }
}

/** `undefined`: not our writing, so it is looked up. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Whether an invocation is a flush of this very action. Where both sides know a token, it tells. An adopted flush is known by when the
 * scaling activity began that it served: no later than the action that its own message names, while that of a next action of the same
 * instance begins after this one is over. And nothing belongs to an action that was asked for before it began (S1).
 */
export function belongs({ belongsTo, flush }: Invocation, action: LifecycleAction): boolean {
  if (!belongsTo) return false
  const isSince = flush.requestedAt >= action.startedAt
  if (action.token === undefined) return isSince
  if ('token' in belongsTo) return belongsTo.token === action.token
  return isSince && wholeSeconds(belongsTo.adoptedAt) <= wholeSeconds(action.startedAt)
}

/** EventBridge dates its events so, as does the Comment of a salvage its copy; an activity and a notification tell more. */
export function wholeSeconds(time: number): number {
  return 1000 * Math.floor(time / 1000)
}
