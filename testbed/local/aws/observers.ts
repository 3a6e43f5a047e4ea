import type { AwsRequest, RequestObserver } from '../wire/request.ts'

/** Many observers that look like one. */
export interface Observers {
  readonly observer: RequestObserver
  /** Answers how to stop observing. */
  observe(observer: RequestObserver): () => void
}

export function createObservers(first: RequestObserver | undefined): Observers {
  const observers = new Set<RequestObserver>(first === undefined ? [] : [first])
  // Each of them sees everything, also what another one refuses.
  const all = async (look: (each: RequestObserver) => void | Promise<void> | undefined) => {
    const refusals: unknown[] = []
    for (const each of observers) {
      try {
        await look(each)
      } catch (refusal) {
        refusals.push(refusal)
      }
    }
    if (refusals.length > 0) throw refusals[0]
  }
  return {
    observer: {
      before: (request: AwsRequest) => all((each) => each.before?.(request)),
      after: (request: AwsRequest, status: number) => all((each) => each.after?.(request, status)),
    },
    observe(more) {
      observers.add(more)
      return () => void observers.delete(more)
    },
  }
}
