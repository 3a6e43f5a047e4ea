/** Policies of queues and buckets, as far as a check reads them. Pure. */

export interface PolicyStatement {
  readonly Sid?: string
  readonly Effect?: string
  readonly Principal?: unknown
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
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
export function denies(statement: PolicyStatement, action: string): boolean {
  const { Effect, Action = [], NotAction, Condition } = statement
  if (Effect !== 'Deny' || asksForTls(Condition)) return false
  const named = (patterns: string | readonly string[]) =>
    [patterns].flat().some((pattern) => matches(pattern, action))
  return NotAction === undefined ? named(Action) : !named(NotAction)
}

/** Whether a statement lets in whoever comes, of whatever account. */
export function admitsAnybody({ Effect, Principal, Condition = {} }: PolicyStatement): boolean {
  if (Effect !== 'Allow') return false
  const names = [(Principal as { AWS?: unknown } | undefined)?.AWS ?? Principal].flat()
  return names.includes('*') && (Object.keys(Condition).length === 0 || asksForTls(Condition))
}

/** And for nothing else. */
function asksForTls(condition: PolicyStatement['Condition'] = {}): boolean {
  const keys = Object.values(condition).flatMap((operator) => Object.keys(operator as object))
  return keys.length > 0 && keys.every((key) => key.toLowerCase() === 'aws:securetransport')
}

function matches(pattern: string, action: string): boolean {
  const wild: Record<string, string> = { '*': '.*', '?': '.' }
  const source = pattern.replaceAll(/[^\w:]/g, (character) => wild[character] ?? `\\${character}`)
  return new RegExp(`^${source}$`, 'i').test(action)
}
