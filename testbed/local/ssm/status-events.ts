import type { Command, Invocation, Ssm, StatusDetails } from './command-store.ts'

/** How the event spells each status; `undefined` = no event. `Canceled` has one l here, unlike everywhere else. */
const eventStatus: Record<StatusDetails, string | undefined> = {
  Pending: undefined,
  InProgress: 'InProgress',
  Success: 'Success',
  Failed: 'Failed',
  Cancelled: 'Canceled',
  Terminated: undefined,
  Cancelling: undefined,
  DeliveryTimedOut: 'TimedOut',
  ExecutionTimedOut: 'TimedOut',
}

/** A wake-up and no more: it carries neither comment nor output. */
export function announceInvocation({ options }: Ssm, command: Command, invocation: Invocation): void {
  const status = eventStatus[invocation.statusDetails]
  if (status === undefined) return
  const { region, accountId } = options
  options.publish({
    version: '0',
    id: options.newId(),
    'detail-type': 'EC2 Command Invocation Status-change Notification',
    source: 'aws.ssm',
    account: accountId,
    time: seconds(options.now()),
    region,
    resources: [`arn:aws:ec2:${region}:${accountId}:instance/${invocation.instanceId}`],
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'instance-id': invocation.instanceId,
      'requested-date-time': seconds(command.requestedAt),
      status,
    },
  })
}

function seconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}
