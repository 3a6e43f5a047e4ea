/** Policies of buckets and keys, judged by a real evaluator, which is loaded when the first policy is. */

export interface PolicyRequest {
  readonly accountId: string
  /** The name that signed; as a user of the account. */
  readonly caller: string
  /** As in IAM: `s3:PutObject`. */
  readonly action: string
  readonly resource: string
  readonly context: Readonly<Record<string, string>>
}

/** What the caller may do where only this policy could forbid it: everybody here is an administrator. */
export async function isAllowed(policy: string, request: PolicyRequest): Promise<boolean> {
  const answer = await judge(policy, request)
  if (answer.resultType === 'error') throw new Error(`${request.action}: ${JSON.stringify(answer.errors)}`)
  return answer.overallResult === 'Allowed'
}

/** Whether IAM would take it as a policy. */
export async function isPolicy(text: string, request: PolicyRequest): Promise<boolean> {
  try {
    return (await judge(text, request)).resultType !== 'error'
  } catch {
    return false
  }
}

async function judge(policy: string, { accountId, caller, action, resource, context }: PolicyRequest) {
  const { runSimulation } = await import('@cloud-copilot/iam-simulate')
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  const encrypted = 'aws:SecureTransport'
  return runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:user/${caller}`,
        action,
        resource: { resource, accountId },
        // The local wire stands for the encrypted one.
        contextVariables: { ...context, [encrypted]: 'true' },
      },
      identityPolicies: [{ name: 'administrator', policy: everything }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: JSON.parse(policy),
    },
    {},
  )
}
