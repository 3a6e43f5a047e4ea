/** A machine's logrotate, broken and mended. */
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Programs } from './disk.ts'

const LOGROTATE = '/usr/sbin/logrotate'

export function mendLogrotate(disk: string, programs: Programs): void {
  rmSync(join(disk, LOGROTATE), { force: true })
  symlinkSync(programs[LOGROTATE] ?? LOGROTATE, join(disk, LOGROTATE))
}

export function breakLogrotate(disk: string): void {
  const program = join(disk, LOGROTATE)
  rmSync(program, { force: true })
  writeFileSync(program, '#!/bin/sh\necho "error: broken" >&2\nexit 1\n', { mode: 0o755 })
}
