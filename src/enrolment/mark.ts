/**
 * What is remembered of a group: what was set there by us and what was there before. It is kept twice, in a tag on the group (the mark)
 * and in our hook's NotificationMetadata, since whoever applies a template takes away tags that the template does not have. Pure.
 */
import type { GroupTag } from '../selection.ts'

/** What we set, and what was there before we did. */
export interface Mark {
  /** `unknown`: both memories were lost while the group retained, so nobody can say who switched that on. */
  readonly before: 'retain' | 'terminate' | 'unknown'
  /** What we gave the hook; `undefined`: the hook is not ours but stands in a template of the group's own. */
  readonly heartbeatTimeoutSeconds: number | undefined
  /** We switched retention on. */
  readonly retain: boolean
  /** We are about to set this: a run may have broken off in between, so what differs is no person's doing. */
  readonly pending: boolean
  /** Nobody but a deployment may enrol the group again. */
  readonly withdrawn: boolean
}

/** The hook of our name, as found. */
export interface HookAsFound {
  readonly transition: string | undefined
  readonly target: string | undefined
  readonly role: string | undefined
  readonly heartbeatTimeoutSeconds: number
  readonly defaultResult: string | undefined
  readonly metadata: string | undefined
}

/** What is left of the memory of a group. */
export interface Remembered {
  readonly mark: Mark | undefined
  /** How the group's own mark was found. */
  readonly tag: 'read' | 'gone' | 'garbled'
}

export const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING'

/** How the metadata of a hook begins that a deployment of the guard has put. */
const SIGNATURE = 'termination-guard: '

/** The key of the tag that marks a group as enrolled by the deployment whose hook has this name. */
export function markKey(hookName: string): string {
  return `termination-guard:${hookName}`
}

/** The tag first: it alone knows of runs that broke off and of withdrawals. */
export function remembered(
  { tags, hook }: { readonly tags: readonly GroupTag[]; readonly hook: HookAsFound | undefined },
  hookName: string,
): Remembered {
  const value = tags.find(({ key }) => key === markKey(hookName))?.value
  const mark = value === undefined ? undefined : readMark(value)
  if (mark) return { mark, tag: 'read' }
  const metadata = hook?.metadata
  return {
    mark: metadata?.startsWith(SIGNATURE) ? readMark(metadata.slice(SIGNATURE.length)) : undefined,
    tag: value === undefined ? 'gone' : 'garbled',
  }
}

export function putByUs(mark: Mark | undefined): boolean {
  return mark?.heartbeatTimeoutSeconds !== undefined
}

/** What our hook is given to remember of a mark that is finished; a person's own metadata is left as it is. */
export function memoryFor(mark: Mark, metadata: string | undefined): string {
  if (metadata !== undefined && !isSigned(metadata)) return metadata
  return SIGNATURE + writeMark(mark)
}

/** Whether a deployment of the guard, this one or another, has put the hook. */
export function isSigned(metadata: string | undefined): boolean {
  return metadata?.startsWith(SIGNATURE) === true
}

/** Tag values hold letters, digits, spaces and `_.:/=+-@`. */
export function writeMark({ before, heartbeatTimeoutSeconds, retain, pending, withdrawn }: Mark): string {
  const words = [
    `before=${before}`,
    ...(heartbeatTimeoutSeconds === undefined ? [] : [`heartbeat=${heartbeatTimeoutSeconds}`]),
    ...(retain ? ['retain'] : []),
    ...(pending ? ['pending'] : []),
    ...(withdrawn ? ['withdrawn'] : []),
  ]
  return words.join(' ')
}

/** `undefined` where a person has garbled it: half a memory would be taken for the whole. */
export function readMark(value: string): Mark | undefined {
  const words = value.split(' ')
  const before = (['retain', 'terminate', 'unknown'] as const).find((one) => words[0] === `before=${one}`)
  const heartbeat = words.find((word) => /^heartbeat=[0-9]{1,5}$/.test(word))?.slice('heartbeat='.length)
  if (!before) return undefined
  const mark = {
    before,
    heartbeatTimeoutSeconds: heartbeat === undefined ? undefined : Number(heartbeat),
    retain: words.includes('retain'),
    pending: words.includes('pending'),
    withdrawn: words.includes('withdrawn'),
  }
  return writeMark(mark) === value ? mark : undefined
}
