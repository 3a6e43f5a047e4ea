/** `npm run local` as a process of its own. */
import { fileURLToPath } from 'node:url'
import { typeProgram } from '../../cli/typing.ts'

const MAIN = fileURLToPath(new URL('../../../testbed/local/main.ts', import.meta.url))

/** Whoever starts it stops it. */
export function startLocal(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { child, said, told } = typeProgram(environment, MAIN, options)
  const gone = told.then(({ code }) => code)
  const stop = async () => {
    child.kill('SIGINT')
    await gone
  }
  return { child, said, gone, stop }
}

/** The file that it says to source. */
export function environmentFile(out: string): string {
  return /^\. (\S+)$/m.exec(out)?.[1] ?? ''
}
