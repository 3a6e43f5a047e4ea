// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const consume = { file: 'src/termination/consume.ts', tests: ['test/termination/consume.test.ts'] }
const lookAgain = { file: 'src/termination/look-again.ts', tests: ['test/termination/consume.test.ts'] }
const slowPass = { ...lookAgain, tests: ['test/termination/slow-pass.test.ts'] }
const letDiskGo = { file: 'src/termination/let-disk-go.ts', tests: ['test/termination/let-disk-go.test.ts'] }
const tell = { file: 'src/termination/tell.ts', tests: ['test/termination/consume.test.ts'] }
const message = { file: 'src/termination/message.ts', tests: ['test/termination/message.test.ts'] }

/** A batch of messages: its order, its time, and what is said of it. */
export const batchMutants: readonly Mutant[] = [
  {
    ...consume,
    name: 'look at all messages of an instance at once',
    from: `      for (const item of sameInstance) {
        const isInTime = remainingMs() >= guard.policy.passSeconds * 1000
        if (!isInTime) deferred++
        const verdict = isInTime
          ? await runPass(guard, shared, item, remainingMs())
          : await defer(deferring, item)
        finish(item.record, verdict)
      }`,
    to: `      await pMap(sameInstance, async (item) => {
        const isInTime = remainingMs() >= guard.policy.passSeconds * 1000
        if (!isInTime) deferred++
        const verdict = isInTime
          ? await runPass(guard, shared, item, remainingMs())
          : await defer(deferring, item)
        finish(item.record, verdict)
      })`,
  },
  {
    ...consume,
    name: 'look at a notification and a status event of an instance at once',
    from: `grouped(work, ({ message }) => message.instanceId)`,
    to: `grouped(work, ({ message }) => \`\${message.instanceId} \${message.kind}\`)`,
  },
  {
    ...consume,
    name: 'look at two tokens of an instance at once',
    from: `grouped(work, ({ message }) => message.instanceId)`,
    to: `grouped(work, ({ message }) => message.instanceId + ("token" in message ? message.token : ""))`,
  },
  {
    ...consume,
    name: 'begin an action in the future, where the queue’s clock is ahead',
    from: `sentAt - LATEST_DELIVERY_MS), sentAt, clock.now())`,
    to: `sentAt - LATEST_DELIVERY_MS), sentAt)`,
  },
  {
    ...consume,
    name: 'keep a status event whose notification comes back as soon',
    from: `decision.seconds < policy.lookAgainSeconds`,
    to: `decision.seconds <= policy.lookAgainSeconds`,
  },
  {
    ...consume,
    name: 'keep a status event until an agent answers',
    from: `decision.do === 'wait' && decision.waitsFor === 'retry' && `,
    to: `decision.do === 'wait' && `,
  },
  {
    ...consume,
    name: 'look up the command of another document',
    from: `message.documentName === policy.documentName ? await identify(guard, message) : undefined`,
    to: `await identify(guard, message)`,
  },
  {
    ...consume,
    tests: slowPass.tests,
    name: 'see to the message of an action that is over',
    from: `  } finally {
    await endWatch?.()
  }`,
    to: `  } finally {
  }`,
  },
  {
    ...consume,
    name: 'give a reason of any length for a refusal',
    from: `.slice(0, 1024)`,
    to: ``,
  },
  {
    ...consume,
    name: 'put a pass off for which there is just time',
    from: `remainingMs() >= guard.policy.passSeconds * 1000`,
    to: `remainingMs() > guard.policy.passSeconds * 1000`,
  },
  {
    ...consume,
    name: 'ask for each pass what its group’s hook is set to',
    from: `const aws = sharingHooks(counted, shared)`,
    to: `const aws = counted`,
  },
  {
    ...consume,
    name: 'take the bus’s event for the hook’s own notification',
    from: `return message.by === 'event' ? 'event' : 'notification'`,
    to: `return 'notification'`,
  },
  {
    ...consume,
    name: 'ask for each message that is put off what its group’s hook is set to',
    from: `aws: sharingHooks(guard.aws, shared) }, deferredBy)`,
    to: `aws: guard.aws }, deferredBy)`,
  },
  {
    ...slowPass,
    name: 'answer before what was begun for a slow pass has ended',
    from: `    takeBack()
    return await coming`,
    to: `    takeBack()
    return undefined`,
  },
  {
    ...consume,
    tests: slowPass.tests,
    name: 'put off what the watch of a slow pass has brought back in time',
    from: 'Math.min(seconds, watched)',
    to: 'seconds',
  },
  {
    ...slowPass,
    name: 'leave the message of a slow pass to the queue',
    from: 'coming = comeBackInTime(closing, record, action)',
    to: 'coming = undefined',
  },
  {
    ...slowPass,
    name: 'bring back the message of every slow pass',
    from: 'if (isShort(heartbeatSeconds, closing.policy))',
    to: 'if (heartbeatSeconds > 0)',
  },
  {
    ...slowPass,
    name: 'watch each pass as if it were slow',
    from: 'after(closing.clock, SLOW_PASS_MS,',
    to: 'after(closing.clock, 0,',
  },
  {
    ...lookAgain,
    name: 'come back after no number of seconds',
    from: `Math.max(1, Number(record.attributes.ApproximateReceiveCount) || 1)`,
    to: `Number(record.attributes.ApproximateReceiveCount)`,
  },
  {
    ...letDiskGo,
    name: 'let a disk go for as long as a pass',
    from: `const LONGEST_MS = 5000`,
    to: `const LONGEST_MS = 60_000`,
  },
  {
    ...letDiskGo,
    name: 'let a disk go for as long as that takes',
    from: `const limited = until(clock.now() + LONGEST_MS, clock, aws)`,
    to: `const limited = until(Number.POSITIVE_INFINITY, clock, aws)`,
  },
  {
    ...letDiskGo,
    name: 'let a disk go for so long a call',
    from: `await limited.createTags(`,
    to: `await until(clock.now() + LONGEST_MS, clock, aws).createTags(`,
  },
  {
    ...tell,
    name: 'count the time of a flush that never ended',
    from: `((flush.endedAt ?? flush.requestedAt) - flush.requestedAt)`,
    to: `((flush.endedAt ?? seen.now) - flush.requestedAt)`,
  },
  {
    ...message,
    name: 'refuse the largest message that there can be',
    from: `body.length > MAX_BODY_CHARACTERS`,
    to: `body.length >= MAX_BODY_CHARACTERS`,
  },
  {
    ...message,
    name: 'date a notification by the bus',
    from: `{ Time: event.time, ...event.detail }`,
    to: `{ ...event.detail, Time: event.time }`,
  },
  {
    ...message,
    name: 'take a word with an instance id in it for one',
    from: `/^i-[0-9a-f]{8,32}$/, 'is not`,
    to: `/i-[0-9a-f]{8,32}/, 'is not`,
  },
  {
    ...message,
    name: 'take a name of any length',
    from: `z.string().min(1).max(255)`,
    to: `z.string().min(1)`,
  },
]
