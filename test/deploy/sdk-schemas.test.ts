/** What our plugin makes of the SDK: shapes that are exactly as they come. What is left out of them is held by `npm run bench`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type BuildOptions, build } from 'esbuild'

const root = join(import.meta.dirname, '../..')
const { plugins } = (createRequire(import.meta.url)('../../esbuild.config.cjs') as () => BuildOptions)()
const clients = ['auto-scaling', 'ec2', 's3', 'sqs', 'ssm'] as const

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sdk-schemas-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** All schemas of a client, bundled with our plugin or as they come. */
async function schemasOf(client: string, ours: BuildOptions['plugins']): Promise<Record<string, unknown>> {
  const outfile = join(directory, `${client}-${ours ? 'ours' : 'theirs'}.cjs`)
  await build({
    entryPoints: [join(root, `node_modules/@aws-sdk/client-${client}/dist-es/schemas/schemas_0.js`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    plugins: ours ?? [],
  })
  return createRequire(import.meta.url)(outfile)
}

/** Where the two differ. A schema refers to others by functions without arguments, often in circles. */
function difference(a: unknown, b: unknown, at: string, seen: Set<unknown>): string | undefined {
  if (typeof a === 'function' && typeof b === 'function') {
    if (/^class\b/.test(String(a))) return String(a) === String(b) ? undefined : at
    return difference(a(), b(), `${at}()`, seen)
  }
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null)
    return Object.is(a, b) ? undefined : at
  if (seen.has(a)) return undefined
  seen.add(a)
  const keys = Reflect.ownKeys(a).map(String)
  if (keys.join() !== Reflect.ownKeys(b).map(String).join()) return at
  for (const key of keys) {
    const found = difference(Reflect.get(a, key), Reflect.get(b, key), `${at}.${key}`, seen)
    if (found) return found
  }
  return undefined
}

describe('the shapes of a client are the same with our plugin', () => {
  it.each(clients)('%s', async (client) => {
    const [ours, theirs] = await Promise.all([schemasOf(client, plugins), schemasOf(client, undefined)])
    const { errorTypeRegistries: _ours, ...shapes } = ours
    const { errorTypeRegistries: _theirs, ...asTheyCome } = theirs
    expect(Object.keys(shapes).length).toBeGreaterThan(20)
    expect(difference(shapes, asTheyCome, client, new Set())).toBeUndefined()
  })
})
