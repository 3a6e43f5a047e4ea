import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { AwsApi } from '../../src/aws/api.ts'
import { belongs, commentFor, listInvocations } from '../../src/flush/commands.ts'
import type { LifecycleAction } from '../../src/model.ts'

const instanceId = 'i-0123456789abcdef0'
const startedAt = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2035, 0) })
const action: fc.Arbitrary<LifecycleAction> = fc.record({
  groupName: fc.stringMatching(/^[!-9;-~]([ -9;-~]{0,200}[!-9;-~])?$/),
  hookName: fc.constant('termination-guard'),
  instanceId: fc.constant(instanceId),
  token: fc.option(fc.uuid(), { nil: undefined }),
  startedAt,
})

/** The command that was sent with this Comment, as a listing shows it. */
async function listed(comment: string, requestedAt: number) {
  const invocation = {
    CommandId: 'c',
    InstanceId: instanceId,
    Comment: comment,
    RequestedDateTime: new Date(requestedAt),
  }
  const aws = {
    listCommandInvocations: async () => ({
      CommandInvocations: [{ ...invocation, Status: 'Success' as const }],
    }),
  }
  const [found] = await listInvocations(aws as unknown as AwsApi, 'document', instanceId, requestedAt)
  if (!found) throw new Error('nothing is listed')
  return found
}

describe('a Comment', () => {
  it('is short enough for SSM and brings back whose command it is', async () => {
    await fc.assert(
      fc.asyncProperty(action, async (of) => {
        const comment = commentFor(of)
        expect(comment.length).toBeLessThanOrEqual(100)
        const { belongsTo } = await listed(comment, of.startedAt + 1)
        if (of.token) expect(belongsTo).toMatchObject({ token: of.token })
        else expect(belongsTo).toMatchObject({ adoptedAt: of.startedAt })
        if (belongsTo?.groupName !== undefined) expect(belongsTo.groupName).toBe(of.groupName)
      }),
    )
  })

  it('of one action is never taken for another’s', async () => {
    await fc.assert(
      fc.asyncProperty(action, action, async (one, other) => {
        fc.pre(one.token !== undefined && other.token !== undefined && one.token !== other.token)
        expect(belongs(await listed(commentFor(one), one.startedAt + 1), other)).toBe(false)
      }),
    )
  })

  it('that a person wrote never crashes the listing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 100 }), action, async (comment, of) => {
        expect(typeof belongs(await listed(comment, of.startedAt - 1), of)).toBe('boolean')
      }),
    )
  })
})
