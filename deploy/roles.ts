/** One role per function, holding exactly the calls it makes (`test/deploy/permissions.test.ts` evaluates them). */
import { markKey } from '../src/enrolment/mark.ts'
import type { FunctionName } from './environment.ts'
import type { Settings } from './parameters.ts'
import {
  anywhere,
  flushing,
  LEAVING_THE_GROUP_AS_IT_IS,
  limitedTo,
  logging,
  onGroups,
  onQueue,
  passingNotifierRole,
  proving,
  type Statement,
} from './statements.ts'

/** The logical id of a function's role. */
export function roleOf(functionName: FunctionName): string {
  return `${functionName.charAt(0).toUpperCase()}${functionName.slice(1)}Role`
}

/** What one function may do. */
export function statementsOf(settings: Settings, functionName: FunctionName): Statement[] {
  const log = logging(`${settings.name}-${functionName}`)
  switch (functionName) {
    case 'terminations':
      return [
        ...log,
        ...onQueue(
          'Queue',
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:ChangeMessageVisibility',
        ),
        ...onQueue('DeadLetterQueue', 'sqs:SendMessage'),
        ...aPass(settings),
      ]
    case 'sweep':
      return [
        ...log,
        ...onQueue('DeadLetterQueue', 'sqs:GetQueueAttributes'),
        ...aPass(settings),
        ...enrolling(settings),
      ]
    case 'enrol':
      return [
        ...log,
        ...anywhere('autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLifecycleHooks'),
        ...enrolling(settings),
      ]
    case 'audit':
      return [
        ...log,
        ...anywhere(
          'autoscaling:DescribeAutoScalingGroups',
          'autoscaling:DescribeLifecycleHooks',
          'ec2:DescribeInstances',
          'ssm:ListCommandInvocations',
          'ssm:GetCommandInvocation',
        ),
        ...flushing(settings),
        ...proving(settings),
      ]
  }
}

/** One pass of `reconcile`. */
function aPass(settings: Settings): Statement[] {
  return [
    ...onGroups(
      settings,
      'autoscaling:RecordLifecycleActionHeartbeat',
      'autoscaling:CompleteLifecycleAction',
    ),
    ...anywhere(
      'autoscaling:DescribeAutoScalingInstances',
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeLifecycleHooks',
      'autoscaling:DescribeScalingActivities',
      'ec2:DescribeInstances',
      'ssm:ListCommandInvocations',
      'ssm:GetCommandInvocation',
    ),
    ...flushing(settings),
    ...proving(settings),
  ]
}

/** Putting the hook, switching retention and writing our own mark; no other tag, and no other size. */
function enrolling(settings: Settings): Statement[] {
  const markAlone = { 'ForAllValues:StringEquals': { 'aws:TagKeys': [markKey(settings.name)] } }
  const groups = [
    ...onGroups(settings, 'autoscaling:PutLifecycleHook'),
    ...limitedTo(LEAVING_THE_GROUP_AS_IT_IS, onGroups(settings, 'autoscaling:UpdateAutoScalingGroup')),
    ...limitedTo(markAlone, onGroups(settings, 'autoscaling:CreateOrUpdateTags')),
  ]
  return groups.length > 0 ? [...groups, ...passingNotifierRole()] : []
}

/** The roles as CloudFormation resources. */
export function roleResources(
  settings: Settings,
  functionNames: readonly FunctionName[],
): Record<string, unknown> {
  return Object.fromEntries(
    functionNames.map((functionName) => [
      roleOf(functionName),
      {
        Type: 'AWS::IAM::Role',
        Properties: {
          Description: `What ${settings.name}-${functionName} may do`,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          Policies: [
            {
              PolicyName: functionName,
              PolicyDocument: { Version: '2012-10-17', Statement: statementsOf(settings, functionName) },
            },
          ],
        },
      },
    ]),
  )
}
