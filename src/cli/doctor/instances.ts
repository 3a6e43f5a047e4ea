/** What every instance must have, also one that still publishes. Pure. */
import type { Typed } from '../typed.ts'
import type { GroupFacts, InstanceFacts } from './facts.ts'
import { type Check, fail, judged, pass, unknown, type Verdict } from './finding.ts'

/** The agent before version 3 is no longer supported (Systems Manager user guide, SSM Agent version 3). */
const OLDEST_AGENT = 3

export const agentAnswers: Check<GroupFacts> = {
  name: 'agent',
  why: 'a flush is a command of SSM: where the agent does not answer, a termination ends with a kept machine',
  look: eachOf((instance, { typedAws }) =>
    judged(instance.agent, instance.instanceId, (agent) => {
      if (!agent)
        return fail(
          'SSM knows no agent there',
          'install or start amazon-ssm-agent, and put the stack’s output InstancePolicy on the role',
        )
      if (agent.ping !== 'Online')
        return fail(`the agent is ${agent.ping}`, 'sudo systemctl restart amazon-ssm-agent')
      const major = Number(agent.version.split('.')[0])
      if (!(major >= OLDEST_AGENT))
        return fail(
          `the agent is of version ${agent.version || 'unknown'}`,
          typedAws(
            `ssm send-command --document-name AWS-UpdateSSMAgent --instance-ids ${instance.instanceId}`,
          ),
        )
      return pass(`online, version ${agent.version}`)
    }),
  ),
}

export const roleMayPut: Check<GroupFacts> = {
  name: 'instance-role',
  why: 'an instance puts its logs itself; one that may delete, or end its own termination, could undo a proof',
  look: eachOf((instance) =>
    judged(instance.rights, instance.instanceId, (rights) => {
      const install = 'put the stack’s output InstancePolicy on its role'
      if (!rights) return fail('it has no role', `give it an instance profile, and ${install}`)
      const of = (wanted: 'allowed' | 'denied', actions: readonly string[]) =>
        actions.filter((action) => rights.has(action) && rights.get(action) !== wanted)
      const lacks = of(
        'allowed',
        [...rights.keys()].filter((action) => !FORBIDDEN.includes(action)),
      )
      const mayToo = of('denied', FORBIDDEN)
      if (lacks.length > 0) return fail(`its role may not ${lacks.join(', ')}`, install)
      if (mayToo.length > 0)
        return fail(`its role may ${mayToo.join(', ')}`, 'take these rights away from the role')
      return pass('it may put its logs, and neither delete them nor end a termination')
    }),
  ),
}

/** What an instance must not be able to do. That it may overwrite what it may put is S3's way: versions keep what was there. */
export const FORBIDDEN: readonly string[] = [
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  'autoscaling:CompleteLifecycleAction',
]

export const isPublishing: Check<GroupFacts> = {
  name: 'publication',
  why: 'an instance that publishes by itself loses nothing when it disappears past the hook',
  look: (facts, next) =>
    eachOf((instance) =>
      judged(instance.newestObjectAt, instance.instanceId, (at) => {
        const remedy =
          'turn on log publication (LogPublicationControl) or rotation; look at /etc/cron.hourly on the instance'
        const launchedAt =
          instance.machine.is === 'answered' ? instance.machine.answer?.LaunchTime?.getTime() : undefined
        if (at === undefined && launchedAt === undefined) return unknown('nothing was published yet', remedy)
        const silentSeconds = (facts.now - Math.max(at ?? 0, launchedAt ?? 0)) / 1000
        if (silentSeconds < facts.policy.auditAfterSeconds)
          return at === undefined
            ? unknown('it is young, and has published nothing yet', 'look again later')
            : pass(`the newest object is of ${new Date(at).toISOString()}`)
        return fail(`nothing was published for ${Math.round(silentSeconds / 60)} minutes`, remedy)
      }),
    )(facts, next),
}

export const isProtected: Check<GroupFacts> = {
  name: 'termination-protection',
  why: 'a direct ec2 terminate-instances waits for no hook; protection prevents it, and does not hinder Auto Scaling',
  look: eachOf((instance, { typedAws }) =>
    judged(instance.isProtected, instance.instanceId, (yes) =>
      yes
        ? pass('protected')
        : fail(
            'not protected',
            `${typedAws(`ec2 modify-instance-attribute --instance-id ${instance.instanceId} --disable-api-termination`)} (and DisableApiTermination in the launch template)`,
            { do: 'protect', instanceId: instance.instanceId },
          ),
    ),
  ),
}

export const hasVolumes: Check<GroupFacts> = {
  name: 'volumes',
  why: 'a kept machine is evidence only while its disk lives: an instance store ends with a stop, and has no snapshots',
  look: eachOf((instance) =>
    judged(instance.machine, instance.instanceId, (machine): Verdict => {
      if (machine?.RootDeviceType === undefined)
        return unknown('EC2 does not tell its root device', 'look again later')
      return machine.RootDeviceType === 'ebs'
        ? pass('its root is an EBS volume')
        : fail(`its root is ${machine.RootDeviceType}`, 'launch from an image with an EBS root')
    }),
  ),
}

export const hasOneVolume: Check<GroupFacts> = {
  name: 'data-volumes',
  why: 'where the agent of a machine is dead, a copy of its root is salvaged: logs on another volume are in no copy',
  look: eachOf((instance) =>
    judged(instance.machine, instance.instanceId, (machine): Verdict => {
      const { RootDeviceName: root, BlockDeviceMappings: volumes } = machine ?? {}
      if (root === undefined || volumes === undefined)
        return unknown('EC2 does not tell its volumes', 'look again later')
      const others = volumes.filter(({ DeviceName }) => DeviceName !== root)
      if (others.length === 0) return pass('its root is its only volume')
      const names = others.map(({ DeviceName, Ebs }) => `${DeviceName} (${Ebs?.VolumeId})`)
      return unknown(
        `beside its root it has ${names.join(', ')}`,
        'look whether logs are there, and keep them on the root: a flush finds them, a salvage does not',
      )
    }),
  ),
}

function eachOf(look: (instance: InstanceFacts, next: Typed) => Verdict & { readonly about: string }) {
  return ({ instances }: GroupFacts, next: Typed) => instances.map((instance) => look(instance, next))
}
