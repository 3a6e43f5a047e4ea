/** What a person sees who mistypes a parameter: Serverless itself, on a copy of the project. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { copyProject, serverless } from './packaged.ts'

let project: Awaited<ReturnType<typeof copyProject>>
beforeAll(async () => {
  project = await copyProject()
})
afterAll(() => project.remove())

async function refusal(...parameters: readonly string[]): Promise<string> {
  const options = parameters.flatMap((parameter) => ['--param', parameter])
  const failed = await serverless(project.directory, ['package', ...options]).then(
    () => undefined,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  )
  if (failed === undefined) throw new Error('it was packaged')
  return failed
}

it('bad values and unknown names are listed once, without a stack', async () => {
  const told = await refusal('grups=web', 'retain=maybe', 'prefix=/x/')
  for (const name of ['grups', 'retain', 'prefix'])
    expect(told.match(new RegExp(`^  ${name}: `, 'gm'))).toHaveLength(1)
  expect(told.match(/These parameters cannot be used/g)).toHaveLength(1)
  expect(told).not.toMatch(/^ +at /m)
})
