/** 200 selections: they package, CloudFormation's linter accepts them, and the roles allow just them, in every partition. */
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type BuildOptions, build } from 'esbuild'
import { type FunctionName, functionNames } from '../../deploy/environment.ts'
import { RESOURCES_OF_SERVERLESS } from '../../deploy/limits.ts'
import { roleOf } from '../../deploy/roles.ts'
import { deployment } from '../../deploy/template.ts'
import { parseSelections } from '../../src/selection.ts'
import { defaults } from './defaults.ts'
import { denied, isAllowed, policyOf } from './iam.ts'
import { largest } from './large.ts'
import { type Place, packageProject, resolved, type Template } from './packaged.ts'
import { groupArn, type IamRequest, instanceArn, instanceTags, requestsIn } from './requests.ts'

const places: readonly Place[] = [
  { partition: 'aws', region: 'eu-west-1' },
  { partition: 'aws-cn', region: 'cn-north-1' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1' },
]
/** What each role does to groups and to their instances. */
const acts: Readonly<Record<FunctionName, readonly string[]>> = {
  terminations: ['autoscaling:CompleteLifecycleAction', 'ssm:SendCommand'],
  sweep: ['autoscaling:CompleteLifecycleAction', 'autoscaling:PutLifecycleHook', 'ssm:SendCommand'],
  enrol: ['autoscaling:PutLifecycleHook'],
  audit: ['ssm:SendCommand'],
}

function ask(action: string, name: string, tags: Readonly<Record<string, string>>): IamRequest {
  if (action === 'ssm:SendCommand')
    return { action, resource: instanceArn, context: instanceTags({ name, tags }) }
  const context = Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])
  return { action, resource: groupArn(name), context: Object.fromEntries(context) }
}

describe.each(Object.entries(largest))('with %s', (_, groups) => {
  const { resources } = deployment('termination-guard-prod', { ...defaults, groups })
  const template = { Resources: resources, Outputs: {} } as Template
  /** The first, the last, and some at every cut in between. */
  const some = parseSelections(groups).filter(
    (_one, index, all) => index % 23 === 0 || index === all.length - 1,
  )
  describe.each(functionNames)('the role of %s', (name) => {
    it.each(places)(
      'allows what it does to each of them in $partition, and to nobody else',
      async (place) => {
        const policy = policyOf(template, roleOf(name), place)
        for (const action of acts[name]) {
          const chosen = some.map((one) =>
            one.by === 'name' ? ask(action, one.name, {}) : ask(action, 'x', { [one.key]: one.value }),
          )
          expect(await denied(policy, requestsIn(chosen, place))).toEqual([])
          const others = some.map((one) =>
            one.by === 'name'
              ? ask(action, `${one.name}x`, {})
              : ask(action, 'x', { [one.key]: `${one.value}x` }),
          )
          for (const request of requestsIn(others, place))
            expect(await isAllowed(policy, request)).toBe(false)
        }
      },
    )
  })
})

describe.each(places)('in $partition', (place) => {
  it.each(Object.entries(largest))('IAM takes every role of %s', (_, groups) => {
    const { resources } = deployment('termination-guard-prod', { ...defaults, groups })
    const lengthOf = (document: unknown) => JSON.stringify(resolved(document, place)).length
    for (const name of functionNames) {
      const { Policies, ManagedPolicyArns = [] } =
        (resources as Template['Resources'])[roleOf(name)]?.Properties ?? {}
      const inline = Policies.map(({ PolicyDocument }: { PolicyDocument: unknown }) =>
        lengthOf(PolicyDocument),
      )
      const managed = ManagedPolicyArns.map(({ Ref }: { Ref: string }) =>
        lengthOf((resources as Template['Resources'])[Ref]?.Properties.PolicyDocument),
      )
      expect(inline.reduce((sum: number, one: number) => sum + one, 0)).toBeLessThanOrEqual(10_240)
      expect(managed.length).toBeLessThanOrEqual(10)
      expect(Math.max(0, ...managed)).toBeLessThanOrEqual(6144)
    }
  })
})

describe('as Serverless packages them', () => {
  let packaged: Awaited<ReturnType<typeof packageProject>>
  beforeAll(async () => {
    packaged = await packageProject({ groups: Object.values(largest)[0] ?? '' })
  })
  afterAll(() => packaged.remove())
  it('stay within what CloudFormation takes, and Serverless adds no more than was reckoned with', () => {
    const { resources } = deployment('termination-guard-prod', {
      ...defaults,
      groups: Object.values(largest)[0],
    })
    const count = Object.keys(packaged.template.Resources).length
    expect(count - Object.keys(resources).length).toBeLessThanOrEqual(RESOURCES_OF_SERVERLESS)
    expect(count).toBeLessThanOrEqual(500)
    expect(statSync(packaged.file).size).toBeLessThanOrEqual(1_000_000)
  })
  it('reach the functions in the bundle', async () => {
    const { Variables } = packaged.template.Resources.SweepLambdaFunction?.Properties.Environment ?? {}
    expect(Variables.GROUPS).toBe('*bundled')
    const groups = largest['200 values of one tag'] ?? ''
    const configured = createRequire(import.meta.url)('../../esbuild.config.cjs') as (
      it: object,
    ) => BuildOptions
    const { outputFiles } = await build({
      ...configured({ service: { custom: { guard: { settings: { groups } } } } }),
      entryPoints: [join(import.meta.dirname, '..', '..', 'handlers', 'sweep.ts')],
      write: false,
    })
    expect(outputFiles?.[0]?.text).toContain(groups)
  })
  const cfnLint = spawnSync('cfn-lint', ['--version']).status === 0
  ;(cfnLint ? it : it.skip)('cfn-lint finds nothing (skipped where cfn-lint is not installed)', () => {
    const regions = places.map(({ region }) => region)
    const found = spawnSync('cfn-lint', ['--template', packaged.file, '--regions', ...regions], {
      encoding: 'utf8',
    })
    expect([found.status, found.stdout]).toEqual([0, ''])
  })
})
