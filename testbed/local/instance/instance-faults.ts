/** What can be wrong with an instance. */
export type Fault =
  /** The SSM agent does not answer. */
  | 'agent-dead'
  /** The collector answers everything, health checks too, with 503. */
  | 'collector-unhealthy'
  /** logrotate fails and rotates nothing. */
  | 'rotation-broken'
  | PublisherFault

/** The publisher uploads every second file, nothing, or half of a file, and exits 0; or it fails. */
export type PublisherFault = 'publisher-half' | 'publisher-nothing' | 'publisher-truncate' | 'publisher-fail'

/** The variables that make the stand-ins (`testbed/local/bin`) misbehave. */
export function faultEnvironment(faults: ReadonlySet<Fault>): Record<string, string> {
  const publisher = [...faults].find((fault) => fault.startsWith('publisher-'))
  return publisher === undefined ? {} : { PUBLISHER_FAULT: publisher.slice('publisher-'.length) }
}
