import { isGroupMissing } from './failures.ts'

/** Groups come and go while they are looked at: what is done about one that is gone by then has this answer. */
export async function whileThere<Answer>(work: () => Promise<Answer>, gone: Answer): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (isGroupMissing(error)) return gone
    throw error
  }
}
