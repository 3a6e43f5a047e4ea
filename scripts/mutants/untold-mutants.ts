import { bugsIn, type Mutant } from './mutant.ts'

const lasts = ['test/termination/what-lasts.test.ts']
const salvaged = ['test/termination/salvaged.test.ts']
const decide = 'src/termination/decide.ts'
const observe = 'src/termination/observe.ts'

const days = ['test/termination/simulated-days.test.ts']
const passes = ['test/termination/reconcile.test.ts']

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
  ...bugsIn({ file: 'src/termination/machine-and-hook.ts', tests: lasts }, [
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
    '(keeps || isWhereUntold(seen))',
    'keeps',
  ]),
  ...bugsIn({ file: 'src/termination/beside.ts', tests: ['test/termination/one-action.test.ts'] }, [
    'forget what an adopted flush named, since an answer left its activity out',
    'return (began.get(instanceId) ?? owner.adoptedAt) === owner.adoptedAt',
    'return began.get(instanceId) === owner.adoptedAt',
  ]),
  ...bugsIn({ file: observe, tests: ['test/termination/reconcile.test.ts'] }, [
    'begin what an event speaks of, since nobody may ask whose hook it is',
    "if (!hook && hold === 'held')",
    'if (false)',
  ]),
  ...bugsIn({ file: 'src/termination/earlier-pause.ts', tests: days }, [
    'call an action over by the flush of a pass whose clock is seconds behind',
    'const CLOCKS_DIFFER_MS = 5000',
    'const CLOCKS_DIFFER_MS = 0',
  ]),
  ...bugsIn({ file: 'src/termination/machine-state.ts', tests: passes }, [
    'call a machine gone before EC2 had its hour to forget it',
    'const FORGOTTEN_AFTER_SECONDS = 3900',
    'const FORGOTTEN_AFTER_SECONDS = 390',
  ]),
  ...bugsIn({ file: 'src/termination/hook.ts', tests: ['test/termination/hook.test.ts'] }, [
    'believe one answer without our hook, which a person has set to less',
    'if (named) return named',
    'if (named || hookName) return named',
  ]),
  ...bugsIn({ file: 'src/enrolment/enrolments.ts', tests: ['test/enrolment/enrol.test.ts'] }, [
    'write over a hook that one answer left out',
    'hooks.find(isIt) ?? (await hookNamed(aws, group.name, hookName))',
    'hooks.find(isIt) ?? (hooks.length > 999 ? await hookNamed(aws, group.name, hookName) : undefined)',
  ]),
  ...bugsIn({ file: 'src/audit/finding.ts', tests: ['test/audit/finding.test.ts'] }, [
    'know no skew between S3, SSM and the instance',
    'const CLOCKS_MS = 60_000',
    'const CLOCKS_MS = 0',
  ]),
  ...bugsIn({ file: 'src/recovery/decide-copy.ts', tests: ['test/recovery/decide-copy.test.ts'] }, [
    'wait for ever for the proof of a salvage that ended by a wrong clock',
    'newest?.endedAt ?? at?.since ?? now',
    'newest?.endedAt ?? now',
  ]),
  ...bugsIn({ file: 'src/termination/identify.ts', tests: ['test/termination/one-action.test.ts'] }, [
    'wake nobody by a flush whose group’s name was too long for its Comment',
    'owner.groupName ?? (await whereabouts(aws, instanceId))?.groupName',
    'owner.groupName',
  ]),
  ...bugsIn({ file: 'src/aws/read-whole.ts', tests: ['test/flush/with-report.test.ts'] }, [
    'read whatever somebody put in the place of a manifest',
    'if (size > limitBytes) return undefined',
    '',
  ]),
  ...bugsIn({ file: 'src/archive/archives.ts', tests: ['test/archive/archives.test.ts'] }, [
    'call one object lacking of which S3 did not tell in time',
    'budget.unasked > 0 &&',
    'budget.unasked > 1 &&',
  ]),
  ...bugsIn({ file: 'src/audit/finding.ts', tests: ['test/audit/finding.test.ts'] }, [
    'call no instance silent whose launch was not asked for',
    'Math.max(launchedAt ?? 0, ',
    'Math.max(launchedAt ?? now, ',
  ]),
  ...bugsIn({ file: 'src/guard.ts', tests: ['test/guard.test.ts'], only: 'most of a short time' }, [
    'leave a pass of a short function nothing but its end',
    'CLOSING_SECONDS * 1000, remainingMs / 4',
    'CLOSING_SECONDS * 1000, remainingMs',
  ]),
  ...bugsIn(
    { file: 'src/termination/earlier-pause.ts', tests: ['test/termination/earlier-pause.test.ts'] },
    [
      'take the flush of an earlier pause for this one’s',
      'if (began <= endedAt + CLOCKS_DIFFER_MS) return ours',
      'if (began <= endedAt + 1e9) return ours',
    ],
    [
      'believe a token in whatever message comes once more',
      'sentAt !== undefined && sentAt - endedAt >= LATE_MS',
      'sentAt === undefined',
    ],
    ['ask of every message since when its instance is held', 'sentAt - endedAt >= LATE_MS', 'sentAt > 0'],
    ['believe a token that was not the last to flush', 'isLast && !comesOnceMore &&', '!comesOnceMore &&'],
    [
      'believe a token whose flush has been over for long, beside others',
      '(others.length === 0 || now - endedAt < LATE_MS)',
      'others.length >= 0',
    ],
    [
      'ask of every flush beside others since when its instance is held',
      '(others.length === 0 || now - endedAt < LATE_MS)',
      'others.length === 0',
    ],
    [
      'believe a token that was not the last to flush where nobody tells',
      'return isLast ? ours : []',
      'return ours',
    ],
    [
      'flush once more where no activity tells and nobody else has flushed since',
      'return isLast ? ours : []',
      'return []',
    ],
  ),
]
