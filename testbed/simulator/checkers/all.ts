/** Every checker, for one world. */
import type { World } from '../world.ts'
import type { Checker } from './checker.ts'
import { copiesAreCleared } from './copies-are-cleared.ts'
import { aGoodEndIsCheap, noHotLoop, nothingAfterProof, oneFlushAtATime } from './e-economy.ts'
import { enrolmentLasts } from './enrolment-lasts.ts'
import { growthIsBounded } from './growth-is-bounded.ts'
import { ledger } from './ledger.ts'
import { lossesAreReal } from './losses-are-real.ts'
import { noFalseAlarm } from './no-false-alarm.ts'
import { rebootsAreFew } from './reboots-are-few.ts'
import { receiptsAreWritten } from './receipts-are-written.ts'
import { retriesAreBounded } from './retries-are-bounded.ts'
import { continueWithProof } from './s1-continue-with-proof.ts'
import { messagesAreKept } from './s2-messages-are-kept.ts'
import { noHoldExpires } from './s3-no-hold-expires.ts'
import { onlyWhatWeHold } from './s4-only-what-we-hold.ts'
import { endsAreTold } from './s5-ends-are-told.ts'

export function createCheckers(world: World): readonly Checker[] {
  return [
    continueWithProof,
    messagesAreKept,
    noHoldExpires,
    onlyWhatWeHold,
    endsAreTold,
    ledger,
    lossesAreReal,
    enrolmentLasts,
    oneFlushAtATime,
    nothingAfterProof,
    aGoodEndIsCheap,
    noHotLoop,
    noFalseAlarm,
    retriesAreBounded,
    receiptsAreWritten,
    rebootsAreFew,
    copiesAreCleared,
    growthIsBounded,
  ].map((create) => create(world))
}
