/** The Region that is packaged for is written somewhere, or nothing is packaged. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'

const root = join(import.meta.dirname, '..', '..')
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'profiles-'))
  const config = '[profile china]\nregion = cn-north-1\n[default]\noutput = json\n'
  await writeFile(join(directory, 'config'), config)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** As Serverless asks for it, in a process whose only profiles are those above. */
async function region(options: object, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const script = `require('./deploy/variables.cjs').region({ options: ${JSON.stringify(options)} })
    .then((region) => console.log(region), (error) => console.log(error.message))`
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE, AWS_DEFAULT_PROFILE, NODE_OPTIONS, ...inherited } =
    process.env
  const files = {
    AWS_CONFIG_FILE: join(directory, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'none'),
  }
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: root,
    env: { ...inherited, ...files, ...environment },
  })
  return stdout.trim()
}

it('is the profile’s, whether an option or the environment names the profile', async () => {
  expect(await region({ 'aws-profile': 'china' })).toBe('cn-north-1')
  expect(await region({}, { AWS_PROFILE: 'china' })).toBe('cn-north-1')
})
it('is never guessed: without any, packaging stops and says what to type', async () => {
  expect(await region({})).toMatch(/^No Region is given, and the default profile has none: write --region/)
  expect(await region({}, { AWS_PROFILE: 'other' })).toMatch(/the profile other has none/)
})
