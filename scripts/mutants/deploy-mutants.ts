import type { Mutant } from './mutant.ts'

const alarms = { file: 'deploy/alarms.ts', tests: ['test/deploy/alarms.test.ts'] }
const policies = { file: 'deploy/policies.ts', tests: ['test/deploy/limits.test.ts'] }
const queue = { file: 'deploy/messaging.ts', tests: ['test/deploy/queue-policy.test.ts'] }

const statements = { file: 'deploy/statements.ts', tests: ['test/deploy/limits.test.ts'] }

export const deployMutants: readonly Mutant[] = [
  {
    ...alarms,
    name: 'judge an event by the newest period alone',
    from: 'periods: 1, of: 12,',
    to: 'periods: 1, of: 1,',
  },
  { ...alarms, name: 'tell a loss as resolved', from: '...(!isEvent && {', to: '...({' },
  {
    ...alarms,
    name: 'take a dead audit for a good one',
    from: "is: { below: 1, periods: 3, of: 3, silence: 'breaching' }",
    to: "is: { below: 1, periods: 3, of: 3, silence: 'notBreaching' }",
  },
  {
    ...alarms,
    name: 'ring for one failed pass',
    from: '{ above: 0, periods: 2, of: 12,',
    to: '{ above: 0, periods: 1, of: 12,',
  },
  {
    ...alarms,
    name: 'take a dead sweep for the end of what it told',
    from: "periods: 1, of: 3, silence: 'ignore'",
    to: "periods: 1, of: 3, silence: 'notBreaching'",
  },
  {
    ...policies,
    name: 'put everything into the inline policy',
    from: 'if (fits) policy.splice',
    to: 'if (fits || policies.length === 1) policy.splice',
  },
  { ...policies, name: 'lose a name where a policy is full', from: ': [part]', to: ': []' },
  {
    ...statements,
    name: 'allow every update of a group that a tag chooses',
    from: "'autoscaling:Up*'",
    to: "'autoscaling:*'",
  },
  {
    ...statements,
    tests: ['test/deploy/permissions.test.ts'],
    name: 'run any document that has a chosen tag',
    from: '[instances, ...others] : []),\n    ],',
    to: "[instances, ...others, '*'] : []),\n    ],",
  },
  {
    ...queue,
    name: 'admit every role of the account to the queue',
    from: "'aws:PrincipalArn': {",
    to: "'aws:UserAgent': {",
  },
  {
    file: 'serverless.yml',
    tests: ['test/deploy/template.test.ts'],
    name: 'let Lambda start a sweep again beside the next one',
    from: '    maximumRetryAttempts: 0\n    maximumEventAge: 60\n',
    to: '',
  },
  {
    file: 'deploy/policy-problems.ts',
    tests: ['test/deploy/settings.test.ts'],
    name: 'accept manifests where no instance may write',
    from: 'manifestPrefix.startsWith(RECEIPT_PREFIX) ? ',
    to: "manifestPrefix.startsWith('/') ? ",
  },
  {
    file: 'deploy/settings.ts',
    tests: ['test/deploy/settings.test.ts'],
    name: 'take a pattern for the ARN of a key',
    from: ':key\\/[A-Za-z0-9-]+$/',
    to: ':key\\/\\S+$/',
  },
]
