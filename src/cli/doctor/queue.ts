/** The queue: who may speak to the guard, and whether anything has. Pure. */
import type { DeploymentFacts } from './facts.ts'
import { type Check, fail, judged, pass, unknown } from './finding.ts'
import { admitsAnybody, denies, readPolicyDocument } from './policy-document.ts'

const DEPLOY = 'deploy again: npx serverless deploy --region REGION --param="groups=…"'

export const queuePolicy: Check<DeploymentFacts> = {
  name: 'queue-policy',
  why: 'who else may send to the queue can make the guard look at what is not there',
  look: ({ queuePolicy: asked, policy }) => [
    judged(asked, policy.queueUrl, (text) => {
      const document = text === undefined ? [] : readPolicyDocument(text)
      if (document === undefined) return fail('its policy cannot be read', DEPLOY)
      const admits = document.find(admitsAnybody)
      if (admits) return fail(`it admits anybody (${admits.Sid ?? 'a statement without a name'})`, DEPLOY)
      if (!document.some((statement) => denies(statement, 'sqs:SendMessage')))
        return fail('its policy keeps nobody of this account from sending', DEPLOY)
      return pass('only Auto Scaling and the guard’s own rules may send')
    }),
  ],
}

/** A notification that arrived is what shows that the queue can be reached; to try it, the hook would have to be put again. */
export const notificationArrives: Check<DeploymentFacts> = {
  name: 'test-notification',
  why: 'a queue that Auto Scaling cannot reach is noticed only when an instance waits for nothing',
  look: ({ heard, policy }) => [
    judged(heard, policy.queueUrl, ({ notificationAt }) =>
      notificationAt === undefined
        ? unknown(
            'no notification has arrived lately',
            'put the hook again (aws autoscaling put-lifecycle-hook): Auto Scaling sends a test notification, or says why it cannot',
          )
        : pass(`the newest arrived at ${new Date(notificationAt).toISOString()}`),
    ),
  ],
}

export const deadLetters: Check<DeploymentFacts> = {
  name: 'dead-letters',
  why: 'a message that could not be understood or done is a termination that only the sweep sees',
  look: ({ deadLetters: asked, policy }, { typed }) => [
    judged(asked, policy.deadLetterQueueUrl, (count) =>
      count === 0 ? pass('none') : fail(`${count} of them`, typed('redrive')),
    ),
  ],
}
