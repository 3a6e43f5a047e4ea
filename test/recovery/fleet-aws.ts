/** AWS around a fleet: the model of Auto Scaling and EC2, with whatever stands before it, and an SSM that runs nothing by itself. */
import type { CommandInvocation, SendCommandCommandInput } from '@aws-sdk/client-ssm'
import type { AwsApi } from '../../src/aws/api.ts'
import type { InputOf, OperationName } from '../../testbed/auto-scaling/auto-scaling.ts'
import type { Fleet } from '../testbed/simulator/fleet.ts'

export function callOn<Name extends OperationName>(fleet: Fleet, name: Name, input: InputOf<Name>) {
  const answer = fleet.model.call(fleet.now, name, input)
  fleet.pass(0)
  return answer
}

/** `before`: who answers instead of the model. `failure`: what the call fails with. */
export function awsOn(
  fleet: () => Fleet,
  before: Partial<AwsApi>,
  failure: (operation: keyof AwsApi) => Error | undefined,
): AwsApi {
  return new Proxy({} as AwsApi, {
    get: (_, name: keyof AwsApi) => async (input: never) => {
      const error = failure(name)
      if (error) throw error
      const own = before[name]
      const operation = `${name.charAt(0).toUpperCase()}${name.slice(1)}` as OperationName
      return own ? await own(input) : callOn(fleet(), operation, input)
    },
  })
}

export interface Ssm {
  readonly fleet: Fleet
  readonly isOnline: (instanceId: string) => boolean
  /** Newest first. */
  readonly invocations: CommandInvocation[]
  readonly sent: SendCommandCommandInput[]
}

/** `ssm` is asked again at each call, since a test may begin another. */
export function ssmOn(ssm: () => Ssm): Partial<AwsApi> {
  return {
    describeInstanceInformation: async ({ Filters }) => {
      const { fleet, isOnline } = ssm()
      const ids = (Filters?.[0]?.Values ?? []).filter(isOnline)
      return {
        InstanceInformationList: ids.map((InstanceId) => ({
          ...{ InstanceId, PingStatus: 'Online', LastPingDateTime: new Date(fleet.now) },
        })),
      }
    },
    listCommandInvocations: async ({ InstanceId, Filters }) => ({
      CommandInvocations: ssm().invocations.filter(
        (one) =>
          (InstanceId === undefined || one.InstanceId === InstanceId) &&
          one.DocumentName === Filters?.find(({ key }) => key === 'DocumentName')?.value,
      ),
    }),
    sendCommand: async (input) => {
      const { fleet, invocations, sent } = ssm()
      sent.push(input)
      const { DocumentName, Comment, InstanceIds: [InstanceId] = [] } = input
      const CommandId = `c-${sent.length}`
      invocations.unshift({
        ...{
          CommandId,
          InstanceId,
          DocumentName,
          Comment,
          Status: 'InProgress',
          StatusDetails: 'InProgress',
        },
        RequestedDateTime: new Date(fleet.now),
      })
      return { Command: { CommandId } }
    },
  }
}

/** The newest command ends, having printed this. */
export function endNewest({ invocations, fleet }: Ssm, Status: 'Success' | 'Failed', Output = ''): void {
  const CommandPlugins = [{ Output, ResponseFinishDateTime: new Date(fleet.now) }]
  Object.assign(invocations[0] ?? {}, { Status, StatusDetails: Status, CommandPlugins })
}
