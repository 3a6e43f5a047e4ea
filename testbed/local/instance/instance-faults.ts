/** What can be wrong with an instance, and what that is like. */
import type { ShellResult } from '../machine.ts'

export const faults = {
  'agent-dead': 'the SSM agent does not answer',
  'agent-asleep': 'the SSM agent does not answer until the machine is rebooted',
  'disk-full':
    'nothing more can be written: the agent cannot put its script down, lines and uploads stay away',
  'collector-unhealthy': 'the collector answers everything, health checks too, with 503',
  'rotation-broken': 'logrotate fails and rotates nothing',
  'publisher-truncate': 'the publisher uploads half of each file, and exits 0',
  'publisher-half': 'the publisher uploads every second file, and exits 0',
  'publisher-nothing': 'the publisher uploads nothing, and exits 0',
  'publisher-fail': 'the publisher fails',
} as const

export type Fault = keyof typeof faults

export function isFault(name: string): name is Fault {
  return Object.hasOwn(faults, name)
}

/** The variables that make an instance's programs misbehave: the stand-ins (`testbed/local/bin`), and whatever is put on a leash. */
export function faultEnvironment(broken: ReadonlySet<Fault>): Record<string, string> {
  const publisher = [...broken].find((fault) => fault.startsWith('publisher-'))
  return {
    ...(publisher === undefined ? {} : { PUBLISHER_FAULT: publisher.slice('publisher-'.length) }),
    ...(broken.has('disk-full') ? { DISK_IS_FULL: 'yes' } : {}),
  }
}

/** What the agent reports where it cannot put its script down. */
export const noSpaceForScript: ShellResult = {
  exitCode: 1,
  stdout: '',
  stderr: 'failed to create script file: no space left on device',
  timedOut: false,
}
