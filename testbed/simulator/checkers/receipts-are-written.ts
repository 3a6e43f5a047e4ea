/** R1: a good end that the guard made has a receipt, or it is told loudly that it has none. R2: a receipt is put once, and only there. */
import { receiptKey } from '../../../src/archive/receipt.ts'
import { isLoud } from '../../../src/journal/journal.ts'
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

export function receiptsAreWritten(world: World): Checker {
  const { receiptPrefix } = world.setting.policy.archive
  const put = new Set<string>()
  return {
    called(_run, operation, input, tookEffect) {
      if (operation !== 'putObject' || !tookEffect) return
      const { Key: key = '' } = input as { readonly Key?: string }
      if (!key.startsWith(receiptPrefix)) world.violation('R2', `the guard put ${key}`)
      if (put.has(key)) world.violation('R2', `the receipt ${key} was put twice`)
      put.add(key)
    },
    atRest() {
      for (const { event } of world.journal) {
        if (event.event !== 'action-ended' || event.by !== 'completed') continue
        if (event.outcome !== 'archived' && event.outcome !== 'empty') continue
        const { instanceId, token, startedAt = 0 } = event
        const isExcused = world.journal.some(
          ({ event: other }) =>
            other.event === 'receipt-failed' &&
            other.instanceId === instanceId &&
            other.token === token &&
            isLoud(other),
        )
        if (!put.has(receiptKey(receiptPrefix, { instanceId, token, startedAt })) && !isExcused)
          world.violation('R1', `${instanceId} was let go without a receipt, and nobody was told`)
      }
    },
  }
}
