import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Programs } from './disk.ts'

const STAND_INS = fileURLToPath(new URL('../bin/', import.meta.url))
const MACHINE_PROGRAMS = fileURLToPath(new URL('bin/', import.meta.url))

/**
 * The programs on an instance's own PATH. logrotate is the system's where it is installed, because it is what is being
 * relied upon; `aws` is a stand-in that speaks to S3 and starts ten times faster, unless
 * TERMINATION_GUARD_REAL_AWS_CLI asks for the real one.
 */
export function instancePrograms(environment: NodeJS.ProcessEnv): Programs {
  const realAws = environment.TERMINATION_GUARD_REAL_AWS_CLI ? find('aws', environment) : undefined
  return {
    '/usr/bin/node': process.execPath,
    '/usr/bin/aws': realAws ?? join(STAND_INS, 'aws'),
    '/usr/bin/publishLogs.py': join(STAND_INS, 'publishLogs.py'),
    '/usr/sbin/logrotate': find('logrotate', environment) ?? join(STAND_INS, 'logrotate'),
    // Amazon Linux has no other, and its scripts rely on that.
    '/bin/sh': '/bin/bash',
    '/usr/bin/curl': join(MACHINE_PROGRAMS, 'curl'),
    '/usr/bin/wget': join(MACHINE_PROGRAMS, 'curl'),
    '/usr/bin/sudo': join(MACHINE_PROGRAMS, 'sudo'),
    '/sbin/service': join(MACHINE_PROGRAMS, 'service'),
    '/bin/systemctl': join(MACHINE_PROGRAMS, 'systemctl'),
    '/bin/mount': join(MACHINE_PROGRAMS, 'mount'),
    '/bin/umount': join(MACHINE_PROGRAMS, 'umount'),
    '/sbin/blkid': join(MACHINE_PROGRAMS, 'blkid'),
    '/usr/bin/unshare': join(MACHINE_PROGRAMS, 'unshare'),
  }
}

/** The system's directories that every shell needs, for people whose PATH leaves the administrator's ones out. */
export const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

function find(program: string, environment: NodeJS.ProcessEnv): string | undefined {
  const directories = [...(environment.PATH ?? '').split(delimiter), ...SYSTEM_PATH]
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
