/** Whether a kept machine may pass the hook again: where nothing would keep it, a termination that proves nothing ends it. */
import { whyNotKept } from '../termination/hook.ts'
import type { Deployment } from './deployment.ts'
import type { Typed } from './typed.ts'

/** `undefined`: it would be kept again. Otherwise why not, and what to type. */
export async function lostInVain(
  { aws, policy }: Deployment,
  { typed }: Pick<Typed, 'typed'>,
  groupName: string,
): Promise<string | undefined> {
  const why = await whyNotKept(aws, groupName, policy)
  return why && `it would not be kept if that fails: ${why}  (${typed(`doctor --group ${groupName}`)})`
}
