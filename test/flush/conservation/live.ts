/** The programs of a situation that write, as processes of this machine, and the ledger of what they wrote. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Laid, quote } from './lay.ts'
import type { Writer } from './situation.ts'
import { tokensOf } from './tokens.ts'

const WRITER = join(import.meta.dirname, 'writer.bash')
const STEP_MS = 10
/** Until a writer has opened its log, and until it has written the rest: far more than a busy machine needs. */
const PATIENCE_MS = 20_000

export async function startWriters(
  { disk, world, env, enclosure }: Laid,
  writers: readonly Writer[],
): Promise<void> {
  for (const writer of writers) {
    const ready = join(world, `${writer.id}.ready`)
    const pidFile = writer.service ? serviceFile(world, writer, 'pid') : ready
    const words = [WRITER, ...argumentsOf(writer, disk.root, world, pidFile)]
    if (writer.service)
      writeFileSync(
        serviceFile(world, writer, 'start'),
        `#!/bin/bash\nexec ${words.map(quote).join(' ')}\n`,
        { mode: 0o755 },
      )
    const [program = '', ...rest] = [...enclosure.prefix, '/bin/bash', ...words]
    const child = spawn(program, rest, {
      stdio: 'ignore',
      detached: true,
      env: { ...env, PATH: disk.path },
    })
    child.unref()
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'), child)
    if (writer.deleted) rmSync(disk.root + writer.log, { force: true })
  }
}

function serviceFile(world: string, { service, id }: Writer, kind: string): string {
  mkdirSync(join(world, 'services', service ?? ''), { recursive: true })
  return join(world, 'services', service ?? '', `${id}.${kind}`)
}

function argumentsOf(writer: Writer, root: string, world: string, ready: string): string[] {
  const yes = (is: boolean) => (is ? 'yes' : 'no')
  return [
    ...[root + writer.log, writer.id, join(world, 'ledger'), String(writer.buffered), String(writer.torrent)],
    ...[
      String(writer.ends),
      String(writer.livesFor ?? 0),
      yes(writer.reopens),
      yes(writer.tidies),
      yes(writer.appends),
    ],
    ...[yes(writer.supervised), yes(writer.byName), '0', ready, ...writer.speaks.map(String)],
  ]
}

/** The machine goes down: whoever still lives writes what it holds. */
export async function endWriters({ world, enclosure }: Laid): Promise<void> {
  const living = () => pids(world).filter((pid) => isAlive(enclosure.proc, pid))
  for (let round = 0; round < 3; round++) {
    const left = living()
    if (left.length === 0) return
    enclosure.signal(left, 'SIGUSR2')
    await until(() => !left.some((pid) => isAlive(enclosure.proc, pid))).catch(() => undefined)
  }
  enclosure.signal(living(), 'SIGKILL')
}

function pids(world: string): number[] {
  const file = join(world, 'ledger.pids')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
}

/** A zombie of ours whose end nobody has heard of yet is dead; and a number may be somebody else's by now. */
function isAlive(proc: string, pid: number): boolean {
  try {
    const [, state] = /\) (\S)/.exec(readFileSync(`${proc}/${pid}/stat`, 'utf8')) ?? []
    return state !== 'Z' && readFileSync(`${proc}/${pid}/cmdline`, 'utf8').includes('writer.bash')
  } catch {
    return false
  }
}

async function until(is: () => boolean, child?: ChildProcess): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    if (is()) return
    if (child?.exitCode != null) return // its log is in a folder that is not there
    await sleep(STEP_MS)
  }
  throw new Error('a program of this test does not come to its point')
}

/** Every line that a writer or another hand wrote: token → who wrote it. */
export function written({ world }: Laid): Map<string, string> {
  const ledger = join(world, 'ledger')
  if (!existsSync(ledger)) return new Map()
  const entries = readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((entry) => /^\S+ \d+ \d+$/.test(entry))
  return new Map(
    entries.flatMap((entry) => {
      const [id = '', from, count] = entry.split(' ')
      return tokensOf(id, Number(count), Number(from)).map((token) => [token, id] as const)
    }),
  )
}
