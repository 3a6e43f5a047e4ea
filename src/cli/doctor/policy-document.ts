/** Policies of queues and buckets, as far as a check reads them. Pure. */

export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect?: string
  readonly Principal?: unknown
  readonly Action?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, unknown>>
}

/** `undefined`: it is none. */
export function readPolicyDocument(text: string): readonly PolicyStatement[] | undefined {
  try {
    const { Statement } = JSON.parse(text) as { Statement?: PolicyStatement | readonly PolicyStatement[] }
    if (Statement === undefined) return undefined
    return Array.isArray(Statement) ? Statement : [Statement as PolicyStatement]
  } catch {
    return undefined
  }
}

/** Whether a statement refuses an action to anybody; that it only asks for TLS is no refusal. */
export function denies({ Effect, Action = [], Condition = {} }: PolicyStatement, action: string): boolean {
  if (Effect !== 'Deny') return false
  const asksForTls =
    Object.keys(Condition).length > 0 &&
    Object.values(Condition).every((keys) =>
      Object.keys(keys as object).every((key) => key.toLowerCase() === 'aws:securetransport'),
    )
  return !asksForTls && [Action].flat().some((pattern) => matches(pattern, action))
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w:]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action)
}
