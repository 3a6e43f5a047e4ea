// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const actions = {
  file: 'src/termination/lifecycle-actions.ts',
  tests: ['test/termination/reconcile.test.ts'],
}

const activities = { file: 'src/termination/scaling-activities.ts', tests: ['test/sweep/sweep.test.ts'] }

const hook = {
  file: 'src/termination/hook.ts',
  tests: ['test/termination/hook.test.ts', 'test/sweep/sweep.test.ts'],
}

const reconcile = {
  file: 'src/termination/reconcile.ts',
  tests: ['test/termination/reconcile.test.ts', 'test/termination/simulated-days.test.ts'],
}

const consume = { file: 'src/termination/consume.ts', tests: ['test/termination/consume.test.ts'] }

export const terminationMutants: readonly Mutant[] = [
  {
    file: 'src/termination/observe.ts',
    tests: ['test/termination/simulated-days.test.ts'],
    name: 'take what another pass flushes meanwhile for what was held before',
    from: `heartbeat === 'held' || flush.requestedAt < askedAt - CLOCKS_DIFFER_MS`,
    to: `heartbeat !== undefined || flush.requestedAt < askedAt`,
  },
  {
    ...actions,
    name: 'let one throttled heartbeat end the hold',
    from: `    return 'held'
  } catch (error) {
    if (isNoActiveAction(error)) return 'none'`,
    to: `    return 'held'
  } catch (error) {
    if (error) return 'none'`,
  },
  {
    ...actions,
    name: 'take any failure to complete as completed',
    from: `    return 'done'
  } catch (error) {
    if (isGroupMissing(error))`,
    to: `    return 'done'
  } catch (error) {
    if (error) return 'done'
    if (isGroupMissing(error))`,
  },
  {
    ...hook,
    name: 'believe that a replaced root volume is retained',
    from: 'return isRetaining(group) && !losesItsDisk',
    to: 'return isRetaining(group) || losesItsDisk',
  },
  {
    ...activities,
    name: 'forget a page of activities',
    from: '} while (next)',
    to: '} while (false)',
  },
  {
    ...reconcile,
    name: 'no heartbeat',
    from: `heartbeat: await firstHeartbeat(guard, action),`,
    to: `heartbeat: (await Promise.resolve(firstHeartbeat)) ? ('held' as const) : 'none',`,
  },
  {
    ...reconcile,
    name: 'not believe its own heartbeat',
    from: 'const intent = await consider(guard, await observe(guard, action, glance))',
    to: 'const intent = await consider(guard, await observe(guard, action, { ...glance, heartbeat: `none` }))',
  },
  {
    ...reconcile,
    file: 'src/termination/observe.ts',
    name: 'act on an instance of another group',
    from: `if (where && where.groupName !== groupName)`,
    to: `if (where && where.groupName === undefined)`,
  },
  {
    ...reconcile,
    name: 'leave a flush to its event alone',
    from: 'isShort(seconds, policy) ? seconds / 3 : undefined',
    to: 'isShort(seconds, policy) ? seconds / 3 : 43_200',
  },
  {
    ...reconcile,
    name: 'complete an adopted action before telling that it is lost',
    from: `(decision.do === 'continue' && decision.outcome === 'lost')`,
    to: `(decision.do === 'continue' && decision.outcome === 'archived')`,
  },
  {
    ...reconcile,
    file: 'src/termination/gather.ts',
    name: 'hold up the message of a group that is gone',
    from: `if (error instanceof NoEnvironment) return undefined`,
    to: `if (error === undefined) return undefined`,
  },
  {
    ...consume,
    name: 'delete the message first',
    from: `if (verdict === 'keep') kept.push(record.messageId)`,
    to: `if (verdict === 'keep' && record.body === '') kept.push(record.messageId)`,
  },
  {
    ...consume,
    file: 'src/termination/look-again.ts',
    name: 'back off past the heartbeat',
    from: `Math.min(backOff, lookAgainSeconds, heartbeatSeconds / 3)`,
    to: `Math.min(backOff, lookAgainSeconds)`,
  },
  {
    ...consume,
    name: 'start passes although the time is nearly over',
    from: 'const isInTime = remainingMs() >= guard.policy.passSeconds * 1000',
    to: 'const isInTime = remainingMs() >= 0',
  },
  {
    ...consume,
    name: 'two passes at once on one instance',
    from: 'return [...grouped(work, ({ message }) => message.instanceId).values()]',
    to: 'return work.map((one) => [one])',
  },
  {
    ...consume,
    name: 'refuse a message without keeping a copy',
    from: `  try {
    await aws.sendMessage({`,
    to: `  try {
    if (why !== '') throw new NotOurs(why)
    await aws.sendMessage({`,
  },
  {
    ...hook,
    name: 'adopt what a hook of our name holds for another queue',
    from: 'return notifies !== undefined && !isQueue(notifies, queueUrl)',
    to: 'return notifies !== undefined && queueUrl === undefined',
  },
  {
    file: 'src/termination/machine-state.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'call gone what EC2 does not know yet',
    from: 'if (ageSeconds < FORGOTTEN_AFTER_SECONDS) return',
    to: 'if (ageSeconds < 0) return',
  },
  {
    file: 'src/termination/tell.ts',
    tests: ['test/termination/consume.test.ts', 'test/sweep/sweep.test.ts'],
    name: 'tell only good ends',
    from: `if (pass.over && 'outcome' in pass.decision) journal`,
    to: `if (pass.over && 'outcome' in pass.decision && pass.decision.outcome === 'archived') journal`,
  },
  {
    file: 'src/termination/message.ts',
    tests: ['test/termination/message.test.ts'],
    name: 'let a bad record crash the batch',
    from: '  const json = parseJson(body)\n',
    to: '  const json = JSON.parse(body) as Json\n',
  },
]
