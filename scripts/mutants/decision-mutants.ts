// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const decide = {
  file: 'src/termination/decide.ts',
  tests: ['test/termination/decide.test.ts', 'test/termination/simulated-days.test.ts'],
}

const hold = {
  file: 'src/termination/hold.ts',
  tests: ['test/termination/hold.test.ts', 'test/termination/reconcile.test.ts'],
}

export const decisionMutants: readonly Mutant[] = [
  {
    ...decide,
    name: 'trust SSM’s Success',
    from: 'if (!seen.proof || seen.proof.gaps.length > 0 || seen.proof.files !== manifest.files.length)',
    to: 'if (!seen.proof)',
  },
  {
    ...decide,
    name: 'CONTINUE although a log still grows',
    from: `if (manifest?.purpose !== 'termination' || manifest.live.length > 0) return undefined`,
    to: `if (manifest?.purpose !== 'termination') return undefined`,
  },
  {
    ...decide,
    name: 'tell an end without proof as archived',
    from: `return { do: 'settle', outcome: 'expired', reason`,
    to: `return { do: 'settle', outcome: 'archived', reason`,
  },
  {
    ...decide,
    name: 'wait for a machine that is gone',
    from: `if (seen.machine === 'gone') {`,
    to: `if (seen.machine === 'gone' && seen.flushes.length > 99) {`,
  },
  {
    ...decide,
    name: 'say retained without looking whether the group retains',
    from: `if (seen.hook.retains) return { do: 'abandon'`,
    to: `if (seen.hook) return { do: 'abandon'`,
  },
  {
    ...decide,
    name: 'never lose patience',
    from: 'if (heldSeconds(seen) >= deadlineSeconds(seen, policy)) return true',
    to: 'if (heldSeconds(seen) < 0) return true',
  },
  {
    ...decide,
    name: 'give up after the first attempt',
    from: 'return seen.flushes.length >= policy.maxAttempts && !isRunning',
    to: 'return seen.flushes.length >= 1 && !isRunning',
  },
  {
    ...decide,
    name: 'start a flush beside an older one that runs',
    from: `const running = seen.flushes.find(({ status }) => status === 'running')
  if (running) {`,
    to: `const running = newest?.status === 'running' ? newest : undefined
  if (running) {`,
  },
  {
    ...decide,
    name: 'flush again while a flush runs',
    from: `  if (running) {
    return wait`,
    to: `  if (running && seen.flushes.length > 99) {
    return wait`,
  },
  {
    ...decide,
    name: 'look again too late for the heartbeat',
    from: 'return Math.min(policy.lookAgainSeconds, heartbeat / 3)',
    to: 'return Math.max(policy.lookAgainSeconds, heartbeat * 1.2)',
  },
  {
    ...decide,
    name: 'ask a silent agent in a hot loop',
    from: 'const soonest = Math.max(policy.retrySeconds, policy.pendingSeconds)',
    to: 'const soonest = policy.retrySeconds',
  },
  {
    ...decide,
    name: 'leave every retry to the publisher that failed',
    from: `return { do: 'flush', upload: filesToUpload(seen), reason: gaps(seen) }`,
    to: `return { do: 'flush', upload: filesToUpload(seen) && undefined, reason: gaps(seen) }`,
  },
  {
    ...hold,
    name: 'read “not yet” as over',
    from: `if (waits || UNDER_WAY.has(lifecycleState)) return 'pending'`,
    to: `if (waits || UNDER_WAY.has(lifecycleState)) return 'over'`,
  },
  {
    ...hold,
    name: 'believe a notification of an instance in service',
    from: `if (heartbeaten === 'held' && waits) return 'held'`,
    to: `if (heartbeaten === 'held' || lifecycleState === 'InService') return 'held'`,
  },
]
