// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** Small, plausible bugs. Each must be noticed by the simulator or by a unit test, or say why it need not be. */
export interface Mutant {
  /** What the bug is, in words. */
  readonly name: string
  readonly file: string
  /** Exact source text, found once in the file. */
  readonly from: string
  readonly to: string
  /** The unit tests that speak of this code, for what the simulator does not notice. */
  readonly tests: readonly string[]
  /** Why nobody needs to notice. */
  readonly justified?: string
}

const decide = {
  file: 'src/termination/decide.ts',
  tests: ['test/termination/decide.test.ts', 'test/termination/simulated-days.test.ts'],
}
const hold = {
  file: 'src/termination/hold.ts',
  tests: ['test/termination/hold.test.ts', 'test/termination/reconcile.test.ts'],
}
const prove = { file: 'src/archive/prove.ts', tests: ['test/archive/prove.test.ts'] }
const archives = { file: 'src/archive/archives.ts', tests: ['test/termination/reconcile.test.ts'] }
const commands = {
  file: 'src/flush/commands.ts',
  tests: ['test/termination/reconcile.test.ts', 'test/termination/consume.test.ts'],
}
const actions = {
  file: 'src/termination/lifecycle-actions.ts',
  tests: ['test/termination/reconcile.test.ts'],
}
const activities = { file: 'src/termination/scaling-activities.ts', tests: ['test/sweep/sweep.test.ts'] }
const hook = {
  file: 'src/termination/hook.ts',
  tests: ['test/sweep/sweep.test.ts', 'test/termination/reconcile.test.ts'],
}
const waiting = { file: 'src/sweep/waiting.ts', tests: ['test/sweep/sweep.test.ts'] }
const reconcile = {
  file: 'src/termination/reconcile.ts',
  tests: ['test/termination/reconcile.test.ts', 'test/termination/simulated-days.test.ts'],
}
const consume = { file: 'src/termination/consume.ts', tests: ['test/termination/consume.test.ts'] }
const sweep = { file: 'src/sweep/sweep.ts', tests: ['test/sweep/sweep.test.ts'] }
const manifest = { file: 'src/flush/manifest.ts', tests: ['test/flush/manifest.test.ts'] }
const flushes = {
  file: 'src/flush/flushes.ts',
  tests: ['test/termination/reconcile.test.ts', 'test/termination/simulated-days.test.ts'],
}

export const mutants: readonly Mutant[] = [
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
  {
    ...prove,
    name: 'compare sizes only',
    from: `if (listed.etag === file.md5) return 'proven'`,
    to: `if (listed.etag !== '') return 'proven'`,
  },
  {
    ...prove,
    name: 'take what is too large to hash as proven',
    from: `return file.size > hashLimitBytes ? 'unproven' : 'ask content'`,
    to: `return file.size > hashLimitBytes ? 'proven' : 'ask content'`,
  },
  {
    ...prove,
    name: 'take a checksum that is there for one that agrees',
    from: `if (head.sha256) return head.sha256 === file.sha256 ? 'proven' : 'different'`,
    to: `if (head.sha256) return 'proven'`,
  },
  {
    ...prove,
    name: 'read an object and not compare it',
    from: `return digest.sha256 === file.sha256 ? 'proven' : 'different'`,
    to: `return digest.sha256 !== '' ? 'proven' : 'different'`,
  },
  {
    ...prove,
    name: 'treat 403 as proven',
    from: `if (head.is === 'denied') return 'unproven'`,
    to: `if (head.is === 'denied') return 'proven'`,
  },
  {
    ...prove,
    name: 'treat 403 as missing',
    from: `if (head.is === 'denied') return 'unproven'`,
    to: `if (head.is === 'denied') return 'missing'`,
  },
  {
    ...prove,
    name: 'find moved objects by size alone',
    from: 'const identity = (size: number, md5: string) => `${size} ${md5}`',
    to: 'const identity = (size: number, _md5: string) => `${size}`',
  },
  {
    ...prove,
    name: 'let one moved object account for many files',
    from: 'spare.set(identity(size, md5), left - 1)',
    to: 'spare.set(identity(size, md5), left)',
  },
  {
    ...archives,
    name: 'CONTINUE on missing permissions',
    from: `objects.get(key), budget) : 'unproven'`,
    to: `objects.get(key), budget) : 'proven'`,
  },
  {
    ...archives,
    name: 'forget a page of the archive',
    from: 'if (!token) break',
    to: 'break',
  },
  {
    ...commands,
    name: 'forget a page of commands',
    from: `    next = page.NextToken
  } while (next)`,
    to: `    next = undefined
  } while (next)`,
  },
  {
    ...commands,
    name: 'read InProgress as failed',
    from: `? 'failed' : 'running'`,
    to: `? 'failed' : 'failed'`,
  },
  {
    ...commands,
    name: 'ignore the token',
    from: 'return belongsTo.token === action.token',
    to: 'return belongsTo.token !== action.hookName',
  },
  {
    ...commands,
    name: 'count a flush that began before the action',
    from: 'return flush.requestedAt >= action.startedAt',
    to: 'return flush.requestedAt >= 0',
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
    if (isNoActiveAction(error)) return 'none'`,
    to: `    return 'done'
  } catch (error) {
    if (error) return 'done'`,
  },
  {
    ...hook,
    name: 'believe that a replaced root volume is retained',
    from: 'retains: isRetaining && !losesItsDisk,',
    to: 'retains: isRetaining || losesItsDisk,',
  },
  {
    ...waiting,
    name: 'forget a page of instances',
    from: `    next = page.NextToken
  } while (next)
  return found`,
    to: `    next = undefined
  } while (next)
  return found`,
  },
  {
    ...activities,
    name: 'forget a page of activities',
    from: '} while (next && wanted.size > 0)',
    to: '} while (next && wanted.size < 0)',
  },
  {
    ...reconcile,
    name: 'no heartbeat',
    from: 'const heartbeaten = await heartbeat(guard.aws, action)',
    to: `const heartbeaten = (await Promise.resolve(heartbeat)) ? ('held' as const) : 'none'`,
  },
  {
    ...reconcile,
    name: 'heartbeat last',
    from: `  const heartbeaten = await heartbeat(guard.aws, action)
  const seen = await observe(guard, action, heartbeaten, listed)`,
    to: `  const early = await observe(guard, action, 'held', listed)
  const seen = { ...early, hold: (await heartbeat(guard.aws, action)) === 'held' ? early.hold : ('over' as const) }`,
  },
  {
    ...reconcile,
    name: 'act on an instance of another group',
    from: 'if (where && where.groupName !== groupName) {',
    to: 'if (where && where.groupName === undefined) {',
  },
  {
    ...reconcile,
    name: 'leave a flush to its event alone',
    from: 'return isInTime ? undefined : hook.heartbeatTimeoutSeconds / 3',
    to: 'return isInTime ? 43_200 : hook.heartbeatTimeoutSeconds / 3',
  },
  {
    ...reconcile,
    name: 'complete an adopted action before telling that it is lost',
    from: `if (!action.token && 'outcome' in decision && decision.outcome === 'lost')`,
    to: `if (!action.token && 'outcome' in decision && decision.outcome === 'archived')`,
  },
  {
    ...reconcile,
    name: 'hold up the message of a group that is gone',
    from: 'if (error instanceof NoEnvironment) return undefined',
    to: 'if (error === undefined) return undefined',
  },
  {
    ...consume,
    name: 'delete the message first',
    from: `if (verdict === 'keep') kept.push(record.messageId)`,
    to: `if (verdict === 'keep' && record.body === '') kept.push(record.messageId)`,
  },
  {
    ...consume,
    name: 'back off past the heartbeat',
    from: 'return Math.min(backOff, policy.lookAgainSeconds, policy.heartbeatTimeoutSeconds / 3)',
    to: 'return Math.min(backOff, policy.lookAgainSeconds)',
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
    from: 'return [...Map.groupBy(work, ({ message }) => message.instanceId).values()]',
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
    from: 'return hook.NotificationTargetARN === undefined || isQueue(hook.NotificationTargetARN, queueUrl)',
    to: 'return hook.NotificationTargetARN === undefined || queueUrl !== undefined',
  },
  {
    file: 'src/termination/machine-state.ts',
    tests: ['test/termination/reconcile.test.ts'],
    name: 'call gone what EC2 does not know yet',
    from: "const unfound = ageSeconds > CONSISTENT_AFTER_SECONDS ? 'gone' : 'unknown'",
    to: "const unfound = ageSeconds > -CONSISTENT_AFTER_SECONDS ? 'gone' : 'unknown'",
  },
  {
    ...sweep,
    name: 'adopt nothing',
    from: 'const orphans = held.filter((action) => ageSeconds(action) >= policy.adoptAfterSeconds)',
    to: 'const orphans = held.filter((action) => ageSeconds(action) < 0)',
  },
  {
    ...sweep,
    name: 'forget who is retained',
    from: 'kept.push(...retained.filter(ofGroup).map(({ instanceId }) => instanceId))',
    to: 'kept.push(...waiting.filter(ofGroup).map(({ instanceId }) => instanceId))',
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
  {
    file: 'src/aws/failures.ts',
    tests: ['test/aws/failures.test.ts', 'test/termination/reconcile.test.ts'],
    name: 'take every ValidationError for “no active action”',
    from: ` && textOf(error).startsWith('No active Lifecycle Action found')`,
    to: ` && textOf(error) !== ''`,
  },
  {
    file: 'src/aws/failures.ts',
    tests: ['test/aws/failures.test.ts', 'test/termination/reconcile.test.ts'],
    name: 'fail on an agent that cannot be reached',
    from: `return nameOf(error) === 'InvalidInstanceId'`,
    to: `return nameOf(error) === 'InvalidInstanceID'`,
  },
  {
    ...manifest,
    name: 'believe a manifest without its end',
    from: 'if (last !== `end\\t${records.length}`) throw',
    to: 'if (last === undefined) throw',
  },
  {
    ...flushes,
    name: 'believe a manifest wherever the instance says it is',
    from: 'if (!key.startsWith(`${archive.manifestPrefix}${instanceId}/`))',
    to: 'if (key === instanceId)',
  },
  {
    ...flushes,
    name: 'read only as much output as a listing shows',
    from: `if (line.kind === 'unreadable' && LISTED_OUTPUT_IS_CUT.test(invocation.output)) {`,
    to: `if (line.kind === 'unreadable' && invocation.output === '') {`,
  },
  {
    file: 'src/audit/audit.ts',
    tests: ['test/audit/audit.test.ts'],
    name: 'audit an instance as if it were terminating',
    from: `purpose: 'audit',`,
    to: `purpose: 'termination',`,
  },
  {
    ...commands,
    name: 'take an audit’s flush for a termination’s',
    from: 'if (!owner || comment.startsWith(AUDIT)) return undefined',
    to: 'if (!owner) return undefined',
    tests: ['test/audit/audit.test.ts', 'test/termination/reconcile.test.ts', 'test/fuzz/comment.test.ts'],
  },
]
