// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const command = { tests: ['test/cli/salvage.test.ts'] }

/** What the command says of a salvage, and on whom it lets one loose. */
export const salvageCommandMutants: readonly Mutant[] = [
  {
    ...command,
    file: 'src/cli/salvage-lines.ts',
    name: 'call a copy complete that is older than the termination',
    from: 'actionBegan !== undefined && madeAt < actionBegan',
    to: 'false',
  },
  {
    ...command,
    file: 'src/cli/salvage-lines.ts',
    name: 'call a copy complete that is older than its machine’s end',
    from: 'if (madeAt < endedAt)',
    to: 'if (false)',
  },
  {
    ...command,
    file: 'src/cli/salvage-lines.ts',
    name: 'call a copy complete that was made while its machine was stopping',
    from: 'const STOPPING_MS = 5 * 60_000',
    to: 'const STOPPING_MS = 0',
  },
  {
    ...command,
    file: 'src/cli/salvage-lines.ts',
    name: 'have a snapshot deleted that is nobody knows whose',
    from: 'volumes.includes(of)',
    to: 'true',
  },
  {
    ...command,
    file: 'src/cli/salvage-lines.ts',
    name: 'call a copy of a machine complete that goes on',
    from: 'return [`the machine is ${state}: stop it, and copy its disk again`]',
    to: 'return []',
  },
  {
    ...command,
    file: 'src/cli/salvage.ts',
    name: 'salvage the disk of another machine',
    from: '      refuseAnothers(machine, copy)\n',
    to: '',
  },
  {
    ...command,
    file: 'src/cli/salvage.ts',
    name: 'salvage on a machine that is going',
    from: "where.lifecycleState !== 'InService'",
    to: 'false',
  },
  {
    ...command,
    file: 'src/cli/copied-disk.ts',
    name: 'salvage on a machine its own disk',
    from: 'if (device === machine?.RootDeviceName)',
    to: 'if (false)',
  },
  {
    ...command,
    file: 'src/cli/salvage.ts',
    name: 'begin a salvage beside the same one',
    from: 'one.comment === comment',
    to: 'false',
  },
  {
    ...command,
    file: 'src/cli/copied-disk.ts',
    name: 'not tell a salvage by hand of the other volumes',
    from: 'otherVolumes: otherVolumesOf(machine)',
    to: 'otherVolumes: undefined',
  },
]
