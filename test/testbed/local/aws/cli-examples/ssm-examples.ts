/** Systems Manager: documents, commands, agents. */
import { type Example, typed } from './example.ts'

interface Groups {
  readonly AutoScalingGroups: readonly [{ readonly Instances: readonly { readonly InstanceId: string }[] }]
}
interface Sent {
  readonly Command: { readonly CommandId: string }
}

const commandId = ({ Command }: Sent) => Command.CommandId
const serving = { AutoScalingGroups: [{ Instances: [{ LifecycleState: 'InService' }] }] }
const document = (line: string) => ({
  schemaVersion: '2.2',
  description: 'Greets',
  parameters: { name: { type: 'String', description: 'who', default: 'world' } },
  mainSteps: [{ action: 'aws:runShellScript', name: 'greet', inputs: { runCommand: [line] } }],
})

export const ssmExamples: readonly Example[] = [
  typed(
    'aws autoscaling create-auto-scaling-group --auto-scaling-group-name desk --launch-template LaunchTemplateName=shop --min-size 1 --max-size 1 --tags Key=Room,Value=desk,PropagateAtLaunch=true --availability-zones eu-west-1a',
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names desk', {
    until: serving,
    keep: { INSTANCE: ({ AutoScalingGroups: [group] }: Groups) => group.Instances[0]?.InstanceId },
  }),
  typed('aws ssm create-document --content file://greet.json --name greet --document-type Command', {
    files: { 'greet.json': document('echo hello, {{ name }}') },
    answer: {
      DocumentDescription: {
        Name: 'greet',
        HashType: 'Sha256',
        Owner: '000000000000',
        DocumentVersion: '1',
        Description: 'Greets',
        Parameters: [{ Name: 'name', Type: 'String', Description: 'who', DefaultValue: 'world' }],
        PlatformTypes: ['Linux', 'MacOS'],
        DocumentType: 'Command',
        SchemaVersion: '2.2',
        LatestVersion: '1',
        DefaultVersion: '1',
        DocumentFormat: 'JSON',
      },
    },
  }),
  typed('aws ssm create-document --content file://greet.json --name greet --document-type Command', {
    refused: /\(DocumentAlreadyExists\)/,
  }),
  typed('aws ssm describe-document --name greet', {
    answer: { Document: { Name: 'greet', Status: 'Active' } },
  }),
  typed("aws ssm get-document --name greet --document-version '$LATEST' --query Content --output text", {
    prints: /echo hello, \{\{ name \}\}/,
  }),
  typed('aws ssm get-document --name AWS-RunShellScript', {
    answer: {
      Name: 'AWS-RunShellScript',
      DocumentVersion: '1',
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
    },
  }),
  typed('aws ssm list-documents --filters Key=Owner,Values=Self', {
    answer: {
      DocumentIdentifiers: [
        { Name: 'greet', Owner: '000000000000', DocumentVersion: '1', DocumentType: 'Command' },
      ],
    },
  }),
  typed('aws ssm list-documents --document-filter-list key=Owner,value=Amazon', {
    answer: { DocumentIdentifiers: [{ Name: 'AWS-RunShellScript', Owner: 'Amazon' }] },
  }),
  typed("aws ssm update-document --name greet --content file://greet.json --document-version '$LATEST'", {
    files: { 'greet.json': document('echo goodbye, {{ name }}') },
    answer: { DocumentDescription: { DocumentVersion: '2', LatestVersion: '2', DefaultVersion: '1' } },
  }),
  typed('aws ssm update-document-default-version --name greet --document-version 2', {
    answer: { Description: { Name: 'greet', DefaultVersion: '2' } },
  }),
  typed('aws ssm list-document-versions --name greet', {
    answer: {
      DocumentVersions: [
        { DocumentVersion: '1', IsDefaultVersion: false },
        { DocumentVersion: '2', IsDefaultVersion: true },
      ],
    },
  }),
  typed('aws ssm describe-instance-information', {
    until: {
      InstanceInformationList: [
        { InstanceId: '$INSTANCE', PingStatus: 'Online', PlatformType: 'Linux', ResourceType: 'EC2Instance' },
      ],
    },
  }),
  typed('aws ssm describe-instance-information --filters "Key=InstanceIds,Values=$INSTANCE"', {
    answer: { InstanceInformationList: [{ InstanceId: '$INSTANCE' }] },
  }),
  typed(
    'aws ssm describe-instance-information --instance-information-filter-list "key=PingStatus,valueSet=ConnectionLost"',
    { answer: { InstanceInformationList: [] } },
  ),
  typed(
    'aws ssm send-command --document-name "AWS-RunShellScript" --parameters \'commands=["echo one","echo two"]\' --targets "Key=instanceids,Values=$INSTANCE" --comment "counting"',
    {
      answer: {
        Command: {
          DocumentName: 'AWS-RunShellScript',
          Comment: 'counting',
          Parameters: { commands: ['echo one', 'echo two'] },
          Targets: [{ Key: 'instanceids', Values: ['$INSTANCE'] }],
        },
      },
      keep: { COMMAND: commandId },
    },
  ),
  typed('aws ssm get-command-invocation --command-id $COMMAND --instance-id $INSTANCE', {
    until: {
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
      StandardOutputContent: 'one\ntwo\n',
      PluginName: 'aws:runShellScript',
    },
  }),
  typed(
    'aws ssm send-command --instance-ids "$INSTANCE" --document-name "greet" --parameters name=desk --timeout-seconds 600',
    { keep: { GREETING: commandId } },
  ),
  typed('aws ssm list-command-invocations --command-id $GREETING --details', {
    until: {
      CommandInvocations: [
        {
          CommandId: '$GREETING',
          Status: 'Success',
          CommandPlugins: [{ Name: 'greet', Output: 'goodbye, desk\n' }],
        },
      ],
    },
  }),
  typed(
    'aws ssm send-command --document-name "AWS-RunShellScript" --parameters \'commands=["sleep 300"]\' --targets Key=tag:Room,Values=desk',
    { keep: { SLEEP: commandId } },
  ),
  typed('aws ssm list-commands --filters "key=Status,value=InProgress"', {
    until: { Commands: [{ CommandId: '$SLEEP' }] },
  }),
  typed('aws ssm cancel-command --command-id $SLEEP'),
  typed('aws ssm list-commands --command-id "$SLEEP"', {
    until: { Commands: [{ CommandId: '$SLEEP', Status: 'Cancelled', StatusDetails: 'Cancelled' }] },
  }),
  typed('aws ssm list-commands --instance-id $INSTANCE --max-items 1', {
    answer: { Commands: [{ CommandId: '$SLEEP' }] },
  }),
  typed('aws ssm send-command --instance-ids i-00000000000000000 --document-name greet', {
    refused: /\(InvalidInstanceId\)/,
  }),
  typed('aws ssm delete-document --name greet'),
  typed('aws ssm describe-document --name greet', { refused: /\(InvalidDocument\)/ }),
]
