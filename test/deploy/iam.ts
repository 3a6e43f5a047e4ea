/** IAM's answer (a real evaluator's), and what of a policy nobody needs. */
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { ACCOUNT, IRELAND, type Place, resolved, type Template } from './packaged.ts'
import type { IamRequest } from './requests.ts'

export interface PolicyDocument {
  readonly Version: string
  readonly Statement: readonly PolicyStatement[]
}

export interface PolicyStatement {
  readonly Effect: string
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** All policies of a role as one, as CloudFormation would create them there. */
export function policyOf(template: Template, logicalId: string, place: Place = IRELAND): PolicyDocument {
  const { Policies, ManagedPolicyArns = [] } = template.Resources[logicalId]?.Properties ?? {}
  const managed = ManagedPolicyArns.map(({ Ref }: { Ref: string }) => template.Resources[Ref]?.Properties)
  const documents = [...Policies, ...managed].map(({ PolicyDocument }) => resolved(PolicyDocument, place))
  const [Version] = documents.map((document) => (document as PolicyDocument).Version)
  return {
    Version: String(Version),
    Statement: documents.flatMap((document) => (document as PolicyDocument).Statement),
  }
}

/** A key's default policy: without it, no policy of a role counts for the key. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
  ],
}

/** What was answered: a policy is asked about hundreds of requests, and each of its reductions about them again. */
const answers = new Map<string, Promise<boolean>>()

/** A statement that is not about a request's action has no say in it, so that most reductions of a policy leave most answers as they were. */
export function isAllowed(policy: PolicyDocument, request: IamRequest): Promise<boolean> {
  const Statement = policy.Statement.filter(({ Action }) =>
    Action.some((one) => isAbout(one, request.action)),
  )
  if (Statement.length === 0) return Promise.resolve(false)
  const asked = JSON.stringify([Statement, request])
  const answer = answers.get(asked) ?? evaluate({ ...policy, Statement }, request)
  answers.set(asked, answer)
  return answer
}

/** `pattern`: an action, with or without wildcards. */
function isAbout(pattern: string, action: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === action.toLowerCase()
  const words = pattern.replaceAll('*', '.*').replaceAll('?', '.')
  return new RegExp(`^${words}$`, 'i').test(action)
}

async function evaluate(policy: PolicyDocument, { action, resource, context }: IamRequest): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/under-test`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { ...context, 'aws:SecureTransport': 'true' },
      },
      identityPolicies: [{ name: 'role', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') && { resourcePolicy: KEY_POLICY }),
    },
    {},
  )
  if (answer.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`)
  return answer.overallResult === 'Allowed'
}

/** The requests that are not allowed. */
export async function denied(policy: PolicyDocument, requests: readonly IamRequest[]): Promise<IamRequest[]> {
  const answers = await Promise.all(requests.map((request) => isAllowed(policy, request)))
  return requests.filter((_, index) => !answers[index])
}

/** What can be taken out of the policy without any of the requests being denied. */
export async function unused(policy: PolicyDocument, requests: readonly IamRequest[]): Promise<string[]> {
  const found: string[] = []
  for (const { what, without } of reductions(policy))
    if ((await denied(without, requests)).length === 0) found.push(what)
  return found
}

/** Every policy that allows less by one action, resource or value of a condition. */
export function reductions(policy: PolicyDocument): { what: string; without: PolicyDocument }[] {
  return policy.Statement.flatMap((statement, index) => {
    if (statement.Effect === 'Deny') return []
    const replaced = (...instead: readonly PolicyStatement[]) => ({
      ...policy,
      Statement: policy.Statement.toSpliced(index, 1, ...instead),
    })
    const resources = [statement.Resource].flat()
    return [
      ...statement.Action.map((action) => {
        const Action = statement.Action.filter((other) => other !== action)
        const instead = Action.length > 0 ? [{ ...statement, Action }] : []
        return { what: `${action} on ${resources.join(', ')}`, without: replaced(...instead) }
      }),
      ...(resources.length > 1
        ? resources.map((resource) => {
            const Resource = resources.filter((other) => other !== resource)
            return {
              what: `${statement.Action} on ${resource}`,
              without: replaced({ ...statement, Resource }),
            }
          })
        : []),
      ...conditionValues(statement).map(({ what, Condition }) => ({
        what,
        without: replaced({ ...statement, Condition }),
      })),
    ]
  })
}

function conditionValues({ Action, Condition = {} }: PolicyStatement) {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) => {
      if (typeof values === 'string' || values.length < 2) return []
      return values.map((value) => ({
        what: `${Action} where ${key} is ${value}`,
        Condition: {
          ...Condition,
          [operator]: { ...keys, [key]: values.filter((other) => other !== value) },
        },
      }))
    }),
  )
}
