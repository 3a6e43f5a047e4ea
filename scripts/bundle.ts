/** Bundles the Lambdas exactly as `serverless package` does, for everything here that runs the packaged handlers. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const options = (createRequire(import.meta.url)('../esbuild.config.cjs') as () => BuildOptions)()

/** Paths of the packaged handlers, each a module that exports `handler`. */
export interface Bundles {
  readonly terminations: string
  readonly sweep: string
}

export async function bundle(outDirectory: string): Promise<Bundles> {
  const entryPoints = ['terminations', 'sweep'].map((name) => join(root, 'handlers', `${name}.ts`))
  await build({ ...options, entryPoints, outdir: outDirectory })
  return { terminations: join(outDirectory, 'terminations.mjs'), sweep: join(outDirectory, 'sweep.mjs') }
}
