/** What stands on machines' consoles. */
import type { GetConsoleOutputCommandInput, GetConsoleOutputCommandOutput } from '@aws-sdk/client-ec2'
import type { Answer } from '../../src/aws/api.ts'
import type { Machine } from './simulated-machine.ts'

const BOOT = '[    0.000000] Linux version 6.1.115 (builder@host) #1 SMP PREEMPT_DYNAMIC'
const FULL = 'cloud-init[1630]: OSError: [Errno 28] No space left on device: /var/lib/cloud/data/tmp4hb'
/** The same error, and no disk is full. */
const OF_WATCHES = 'Failed to add /run/systemd/ask-password to directory watch: No space left on device'

/** A disk that is full is told by its own machine alone; whoever has another trouble says something that looks like it. */
export function consoleOf(
  { region }: { readonly region: { readonly machines: ReadonlyMap<string, Machine> } },
  { InstanceId = '' }: GetConsoleOutputCommandInput,
): Answer<GetConsoleOutputCommandOutput> {
  const said = region.machines.get(InstanceId)?.disk.isFull ? FULL : OF_WATCHES
  return {
    InstanceId,
    Output: Buffer.from([BOOT, said, `${InstanceId} login: `].join('\n')).toString('base64'),
  }
}
