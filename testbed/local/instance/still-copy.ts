import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const COPY_DISK = fileURLToPath(new URL('bin/copy-disk.sh', import.meta.url))

/** A copy of a machine's disk, while none of the machine's sessions does anything (`bin/copy-disk.sh`). */
export async function copyWhileStill(
  disk: string,
  copy: string,
  sessions: readonly (number | undefined)[],
): Promise<void> {
  const leaders = sessions.flatMap((pid) => (pid === undefined ? [] : [String(pid)]))
  await promisify(execFile)('/bin/bash', [COPY_DISK, disk, copy, ...leaders])
}
