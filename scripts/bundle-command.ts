/** Makes `dist/`: the command for people as a file that Node runs as it is, with what it reads beside it. */
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const options = (createRequire(import.meta.url)('../esbuild.config.cjs') as () => BuildOptions)()
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
await build({
  ...options,
  // Where a person has it, Node may be older than Lambda's.
  target: 'node20',
  // AWS's clients are read only by what asks AWS.
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  entryPoints: { 'termination-guard': join(root, 'src/cli/main.ts') },
  outdir: dist,
})
cpSync(join(root, 'src/cli/page'), join(dist, 'page'), { recursive: true })
