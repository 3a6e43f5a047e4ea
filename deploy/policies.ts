/**
 * A role's statements, cut into policies that IAM accepts. What a role may do grows with the number of guarded groups: the inline policy is
 * filled first, the rest goes into managed ones. A statement is cut between its names, never between its conditions, so that the parts
 * together allow what the whole did.
 */
import type { FunctionName, Value } from './environment.ts'
import type { Settings } from './parameters.ts'
import type { Statement } from './statements.ts'

/** Characters of all inline policies of a role together (IAM quotas; white space does not count). */
export const MOST_INLINE_CHARACTERS = 10_240
/** Characters of one managed policy (IAM quotas). */
export const MOST_MANAGED_CHARACTERS = 6144
/** Managed policies of one role, unless AWS was asked for more (IAM quotas). */
export const MOST_MANAGED_POLICIES = 10

export interface Policies {
  readonly inline: readonly Statement[]
  readonly managed: readonly (readonly Statement[])[]
}

/** Fills one policy after the other. */
export function packed(statements: readonly Statement[]): Policies {
  const policies: Statement[][] = [[]]
  for (const { parts, made } of statements.map(cuttable)) {
    let taken: readonly Part[] = []
    for (const part of parts) {
      const policy = policies.at(-1) ?? []
      const others = taken.length > 0 ? policy.slice(0, -1) : policy
      const longer = made([...taken, part])
      const most = policies.length === 1 ? MOST_INLINE_CHARACTERS : MOST_MANAGED_CHARACTERS
      const fits = charactersOf([...others, longer]) <= most
      taken = fits ? [...taken, part] : [part]
      if (fits) policy.splice(others.length, 1, longer)
      else policies.push([made(taken)])
    }
  }
  const [inline = [], ...managed] = policies
  return { inline, managed }
}

type Part = Value | undefined

/** A statement as the list that it may be cut in: the values of its only condition, or its resources where it has none. */
function cuttable(statement: Statement): {
  readonly parts: readonly Part[]
  made(parts: readonly Part[]): Statement
} {
  const { Effect, Resource, Condition } = statement
  const [only, ...others] = conditionsOf(statement)
  if (
    Effect === 'Allow' &&
    only?.operator === 'StringEquals' &&
    others.length === 0 &&
    Array.isArray(only.values)
  )
    return {
      parts: only.values,
      made: (parts) => ({ ...statement, Condition: { StringEquals: { [only.key]: parts as string[] } } }),
    }
  if (Effect === 'Allow' && Condition === undefined && Array.isArray(Resource))
    return { parts: Resource, made: (parts) => ({ ...statement, Resource: parts as Value[] }) }
  return { parts: [undefined], made: () => statement }
}

function conditionsOf({ Condition = {} }: Statement) {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  )
}

/** How much of a quota a policy takes at most, whatever partition, Region and generated names turn out to be. */
export function charactersOf(statements: readonly Statement[]): number {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, (_, value) => longest(value)).length
}

const LONGEST_REGION = 'ap-southeast-99'
const LONGEST_ARN = `arn:aws-us-gov:iam::111122223333:role/${'x'.repeat(64)}`

function longest(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('Fn::GetAtt' in value) return LONGEST_ARN
  if (!('Fn::Sub' in value)) return value
  return String(value['Fn::Sub'])
    .replaceAll('${AWS::Partition}', 'aws-us-gov')
    .replaceAll('${AWS::Region}', LONGEST_REGION)
    .replaceAll('${AWS::AccountId}', '111122223333')
}

export function managedPolicyOf(
  settings: Settings,
  functionName: FunctionName,
  Statement: readonly Statement[],
): unknown {
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: `More of what ${settings.name}-${functionName} may do`,
      PolicyDocument: { Version: '2012-10-17', Statement },
    },
  }
}
