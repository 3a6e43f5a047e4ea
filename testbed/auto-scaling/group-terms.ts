/** What a group may be told. */
import type {
  CreateAutoScalingGroupCommandInput,
  InstanceLifecyclePolicy,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../aws-error.ts'

/** What instances are launched from is named once; a template by its id or by its name. */
export function checkLaunchSource(
  input: Pick<
    CreateAutoScalingGroupCommandInput,
    'LaunchTemplate' | 'LaunchConfigurationName' | 'MixedInstancesPolicy' | 'InstanceId'
  >,
  least: 0 | 1,
): void {
  const { LaunchTemplate: template, LaunchConfigurationName, MixedInstancesPolicy, InstanceId } = input
  const given = [template, LaunchConfigurationName, MixedInstancesPolicy, InstanceId].filter(Boolean)
  if (given.length < least || given.length > 1)
    throw validationError(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    )
  if (template && !template.LaunchTemplateId === !template.LaunchTemplateName)
    throw validationError('Valid requests must contain either launchTemplateId or LaunchTemplateName')
}

export function checkSize(name: string, size: number | undefined): void {
  if (size === undefined)
    throw validationError(`Value null at '${name}' failed to satisfy constraint: Member must not be null`)
  if (!Number.isInteger(size) || size < 0)
    throw validationError(
      `Value '${size}' at '${name}' failed to satisfy constraint: Member must have value greater than or equal to 0`,
    )
}

/** What an abandoned termination leads to; only two values are known. */
export function retentionOf({ RetentionTriggers }: InstanceLifecyclePolicy): 'retain' | 'terminate' {
  const value = RetentionTriggers?.TerminateHookAbandon ?? 'terminate'
  if (value === 'retain' || value === 'terminate') return value
  throw validationError(
    `1 validation error detected: Value '${value}' at 'instanceLifecyclePolicy.retentionTriggers.terminateHookAbandon' failed to satisfy constraint: Member must satisfy enum value set: [retain, terminate]`,
  )
}
