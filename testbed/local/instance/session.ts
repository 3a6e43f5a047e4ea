import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ShellResult } from '../machine.ts'
import { membersOf } from './living-processes.ts'

export interface SessionOptions {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** `undefined`: the command may take as long as it likes. */
  readonly timeoutMs?: number
}

/** A command and everything that it starts, which can be made to end all at once. */
export interface Session {
  /** Of its leader. */
  readonly pid: number | undefined
  readonly ended: Promise<ShellResult>
  /** SIGKILL to every process of the session. */
  kill(): void
}

const LEASH = fileURLToPath(new URL('bin/leash.sh', import.meta.url))
const KILLED = 137
const KILL_ROUNDS = 10

/**
 * Starts a command in a session of its own, on a leash (`bin/leash.sh`): it ends when the command does, at the time-out,
 * when it is killed, and when this process goes away.
 */
export function startSession(command: readonly string[], options: SessionOptions): Session {
  const child = spawn('/bin/bash', [LEASH, ...command], {
    cwd: options.directory,
    env: options.environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece))
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece))
  child.stdin.on('error', () => {
    // The leash has ended by itself: there is nothing to hold any more.
  })
  const kill = () => killSession(child.pid)
  let timedOut = false
  const timeout =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          kill()
        }, options.timeoutMs)
  const ended = new Promise<ShellResult>((resolve, reject) => {
    child.once('error', reject)
    // What the command left behind would hold its standard output open, and outlive it.
    child.once('exit', kill)
    child.once('close', (exitCode) => {
      clearTimeout(timeout)
      resolve({ exitCode: exitCode ?? KILLED, stdout: text(stdout), stderr: text(stderr), timedOut })
    })
  })
  return { pid: child.pid, ended, kill }
}

/** Kills the process group of a session's leader and, where the system tells, whoever left that group but not the session. */
function killSession(leader: number | undefined): void {
  if (leader === undefined) return
  signal(-leader)
  // Again, because a process may have forked between the look and the blow; not for ever, because one that waits for a
  // disk dies only when the disk has answered.
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const members = membersOf(leader)
    if (members.length === 0) return
    for (const member of members) signal(member)
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already, which is what was wanted.
  }
}

function text(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8')
}
