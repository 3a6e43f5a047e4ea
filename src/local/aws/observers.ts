import type { RequestObserver } from '../wire/request.ts'

/** Many observers that look like one. */
export interface Observers {
  readonly observer: RequestObserver
  /** Answers how to stop observing. */
  observe(observer: RequestObserver): () => void
}

export function createObservers(first: RequestObserver | undefined): Observers {
  const observers = new Set<RequestObserver>(first === undefined ? [] : [first])
  return {
    observer: {
      async before(request) {
        for (const each of observers) await each.before?.(request)
      },
      async after(request, status) {
        for (const each of observers) await each.after?.(request, status)
      },
    },
    observe(more) {
      observers.add(more)
      return () => void observers.delete(more)
    },
  }
}
