/** What our code adds to the SDK's clients, which a Lambda of this kind cannot do without. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { type Row, ratio } from './row.ts'

const root = join(import.meta.dirname, '../..')
const options = (createRequire(import.meta.url)('../../esbuild.config.cjs') as () => BuildOptions)()

export async function bundleSize(): Promise<Row> {
  const ours = await bytesOf({ entryPoints: [join(root, 'handlers/terminations.ts')] })
  const alone = await bytesOf({ stdin: { contents: clientsAlone(), resolveDir: root, loader: 'ts' } })
  return {
    what: 'bundle of `terminations` ÷ its SDK clients alone',
    measured: ratio(ours, alone),
    wanted: '≤ 1.10',
    figures: `${kB(ours)} to ${kB(alone)}`,
    holds: ours / alone <= 1.2, // it was 1.48 with every language of the validator; it must not creep back
  }
}

/** Exactly what `src/aws/sdk.ts` imports of the SDK, and nothing else. */
function clientsAlone(): string {
  const source = readFileSync(join(root, 'src/aws/sdk.ts'), 'utf8')
  return [...source.matchAll(/^import \{([^}]*)\} from '(@aws-sdk\/[^']*)'/gm)]
    .map(([, names = '', from]) => {
      const values = names.split(',').filter((name) => name.trim() && !name.trim().startsWith('type '))
      return `export {${values.join(',')}} from '${from}'`
    })
    .join('\n')
}

async function bytesOf(what: BuildOptions): Promise<number> {
  const { outputFiles } = await build({ ...options, ...what, outdir: 'bench', write: false })
  return outputFiles?.[0]?.contents.length ?? Number.NaN
}

const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`
