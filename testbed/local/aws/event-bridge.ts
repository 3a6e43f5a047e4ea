/** A small EventBridge: rules given as data, targets that are queues or functions, and a bus that can lose and delay. */
import type { EventBridgeEvent } from '../../auto-scaling/auto-scaling.ts'

/** As in an EventBridge rule: every field that is given must have one of its values. */
export interface EventPattern {
  readonly source?: readonly string[]
  readonly 'detail-type'?: readonly string[]
  readonly detail?: Readonly<Record<string, readonly unknown[]>>
}

export interface EventRule {
  readonly name: string
  readonly pattern: EventPattern
  /** A queue by name, or whatever wants the event. */
  readonly target: { readonly queue: string } | { deliver(event: EventBridgeEvent): void | Promise<void> }
}

/** What the bus does with an event. EventBridge promises best effort for all of ours. */
export type EventFate = 'deliver' | 'lose' | { readonly delayMs: number }

export interface EventBridge {
  readonly rules: EventRule[]
  publish(event: EventBridgeEvent): void
  /** Waits until everything accepted so far (and not delayed) is delivered. */
  idle(): Promise<void>
  stop(): void
}

export function createEventBridge(options: {
  readonly rules: readonly EventRule[]
  readonly fate: (event: EventBridgeEvent) => EventFate
  readonly send: (queue: string, body: string) => Promise<void>
  readonly failed: (error: unknown) => void
}): EventBridge {
  const rules = [...options.rules]
  const timers = new Set<NodeJS.Timeout>()
  const underWay = new Set<Promise<void>>()

  const deliver = async (event: EventBridgeEvent) => {
    for (const { target } of rules.filter(({ pattern }) => matches(pattern, event))) {
      try {
        if ('queue' in target) await options.send(target.queue, JSON.stringify(event))
        else await target.deliver(event)
      } catch (error) {
        options.failed(error)
      }
    }
  }
  const start = (event: EventBridgeEvent) => {
    const delivery = deliver(event).finally(() => underWay.delete(delivery))
    underWay.add(delivery)
  }
  return {
    rules,
    publish(event) {
      const fate = options.fate(event)
      if (fate === 'lose') return
      if (fate === 'deliver') {
        start(event)
        return
      }
      const timer = setTimeout(() => {
        timers.delete(timer)
        start(event)
      }, fate.delayMs)
      timers.add(timer)
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

/** Whether an event is meant by a pattern. */
export function matches(pattern: EventPattern, event: EventBridgeEvent): boolean {
  return (
    (pattern.source?.includes(event.source) ?? true) &&
    (pattern['detail-type']?.includes(event['detail-type']) ?? true) &&
    Object.entries(pattern.detail ?? {}).every(([key, values]) => values.includes(event.detail[key]))
  )
}
