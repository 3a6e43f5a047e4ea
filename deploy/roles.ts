/** One role per function, holding exactly the calls it makes (`test/deploy/permissions.test.ts` evaluates them). */
import { markKey } from '../src/enrolment/mark.ts'
import { copyKey } from '../src/recovery/copy-mark.ts'
import { growthKey, rebootKey } from '../src/recovery/once-mark.ts'
import { binKey, diskGroupKey, diskKey } from '../src/termination/disk-mark.ts'
import { binning, copying, type DiskKeys, lettingDisksGo } from './copying.ts'
import type { FunctionName } from './environment.ts'
import { growing } from './growing.ts'
import type { Settings } from './parameters.ts'
import { managedPolicyOf, packed } from './policies.ts'
import {
  anywhere,
  leavingGroupsAsTheyAre,
  logging,
  onGuarded,
  onQueue,
  ourDocument,
  passingNotifierRole,
  proving,
  receipting,
  type Statement,
  taggingWithNothingBut,
} from './statements.ts'

const HOLDING = ['autoscaling:RecordLifecycleActionHeartbeat', 'autoscaling:CompleteLifecycleAction']
/** Putting the hook, switching retention and writing our own mark. */
const ENROLLING = [
  'autoscaling:PutLifecycleHook',
  'autoscaling:UpdateAutoScalingGroup',
  'autoscaling:CreateOrUpdateTags',
]
const FLUSHING = ['ssm:SendCommand']

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
        ...(bins(settings) ? lettingDisksGo(diskKeys(settings)) : []),
        ...onGuarded(settings, HOLDING, FLUSHING),
      ]
    case 'sweep':
      return [
        ...log,
        ...onQueue('DeadLetterQueue', 'sqs:GetQueueAttributes'),
        ...aPass(settings, clones(settings)),
        ...enrolling(settings),
        ...recovering(settings),
        ...onGuarded(
          settings,
          [...HOLDING, ...ENROLLING, ...retrying(settings)],
          [...FLUSHING, ...rebooting(settings), ...tagging(settings), ...attaching(settings)],
          clones(settings),
          grows(settings),
        ),
      ]
    case 'enrol':
      return [
        ...log,
        ...anywhere('autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLifecycleHooks'),
        ...enrolling(settings),
        ...onGuarded(settings, ENROLLING, []),
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
        ...ourDocument(settings),
        ...proving(settings),
        ...onGuarded(settings, [], FLUSHING),
      ]
  }
}

/** One pass of `reconcile`, but for what it does to groups and instances. `salvages`: the document for copied disks is sent, too. */
function aPass(settings: Settings, salvages = false): Statement[] {
  return [
    ...anywhere(
      'autoscaling:DescribeAutoScalingInstances',
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeLifecycleHooks',
      'autoscaling:DescribeScalingActivities',
      'ec2:DescribeInstances',
      'ssm:ListCommandInvocations',
      'ssm:GetCommandInvocation',
    ),
    ...ourDocument(settings, salvages),
    ...proving(settings),
    ...receipting(settings),
  ]
}

function enrolling(settings: Settings): Statement[] {
  if (settings.selections.length === 0) return []
  return [...leavingGroupsAsTheyAre(markKey(settings.name)), ...passingNotifierRole()]
}

/** Asking whether agents answer, which IAM cannot confine to instances. */
function recovering(settings: Settings): Statement[] {
  const { rungs, name } = settings
  if (rungs.length === 0) return []
  const keys = [
    ...(reboots(settings) ? [rebootKey(name)] : []),
    ...(grows(settings) ? [growthKey(name)] : []),
    ...(clones(settings) ? [copyKey(name)] : []),
    ...(bins(settings) ? Object.values(diskKeys(settings)) : []),
  ]
  return [
    ...anywhere('ssm:DescribeInstanceInformation'),
    ...(keys.length > 0 ? taggingWithNothingBut(...keys) : []),
    ...(clones(settings) || grows(settings) ? anywhere('ec2:DescribeVolumes') : []),
    ...(clones(settings) ? copying(copyKey(name)) : []),
    ...(bins(settings) ? binning(diskKeys(settings)) : []),
    ...(grows(settings) ? growing(growthKey(name)) : []),
  ]
}

function clones({ rungs }: Settings): boolean {
  return rungs.includes('clone')
}

function bins({ rungs }: Settings): boolean {
  return rungs.includes('bin')
}

function diskKeys({ name }: Settings): DiskKeys {
  return { bin: binKey(name), disk: diskKey(name), group: diskGroupKey(name) }
}

function grows({ rungs }: Settings): boolean {
  return rungs.includes('grow')
}

/** A disk that grew takes a boot. */
function reboots(settings: Settings): boolean {
  return settings.rungs.includes('reboot') || grows(settings)
}

/** To guarded instances only, and what is attached has our tag. */
function attaching(settings: Settings): string[] {
  return clones(settings) ? ['ec2:AttachVolume', 'ec2:DetachVolume'] : []
}

/** On guarded instances only. */
function rebooting(settings: Settings): string[] {
  return reboots(settings) ? ['ec2:GetConsoleOutput', 'ec2:RebootInstances'] : []
}

/** That an instance was rebooted, before it is, so that there is one an action; and which volume was its own. */
function tagging(settings: Settings): string[] {
  return reboots(settings) || bins(settings) ? ['ec2:CreateTags'] : []
}

/** Beginning a termination. IAM knows no key for an instance's lifecycle state, nor for the decrement. */
function retrying({ rungs }: Settings): string[] {
  return rungs.includes('retry') ? ['autoscaling:TerminateInstanceInAutoScalingGroup'] : []
}

/** The roles as CloudFormation resources, with the managed policies that hold what does not fit into them. */
export function roleResources(
  settings: Settings,
  functionNames: readonly FunctionName[],
): Record<string, unknown> {
  return Object.assign(
    {},
    ...functionNames.map((functionName) => {
      const { inline, managed } = packed(statementsOf(settings, functionName))
      const role = roleOf(functionName)
      const policies = managed.map((statements, index) => [
        `${role}Policy${index + 1}`,
        managedPolicyOf(settings, functionName, statements),
      ])
      return { [role]: roleWith(settings, functionName, inline, policies), ...Object.fromEntries(policies) }
    }),
  )
}

function roleWith(
  settings: Settings,
  functionName: FunctionName,
  Statement: readonly Statement[],
  policies: readonly (readonly unknown[])[],
): unknown {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `What ${settings.name}-${functionName} may do`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [{ PolicyName: functionName, PolicyDocument: { Version: '2012-10-17', Statement } }],
      ...(policies.length > 0 && { ManagedPolicyArns: policies.map(([id]) => ({ Ref: id })) }),
    },
  }
}
