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
  readonly enrol: string
  readonly audit: string
}

export async function bundle(outDirectory: string): Promise<Bundles> {
  const names = ['terminations', 'sweep', 'enrol', 'audit'] as const
  const entryPoints = names.map((name) => join(root, 'handlers', `${name}.ts`))
  await build({ ...options, entryPoints, outdir: outDirectory })
  const path = (name: (typeof names)[number]) => join(outDirectory, `${name}.mjs`)
  return {
    terminations: path('terminations'),
    sweep: path('sweep'),
    enrol: path('enrol'),
    audit: path('audit'),
  }
}
