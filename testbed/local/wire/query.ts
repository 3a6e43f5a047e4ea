/** Requests of AWS's Query protocols: a form with dotted names, in which lists are numbered. */

/** What a form says, nested as its names say. Everything is text: the protocol has no types. */
export type QueryValue = string | QueryValue[] | { [name: string]: QueryValue }

/** `Filters.member.1.Name=…` (Auto Scaling) and `Filter.1.Name=…` (EC2) both become a list of objects. */
export function parseQuery(form: string): { [name: string]: QueryValue } {
  const root: Branch = new Map()
  for (const [path, value] of new URLSearchParams(form)) put(root, path.split('.'), value)
  const fields = [...root].map(([name, node]): [string, QueryValue] => [name, nested(node)])
  return Object.fromEntries(fields)
}

const numbers =
  /^(MinSize|MaxSize|DesiredCapacity|DefaultCooldown|DefaultInstanceWarmup|HealthCheckGracePeriod|HeartbeatTimeout|MaxGroupPreparedCapacity|MaxInstanceLifetime|MaxRecords|MaxResults|MinHealthyPercentage|MaxHealthyPercentage|InstanceWarmup|CheckpointDelay|Size)$/
const switches =
  /^(CapacityRebalance|ForceDelete|HonorCooldown|IncludeDeletedGroups|NewInstancesProtectedFromScaleIn|PropagateAtLaunch|ReuseOnScaleIn|ProtectedFromScaleIn|ShouldDecrementDesiredCapacity|ShouldRespectGracePeriod|SkipMatching|AutoRollback|DeleteOnTermination|Encrypted|ExcludeBootVolume)$/

/** Gives fields that are numbers or booleans in the API their type. What is not a number becomes NaN, and is refused later. */
export function typed(value: QueryValue, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => typed(one))
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([field, below]) => [field, typed(below, field)]))
  if (numbers.test(name)) return Number(value)
  return switches.test(name) ? value === 'true' : value
}

type Branch = Map<string, Branch | string>

function put(branch: Branch, [name = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    branch.set(name, value)
    return
  }
  const below = branch.get(name)
  const next: Branch = below instanceof Map ? below : new Map()
  branch.set(name, next)
  put(next, rest, value)
}

function nested(node: Branch | string): QueryValue {
  if (typeof node === 'string') return node
  const list = node.size === 1 ? node.get('member') : undefined
  if (list !== undefined) return typeof list === 'string' ? [] : numbered(list)
  const names = [...node.keys()]
  return names.length > 0 && names.every((name) => /^\d+$/.test(name)) ? numbered(node) : fieldsOf(node)
}

function numbered(node: Branch): QueryValue[] {
  return [...node].sort(([a], [b]) => Number(a) - Number(b)).map(([, below]) => nested(below))
}

function fieldsOf(node: Branch): { [name: string]: QueryValue } {
  return Object.fromEntries([...node].map(([name, below]) => [name, nested(below)]))
}
