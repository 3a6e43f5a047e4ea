/** What somebody types, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface Told {
  /** `null`: it was killed. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Typing {
  readonly child: ChildProcess
  /** So far. */
  readonly said: { readonly out: string; readonly err: string }
  readonly told: Promise<Told>
}

type Environment = Readonly<Record<string, string>>

/** A program of this project, without npm around it. */
export function typeProgram(environment: Environment, file: string, words: readonly string[]): Typing {
  return start(process.execPath, [file, ...words], environment, root)
}

/** A command of the guard, as it is installed. */
export function typeGuard(environment: Environment, words: readonly string[]): Typing {
  return typeProgram(environment, MAIN, words)
}

/** A whole line, in a shell of its own. */
export function typeLine(environment: Environment, line: string, folder: string = root): Typing {
  return start('bash', ['-c', line], environment, folder)
}

/** Nothing of this process's environment but the way to its programs: what jest or CI set is nobody's who types. */
function start(program: string, words: readonly string[], environment: Environment, cwd: string): Typing {
  const env = { PATH: process.env.PATH, ...environment }
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => (said.out += data))
  child.stderr.on('data', (data) => (said.err += data))
  const told = new Promise<Told>((resolve) => child.once('close', (code) => resolve({ code, ...said })))
  return { child, said, told }
}
