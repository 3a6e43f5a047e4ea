/**
 * Enrolment as a reconciler: whoever calls it, however often, the chosen groups end up with our hook and with retention. A
 * group that cannot be enrolled does not stop the others.
 */
import pMap from 'p-map'
import type { AwsApi } from '../aws/api.ts'
import { isPassing } from '../aws/failures.ts'
import { whileThere } from '../aws/while-there.ts'
import type { Guard } from '../guard.ts'
import { described } from '../journal/described.ts'
import type { EnrolmentEvent } from '../journal/journal.ts'
import type { Policy } from '../policy.ts'
import { chosenBy } from '../selection.ts'
import { shuffled } from '../shuffled.ts'
import { chosenGroups, groupFacts, groupNamed, type ListedGroup, takeStep } from './enrolments.ts'
import { type EnrolmentPlan, planEnrolment, type Wanted } from './plan.ts'

const CONCURRENT_GROUPS = 2

export interface Enrolment {
  readonly trigger: EnrolmentEvent['trigger']
  /** Only this group, if it is chosen at all; `undefined` = every chosen group. */
  readonly groupName?: string | undefined
}

/** What the policy wants of groups; `undefined` where the function was not told whom to enrol. */
export function wantedOf(policy: Policy): Wanted | undefined {
  if (!policy.enrolment) return undefined
  const { hookName, heartbeatTimeoutSeconds } = policy
  return { ...policy.enrolment, hookName, heartbeatTimeoutSeconds, archivePrefix: policy.archive.prefix }
}

/** Enrols what the policy chooses and tells it. Answers the groups that are guarded now. */
export async function enrolAndTell(
  { aws, policy, random, journal }: Pick<Guard, 'aws' | 'policy' | 'random' | 'journal'>,
  enrolment: Enrolment,
): Promise<readonly string[]> {
  const wanted = wantedOf(policy)
  if (!wanted) return []
  const onSilence = (groupName: string, error: unknown) =>
    journal({ event: 'group-failed', groupName, ...described(error) })
  const event = await enrol(aws, wanted, enrolment, { random, onSilence })
  const isNews =
    event.trigger !== 'launch' || event.enrolled.length + event.changed.length + event.refused.length > 0
  if (isNews) journal(event)
  return event.guarded
}

/** Where a sweep comes again. */
interface Again {
  /** Shuffles the groups, so that where time is short it is not always the same ones that are left out. */
  readonly random: () => number
  /** Told of a group that AWS does not answer for now: it is as guarded as it was. */
  readonly onSilence: (groupName: string, error: unknown) => void
}

/** Where nobody comes `again`, what AWS does not answer is a refusal like any other. */
export async function enrol(
  aws: AwsApi,
  wanted: Wanted,
  { trigger, groupName }: Enrolment,
  again?: Again,
): Promise<EnrolmentEvent> {
  const groups =
    groupName === undefined ? await chosenGroups(aws, wanted.selections) : await only(aws, groupName)
  const done = await pMap(
    again ? shuffled(groups, again.random) : groups,
    (group) => enrolGroup(aws, group, wanted, { byDeployment: trigger === 'deployment', again }),
    { concurrency: CONCURRENT_GROUPS },
  )
  const inState = (...states: readonly Enrolled['plan']['is'][]) =>
    done.filter(({ plan }) => states.includes(plan.is))
  const names = new Set(groups.map(({ name }) => name))
  return {
    event: 'enrolment',
    trigger,
    guarded: inState('enrolled', 'changed', 'unchanged').map(({ name }) => name),
    enrolled: inState('enrolled').map(({ name }) => name),
    changed: inState('changed', 'enrolled').flatMap(({ name, plan }) =>
      'changes' in plan ? [{ groupName: name, what: plan.changes.join('; ') }] : [],
    ),
    refused: done.flatMap(({ name, plan }) =>
      plan.is === 'refused' ? [{ groupName: name, why: plan.why }] : [],
    ),
    differs: done.flatMap(({ name, plan }) =>
      'differs' in plan ? plan.differs.map((what) => ({ groupName: name, what })) : [],
    ),
    missing: groupName
      ? []
      : wanted.selections.flatMap((one) => (one.by === 'name' && !names.has(one.name) ? [one.name] : [])),
  }
}

async function only(aws: AwsApi, groupName: string): Promise<ListedGroup[]> {
  const group = await groupNamed(aws, groupName)
  return group ? [group] : []
}

interface Enrolled {
  readonly name: string
  readonly plan: EnrolmentPlan | { readonly is: 'gone' | 'silent' }
}

async function enrolGroup(
  aws: AwsApi,
  group: ListedGroup,
  wanted: Wanted,
  { byDeployment, again }: { readonly byDeployment: boolean; readonly again: Again | undefined },
): Promise<Enrolled> {
  const { name } = group
  if (chosenBy(wanted.selections, group).length === 0) return { name, plan: { is: 'not-chosen' } }
  try {
    return {
      name,
      plan: await whileThere<Enrolled['plan']>(() => planned(aws, group, wanted, byDeployment), {
        is: 'gone',
      }),
    }
  } catch (error) {
    if (again && isPassing(error)) {
      again.onSilence(name, error)
      return { name, plan: { is: 'silent' } }
    }
    const { error: code, errorMessage } = described(error)
    return { name, plan: { is: 'refused', why: `${code}: ${errorMessage}` } }
  }
}

/** The plan, once its steps are taken. */
async function planned(
  aws: AwsApi,
  group: ListedGroup,
  wanted: Wanted,
  byDeployment: boolean,
): Promise<EnrolmentPlan> {
  const plan = planEnrolment(await groupFacts(aws, group, wanted.hookName), wanted, byDeployment)
  if ('steps' in plan) for (const step of plan.steps) await takeStep(aws, group.name, wanted, step)
  return plan
}
