/** What Systems Manager knows of the instances whose agents have registered. */
import { AwsError } from '../../aws-error.ts'
import type { Ssm } from './command-store.ts'
import { registeredInstances } from './targets.ts'

interface Input {
  readonly Filters?: readonly { readonly Key?: string; readonly Values?: readonly string[] }[]
  readonly InstanceInformationFilterList?: readonly {
    readonly key?: string
    readonly valueSet?: readonly string[]
  }[]
  readonly MaxResults?: number
  readonly NextToken?: string
}

const agentVersion = '3.3.2746.0'

/** In pages of ten, unless asked for 5 to 50. */
export function describeInstanceInformation(ssm: Ssm, input: Input): object {
  const filters = [
    ...(input.Filters ?? []).map(({ Key = '', Values = [] }) => ({ key: Key, values: Values })),
    ...(input.InstanceInformationFilterList ?? []).map(({ key = '', valueSet = [] }) => ({
      key,
      values: valueSet,
    })),
  ]
  if (input.Filters?.length && input.InstanceInformationFilterList?.length)
    throw new AwsError('ValidationException', 'Give Filters or InstanceInformationFilterList, not both.')
  for (const { key, values } of filters) checkFilter(key, values)
  const { MaxResults: size = 10, NextToken: token = '0' } = input
  if (size < 5 || size > 50) throw new AwsError('ValidationException', 'MaxResults must be between 5 and 50.')
  const from = Number(token)
  if (!Number.isInteger(from)) throw new AwsError('InvalidNextToken', '')
  const found = registeredInstances(ssm).filter((id) =>
    filters.every(({ key, values }) => values.some((value) => has(ssm, id, key, value))),
  )
  return {
    InstanceInformationList: found.slice(from, from + size).map((InstanceId) => ({
      InstanceId,
      PingStatus: pingStatusOf(ssm, InstanceId),
      LastPingDateTime: new Date(ssm.lastPings.get(InstanceId) ?? ssm.options.now()),
      AgentVersion: agentVersion,
      IsLatestVersion: true,
      PlatformType: 'Linux',
      ResourceType: 'EC2Instance',
    })),
    NextToken: from + size < found.length ? String(from + size) : undefined,
  }
}

/** Also where there is nothing to be filtered. */
function checkFilter(key: string, values: readonly string[]): void {
  if (!/^(tag:.+|tag-key|InstanceIds|PingStatus|PlatformTypes|AgentVersion|ResourceType)$/.test(key))
    throw new AwsError('InvalidInstanceInformationFilterValue', `${key} is not a filter here.`)
  const known = key === 'PingStatus' ? ['Online', 'ConnectionLost', 'Inactive'] : undefined
  const unfit = values.find((value) => known?.includes(value) === false)
  if (values.length === 0 || unfit !== undefined)
    throw new AwsError('InvalidInstanceInformationFilterValue', `${key} cannot be ${unfit ?? 'nothing'}.`)
}

function pingStatusOf({ options }: Ssm, id: string): string {
  return options.machine(id)?.agentOnline() ? 'Online' : 'ConnectionLost'
}

function has(ssm: Ssm, id: string, key: string, value: string): boolean {
  const tags = ssm.options.tagsOf(id)
  if (key.startsWith('tag:')) return tags[key.slice('tag:'.length)] === value
  switch (key) {
    case 'InstanceIds':
      return id === value
    case 'PingStatus':
      return pingStatusOf(ssm, id) === value
    case 'PlatformTypes':
      return value === 'Linux'
    case 'AgentVersion':
      return value === agentVersion
    case 'ResourceType':
      return value === 'EC2Instance'
    case 'tag-key':
      return Object.hasOwn(tags, value)
  }
  return false
}
