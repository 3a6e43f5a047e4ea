/**
 * The policies of every combination of rungs, and of how groups are chosen: what each rung takes by itself is what a combination of them
 * takes, so that no statement may hang on a rung that another one has, or on none.
 */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { type FunctionName, functionNames } from '../../deploy/environment.ts'
import { statementsOf } from '../../deploy/roles.ts'
import { readSettings } from '../../deploy/settings.ts'
import { RUNGS, type Rung, readRungs } from '../../src/rungs.ts'
import { callsOf } from './calls.ts'
import { defaults } from './defaults.ts'
import { deployed, forbidden, kmsKeyArn } from './forbidden.ts'
import { denied, type PolicyDocument } from './iam.ts'
import { resolved } from './packaged.ts'
import { type IamRequest, NAME, requestsOf, requestsOfLambda } from './requests.ts'

const named = { name: 'web-asg', tags: {} }
const tagged = { name: 'data-asg', tags: { team: 'data' } }
/** How groups may be chosen, and what is deployed then. */
const choices = {
  'by name': { groups: 'web-asg', chosen: [named] },
  'by tag': { groups: 'tag:team=data', chosen: [tagged] },
  'either way': { groups: 'web-asg,tag:team=data', chosen: [named, tagged] },
}
type Choice = keyof typeof choices
const chooses = Object.entries(choices) as [Choice, (typeof choices)[Choice]][]

const isAccepted = (rungs: readonly Rung[]) => {
  try {
    return readRungs(rungs.join() || 'none').length === rungs.length
  } catch {
    return false
  }
}
const subsets = Array.from({ length: 2 ** RUNGS.length }, (_, bits) =>
  RUNGS.filter((_, at) => (bits & (1 << at)) !== 0),
)
const combinations = subsets.filter(isAccepted).toSorted((a, b) => a.length - b.length)
/** Each rung with no other than it cannot do without; and none. */
const least = [[], ...RUNGS.map((rung) => combinations.find((one) => one.includes(rung)) ?? [])]

/** Short days of the simulator that suffice for all that a rung does: whether they do is found out below. */
const DAYS = [30, 31, 33, 38, 42, 43]
const made = new Map<string, IamRequest>()
const keyOf = (name: FunctionName, choice: Choice, rungs: readonly Rung[]) => `${name} ${choice} ${rungs}: `

beforeAll(async () => {
  for (const rungs of least)
    for (const day of DAYS)
      for (const call of await callsOf(day, rungs))
        for (const [choice, { chosen }] of chooses)
          for (const one of requestsOf(call, { ...deployed, groups: chosen }))
            made.set(`${keyOf(call.by, choice, rungs)}${JSON.stringify(one)}`, one)
})

/** What a function asks of AWS: what it asks on each of these rungs alone. */
function requestsBy(name: FunctionName, choice: Choice, rungs: readonly Rung[]): IamRequest[] {
  const own = least.filter((few) => few.every((rung) => rungs.includes(rung)))
  const keys = own.map((few) => keyOf(name, choice, few))
  const asked = [...made].filter(([key]) => keys.some((one) => key.startsWith(one)))
  return [...asked.map(([, request]) => request), ...requestsOfLambda(name)]
}

const everyCase = functionNames.flatMap((name) =>
  chooses.map(([choice, { groups }]) => ({ name, choice, groups })),
)
describe.each(everyCase)('the role of $name, of groups chosen $choice', ({ name, choice, groups }) => {
  it.each(combinations.map((rungs) => ({ rungs, recover: rungs.join() || 'none' })))(
    'with recover=$recover lets it do what it does and nothing that is forbidden, and has no statement without need',
    async ({ rungs, recover }) => {
      const { bucket } = deployed
      const movedTo = deployed.movedTo.join()
      const settings = readSettings(NAME, { ...defaults, ...{ groups, recover, bucket, kmsKeyArn, movedTo } })
      const policy = (Statement: unknown) => resolved({ Version: '2012-10-17', Statement }) as PolicyDocument
      const statements = statementsOf(settings, name)
      const requests = requestsBy(name, choice, rungs)
      expect(await denied(policy(statements), requests)).toEqual([])
      const others = forbidden.map(([, request]) => request)
      expect(await denied(policy(statements), others)).toEqual(others)
      for (const [index, statement] of statements.entries()) {
        if (statement.Effect === 'Deny') continue
        const without = await denied(policy(statements.toSpliced(index, 1)), requests)
        expect([statement, without.length]).not.toEqual([statement, 0])
      }
    },
  )
})
