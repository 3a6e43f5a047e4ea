/** Everything that `serverless.yml` takes from here: one function of the deployment's name and parameters. */
import { buildDocument, type DocumentKind } from '../src/flush/document.ts'
import { salvageDocumentOf } from '../src/flush/salvage-document.ts'
import { keptByBin } from '../src/termination/disk-mark.ts'
import { alarmResources } from './alarms.ts'
import { dashboardResource, queryResources } from './dashboard.ts'
import { documentNameOf, environmentOf, functionNames } from './environment.ts'
import { instancePolicy } from './instance-policy.ts'
import { limitProblems, limitsOf } from './limits.ts'
import { messagingResources } from './messaging.ts'
import type { Parameters, Settings } from './parameters.ts'
import { roleOf, roleResources } from './roles.ts'
import { readSettings, refused } from './settings.ts'

/** Throws one Error that lists every parameter that cannot be used. */
export function deployment(name: string, parameters: Parameters, given: readonly string[] = []) {
  const settings = readSettings(name, parameters, given)
  const resources = resourcesOf(settings)
  const problems = limitProblems(limitsOf(settings, resources))
  if (problems.length > 0) throw refused(problems.map(({ parameter, problem }) => `${parameter}: ${problem}`))
  return {
    settings,
    functions: Object.fromEntries(
      functionNames.map((functionName) => [
        functionName,
        // As Fn::Sub: for Fn::GetAtt, Serverless writes out a dependency that CloudFormation sees by itself.
        {
          role: { 'Fn::Sub': `\${${roleOf(functionName)}.Arn}` },
          environment: environmentOf(settings, functionName),
        },
      ]),
    ),
    resources,
    outputs: outputs(settings),
  }
}

function resourcesOf(settings: Settings): Record<string, unknown> {
  return {
    ...messagingResources(settings),
    FlushDocument: documentResource(settings, documentNameOf(settings), 'flush'),
    SalvageDocument: documentResource(settings, salvageDocumentOf(settings.name), 'salvage'),
    ...retentionRule(settings),
    ...roleResources(settings, functionNames),
    ...alarmResources(settings),
    Dashboard: dashboardResource(settings),
    ...queryResources(settings),
  }
}

/** The Recycle Bin keeps what is marked so when it is deleted, whoever deletes it. */
function retentionRule({ name, rungs, binDays }: Settings): Record<string, unknown> {
  if (!rungs.includes('bin')) return {}
  return {
    RetentionRule: {
      Type: 'AWS::Rbin::Rule',
      Properties: {
        Description: `${name}: disks of machines that were terminated past the hook`,
        ResourceType: 'EBS_VOLUME',
        ResourceTags: keptByBin(name),
        RetentionPeriod: { RetentionPeriodValue: binDays, RetentionPeriodUnit: 'DAYS' },
      },
    },
  }
}

/** A document keeps its name over updates: a command that is under way names it. */
function documentResource({ profile }: Settings, name: string, kind: DocumentKind): unknown {
  return {
    Type: 'AWS::SSM::Document',
    Properties: {
      Name: name,
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      TargetType: '/AWS::EC2::Instance',
      UpdateMethod: 'NewVersion',
      Content: buildDocument(profile, kind),
    },
  }
}

/** What the enrolment (`plugin.ts`), the command line and a person need to know of what was deployed. */
function outputs(settings: Settings): Record<string, { Description: string; Value: unknown }> {
  return {
    HookName: { Description: 'The lifecycle hook of every guarded group', Value: settings.name },
    QueueArn: {
      Description: 'Where Auto Scaling notifies',
      Value: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    },
    QueueUrl: { Description: 'The queue of open actions', Value: { Ref: 'Queue' } },
    DeadLetterQueueUrl: {
      Description: 'Messages that could not be understood or done',
      Value: { Ref: 'DeadLetterQueue' },
    },
    NotifierRoleArn: {
      Description: 'The role that Auto Scaling takes to notify',
      Value: { 'Fn::GetAtt': ['NotifierRole', 'Arn'] },
    },
    FlushDocumentName: { Description: 'The SSM document that flushes', Value: { Ref: 'FlushDocument' } },
    AlarmTopicArn: { Description: 'Where alarms are told', Value: { Ref: 'AlarmTopic' } },
    InstancePolicy: {
      Description: 'Put it on the role of guarded instances: aws iam put-role-policy',
      Value: instancePolicy(settings),
    },
  }
}
