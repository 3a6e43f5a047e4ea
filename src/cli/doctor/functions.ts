/** The guard itself: does it run, may it, and is somebody told? Pure. */
import type { Asked } from '../../aws/ask.ts'
import { counted } from '../counted.ts'
import { SWEEP_IS_LATE_MS } from '../deployed-functions.ts'
import type { DeploymentFacts } from './facts.ts'
import { type Check, fail, judged, pass, unknown } from './finding.ts'

const AUDIT_IS_LATE_MS = 2 * 3600_000
/** Beyond so much of a limit the next groups may not fit. */
const NEARLY = 0.9
/** Characters without white space (IAM quotas), and policies that a role may have by default. */
const MOST_INLINE_CHARACTERS = 10_240
const MOST_MANAGED_POLICIES = 10

export const functionsRun: Check<DeploymentFacts> = {
  name: 'functions',
  why: 'a function that cannot start sends no heartbeats, and machines are kept',
  look: ({ functions }) =>
    functions.map(({ name, state }) =>
      judged(state, name, (told) =>
        told === 'Active' || told === 'Inactive'
          ? pass(told === 'Active' ? 'active' : 'asleep, and wakes when it is called')
          : fail(`it is ${told}`, 'deploy again: npx serverless deploy --region REGION --param="groups=…"'),
      ),
    ),
}

export const functionsEnd: Check<DeploymentFacts> = {
  name: 'crashes',
  why: 'a function that breaks off sends no heartbeats; what it was at is looked at again, and is kept in the end',
  look: ({ crashes, name }, { typedAws }) => [
    judged(crashes, name, (all) => {
      const newest = all.toSorted((a, b) => a.at - b.at).at(-1)
      if (!newest) return pass('none in the last hour')
      const { functionName, at, message } = newest
      return fail(
        `${all.length} in the last hour; the newest, of ${functionName} at ${new Date(at).toISOString()}: ${message}`,
        /cannot start/.test(message)
          ? 'deploy again: npx serverless deploy --region REGION --param="groups=…"'
          : typedAws(`logs tail /aws/lambda/${functionName} --since 1h`),
      )
    }),
  ],
}

export const groupsAreEnrolled: Check<DeploymentFacts> = {
  name: 'enrolment',
  why: 'a chosen group that is not enrolled is not guarded, and what a person set there is left as it is',
  look: ({ heard, name }) => {
    if (heard.is === 'refused') return [judged(heard, name, () => pass(''))]
    const { enrolment } = heard.answer
    if (!enrolment)
      return [{ about: name, ...unknown('the journal tells of no enrolment lately', 'look at last-success') }]
    const { guarded, refused, differs, missing } = enrolment
    const remedy = 'docs/operate.md, group-not-enrolled'
    const found = [
      ...refused.map(({ groupName, why }) => ({ about: groupName, ...fail(why, remedy) })),
      ...missing.map((groupName) => ({ about: groupName, ...fail('there is no such group', remedy) })),
      ...differs.map(({ groupName, what }) => ({
        about: groupName,
        ...unknown(what, 'set it to what the deployment wants, or leave it: nobody changes it back'),
      })),
    ]
    return found.length > 0 ? found : [{ about: name, ...pass(counted(guarded.length, 'guarded group')) }]
  },
}

export const lastSuccess: Check<DeploymentFacts> = {
  name: 'last-success',
  why: 'the sweep finds what lost its message and puts hooks back; the audit finds who does not publish',
  look: ({ heard, now, name }, { typedAws }) =>
    (
      [
        ['sweep', 'sweepAt', SWEEP_IS_LATE_MS],
        ['audit', 'auditAt', AUDIT_IS_LATE_MS],
      ] as const
    ).map(([what, at, late]) =>
      judged(heard, `${name}-${what}`, (told) => {
        const remedy = `${typedAws(`lambda invoke --function-name ${name}-${what} /dev/stdout`)}; ${typedAws(`events describe-rule --name ${name}-${what}`)}`
        const last = told[at]
        if (last === undefined) return fail(`the journal tells of no ${what} lately`, remedy)
        const minutes = Math.round((now - last) / 60_000)
        return now - last > late
          ? fail(`the last ${what} ended ${minutes} min ago`, remedy)
          : pass(`${minutes} min ago`)
      }),
    ),
}

export const alarmsAreHeard: Check<DeploymentFacts> = {
  name: 'alarms',
  why: 'a loss is told once: an alarm that nobody has confirmed to receive tells nobody',
  look: ({ alarms, name }, { typedAws }) => [
    judged(alarms, name, ({ alarms: all, subscribers }) => {
      if (all.length === 0) return fail('there are no alarms', 'deploy again')
      const mute = all.filter(
        ({ ActionsEnabled, AlarmActions = [] }) => !ActionsEnabled || AlarmActions.length === 0,
      )
      if (mute.length > 0)
        return fail(
          `${mute.length} of them tell nobody (first: ${mute[0]?.AlarmName})`,
          `${typedAws(`cloudwatch enable-alarm-actions --alarm-names ${mute[0]?.AlarmName}`)}; deploy with --param="alarmEmail=…"`,
        )
      const unheard = all.filter(
        ({ AlarmActions = [] }) => !AlarmActions.some((topic) => isHeard(subscribers.get(topic))),
      )
      const [first] = unheard
      if (!first) return pass(`${all.length} alarms, and somebody has confirmed to be told`)
      const topics = unheard.flatMap(({ AlarmActions = [] }) => AlarmActions)
      if (topics.some((topic) => subscribers.get(topic)?.is !== 'answered'))
        return unknown('nobody could tell who is subscribed', 'look at the topic’s subscriptions')
      return fail(
        `nobody has confirmed to be told of ${unheard.length} of them (first: ${first.AlarmName})`,
        `confirm the mail that AWS sent, or: ${typedAws(`sns subscribe --topic-arn ${topics[0]} --protocol email --notification-endpoint ADDRESS`)}`,
      )
    }),
  ],
}

export const policiesFit: Check<DeploymentFacts> = {
  name: 'policy-sizes',
  why: 'a role that is nearly full refuses the deployment of the next groups',
  look: ({ functions }) =>
    functions.map(({ name, rolePolicies }) =>
      judged(rolePolicies, name, ({ inlineCharacters, managed }) => {
        const says = `${inlineCharacters} of ${MOST_INLINE_CHARACTERS} characters, ${managed} of ${MOST_MANAGED_POLICIES} policies`
        const isFull =
          inlineCharacters > NEARLY * MOST_INLINE_CHARACTERS && managed >= NEARLY * MOST_MANAGED_POLICIES
        return isFull ? fail(says, 'choose groups by one tag instead of by many names') : pass(says)
      }),
    ),
}

function isHeard(subscribers: Asked<number> | undefined): boolean {
  return subscribers?.is === 'answered' && subscribers.answer > 0
}
