/** Programs that have a log open, as an instance's do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Disk } from './disk.ts'

const writers: ChildProcess[] = []

/** A process with this log ($1) open, that does the first at once and the last when it is asked to end. */
export async function writing(disk: Disk, log: string, first: string, last = 'exit'): Promise<void> {
  const program = `exec 5>>"$1"; ${first}; trap '${last}' TERM; : >"$2"; while :; do sleep 0.05; done`
  await running(disk, program, disk.root + log)
}

/** A shell program, once it has made the file that its last argument names. */
export async function running(
  disk: Disk,
  program: string,
  ...words: readonly string[]
): Promise<ChildProcess> {
  const ready = `${disk.s3}/ready`
  rmSync(ready, { force: true })
  const writer = spawn('/bin/bash', ['-c', program, 'app', ...words, ready], {
    stdio: 'ignore',
    detached: true,
  })
  writers.push(writer)
  while (!existsSync(ready)) await sleep(10)
  return writer
}

/** For `afterEach`: with all that they started. */
export function endWriting(): void {
  for (const { pid } of writers.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
}
