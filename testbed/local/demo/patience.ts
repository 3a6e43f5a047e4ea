/** What the demo waits for comes, or the demo ends and says what did not. */
import { refuseFullDisk } from '../temporary-directory.ts'

const POLL_MS = 100
/** Longer than anything takes on a busy machine; the guard's own patience here is 45 s. */
const PATIENCE_MS = 300_000

/** Looks again and again until something is found. Throws, after `patienceMs`, what was waited for and how it stood. */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  {
    stands = async () => '',
    patienceMs = PATIENCE_MS,
    refuse = refuseFullDisk,
  }: {
    /** How things stand when it takes too long. */
    readonly stands?: () => Promise<string>
    readonly patienceMs?: number
    /** Throws where it cannot come any more. */
    readonly refuse?: () => void
  } = {},
): Promise<Found> {
  const until = Date.now() + patienceMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    refuse()
    if (Date.now() >= until) {
      const how = await stands()
      throw new Error(
        `Waited ${patienceMs / 1000} s for ${what}, in vain${how === '' ? '' : `: ${how}`}. Everything is stopped and cleared away.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
