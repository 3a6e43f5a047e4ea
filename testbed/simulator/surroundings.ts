/** What every part of a world may use. Whatever else a part needs, it says in an interface of its own. */
import type { Chance } from './chance.ts'
import type { FaultRates } from './fault-mix.ts'
import type { Scheduler } from './scheduler.ts'
import type { Setting } from './setting.ts'
import type { Trace } from './trace.ts'

export interface Surroundings {
  readonly time: Scheduler
  readonly chance: Chance
  /** What goes wrong now. */
  readonly faults: Readonly<FaultRates>
  readonly setting: Setting
  readonly trace: Trace | undefined
}
