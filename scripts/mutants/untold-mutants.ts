import { bugsIn, type Mutant } from './mutant.ts'

const lasts = ['test/termination/what-lasts.test.ts']
const salvaged = ['test/termination/salvaged.test.ts']
const decide = 'src/termination/decide.ts'
const observe = 'src/termination/observe.ts'

/** What one answer leaves out, or what AWS refuses to tell, taken for what it is not. */
export const untoldMutants: readonly Mutant[] = [
  ...bugsIn({ file: 'src/recovery/agents.ts', tests: ['test/recovery/listings.test.ts'] }, [
    'reboot a machine whose agent one answer left out',
    `  await readAll(aws, untold, found)
`,
    '',
  ]),
  ...bugsIn(
    {
      file: 'src/recovery/clone.ts',
      tests: ['test/recovery/clone.test.ts'],
      only: 'is salvaged by one that',
    },
    [
      'salvage the root alone where one answer left the other volumes out',
      `if (otherVolumes === undefined && rung === 'clone' && `,
      `if (otherVolumes !== undefined && rung === 'clone' && `,
    ],
    [
      'ask EC2 for ever about the volumes of a machine that is gone',
      `(await stateOf(aws, instanceId)) !== 'gone'`,
      `(await stateOf(aws, instanceId)) !== 'stopped'`,
    ],
  ),
  ...bugsIn({ file: 'src/termination/with-trouble.ts', tests: lasts }, [
    'hold a machine whose group says that it retains, since its hook may not be read',
    'hook: { ...(seen.hook ?? hookAsDeployed(policy)), retains: retains.answer }',
    'hook: seen.hook && { ...seen.hook, retains: retains.answer }',
  ]),
  ...bugsIn(
    { file: observe, tests: lasts },
    [
      'call an action over since nobody may ask where its instance is',
      `if (asked.is === 'refused' && heartbeat === 'none')`,
      `if (asked.is === 'refused' && heartbeat === 'no group')`,
    ],
    [
      'look at no machine whose flush named nothing of what it had seen',
      'const isDone = provenOutcome(seen) !== undefined',
      'const isDone = seen.proof?.gaps.length === 0',
    ],
  ),
  ...bugsIn(
    { file: observe, tests: salvaged },
    [
      'tell a kept machine as archived, since one answer left it out',
      'if (where || !mayGoOn) return where?.lifecycleState',
      'return where?.lifecycleState',
    ],
    [
      'tell nothing of a refusal to say where a machine is',
      'const more = untold ? [...troubles, untold] : troubles',
      'const more = troubles',
    ],
  ),
  ...bugsIn({ file: decide, tests: salvaged }, [
    'tell a machine as archived of which nobody tells whether it is kept',
    'return settleUntold(seen, proven) ?? settle(seen, proven)',
    'return settle(seen, proven)',
  ]),
  ...bugsIn({ file: 'src/termination/beside.ts', tests: ['test/termination/one-action.test.ts'] }, [
    'forget what an adopted flush named, since an answer left its activity out',
    'return (began.get(instanceId) ?? owner.adoptedAt) === owner.adoptedAt',
    'return began.get(instanceId) === owner.adoptedAt',
  ]),
]
