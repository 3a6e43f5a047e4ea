/** Documents that AWS publishes and everybody can use: the one that scripts are sent with. */

export const publicDocuments: Readonly<Record<string, string>> = {
  'AWS-RunShellScript': JSON.stringify({
    schemaVersion: '2.2',
    description: 'Run a shell script or specify the commands to run.',
    parameters: {
      commands: { type: 'StringList' },
      workingDirectory: { type: 'String', default: '' },
      executionTimeout: {
        type: 'String',
        default: '3600',
        allowedPattern:
          '([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)|(\\{\\{ssm:[\\w.-]+(:\\d+)?\\}\\})',
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        // As the agent and GetCommandInvocation call it.
        name: 'aws:runShellScript',
        inputs: {
          runCommand: '{{ commands }}',
          workingDirectory: '{{ workingDirectory }}',
          timeoutSeconds: '{{ executionTimeout }}',
        },
      },
    ],
  }),
}
