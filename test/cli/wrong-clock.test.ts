/** Clocks that are an hour wrong: the functions correct theirs and prove; a machine cannot, is kept, and says why. */
import { expect, it } from '@jest/globals'
import { patientWaits } from '../../testbed/local/installed-guard.ts'
import { afterwards, eventually } from '../testbed/local/local-aws.ts'
import { guardedAws } from './guarded-aws.ts'
import { typeGuard } from './typing.ts'

const hour = 3_600_000

async function terminated(behindMsOf: (caller: string) => number) {
  const refused = new Set<string>()
  const waits = { ...patientWaits, PATIENCE_SECONDS: '60' }
  const local = await guardedAws({ waits, clockBehindMsOf: behindMsOf })
  afterwards(local.stop)
  local.aws.observe({
    after: ({ caller, operation }, status) =>
      void (status >= 400 && refused.add(`${caller.split('.')[0]} ${operation} ${status}`)),
  })
  const [instance] = await local.createGroup({ name: 'web', instances: 1, retains: true })
  if (instance === undefined) throw new Error('the group has no instance')
  await fetch(`${instance.url}/i?e=pv`)
  await local.terminate(instance.instanceId)
  const history = () => typeGuard(local.environment, ['history', instance.instanceId]).told
  return { ...local, ...instance, refused, history }
}

it.each([
  ['slow', hour],
  ['fast', -hour],
])('functions whose clock is an hour %s correct it, and prove', async (_, behindMs) => {
  const isFunction = (caller: string) => /^(terminations|sweep)\b/.test(caller)
  const { state, instanceId, refused, history } = await terminated((caller) =>
    isFunction(caller) ? behindMs : 0,
  )
  await eventually(async () => (await state(instanceId)) === undefined)
  expect((await history()).out).toContain('archived')
  // They were refused before: this is not a test of right clocks.
  expect([...refused].filter((call) => isFunction(call))).not.toEqual([])
})

it('a machine whose clock is an hour slow is kept, and says what S3 said', async () => {
  const { state, instanceId, history } = await terminated((caller) => (caller === 'INSTANCE' ? hour : 0))
  await eventually(async () => (await state(instanceId)) === 'Terminating:Retained')
  const { out } = await history()
  expect(out).toContain('retained')
  expect(out).toMatch(/the instance says: .*RequestTimeTooSkewed/)
})
