/** The function's bundle, and beside it the SDK's clients alone, without which a Lambda of this kind cannot be. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const root = join(import.meta.dirname, '../..')
const options = (createRequire(import.meta.url)('../../esbuild.config.cjs') as () => BuildOptions)()

export type Bundle = 'ours' | 'clients as they come' | 'clients as we bundle them'

/** The minified module. Each exports a `handler`; that of the clients constructs them and answers. */
export async function lambdaBundle(which: Bundle): Promise<Uint8Array> {
  const { plugins, ...plain } = options
  const { outputFiles } = await build({
    ...plain,
    ...(which === 'clients as they come' ? {} : { plugins }),
    ...(which === 'ours'
      ? { entryPoints: [join(root, 'handlers/terminations.ts')] }
      : { stdin: { contents: clientsAlone(), resolveDir: root, loader: 'ts' } }),
    outdir: 'bench',
    write: false,
  })
  const [bundle] = outputFiles ?? []
  if (bundle === undefined) throw new Error('esbuild wrote nothing')
  return bundle.contents
}

/** Exactly what `src/aws/sdk.ts` imports of the SDK, and nothing else. */
function clientsAlone(): string {
  const source = readFileSync(join(root, 'src/aws/sdk.ts'), 'utf8')
  const imported = [...source.matchAll(/^import \{([^}]*)\} from '(@aws-sdk\/[^']*)'/gm)].map(
    ([, names = '', from = '']) => ({
      from,
      names: names.split(',').flatMap((name) => name.trim().match(/^\w+$/) ?? []),
    }),
  )
  const clients = imported.flatMap(({ names }) => names.filter((name) => name.endsWith('Client')))
  return [
    ...imported.flatMap(({ names, from }) => [
      `import {${names.filter((name) => clients.includes(name))}} from '${from}'`,
      `export {${names}} from '${from}'`,
    ]),
    `export const handler = async () => [${clients.map((name) => `new ${name}({ region: 'us-east-1' })`)}]`,
  ].join('\n')
}
