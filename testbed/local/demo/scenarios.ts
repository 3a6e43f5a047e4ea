import type { Stage } from './stage.ts'

/** One thing that happens to the group in the course of the day. */
export interface Scenario {
  readonly name: string
  /** What happens, for people. */
  readonly title: string
  /** Lets it happen; answers the instance that it happens to, once Auto Scaling has begun to terminate it. */
  readonly happen: (stage: Stage) => Promise<string>
  /** The guard will need its patience: the day goes on meanwhile. */
  readonly takesLong?: true
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'dead-agent',
    title:
      'an instance is terminated that cannot reach AWS any more: its agent is dead, nothing is published',
    happen: (stage) =>
      terminate(stage, (instanceId) => {
        stage.machine(instanceId).inject('agent-dead')
        stage.machine(instanceId).inject('publisher-fail')
      }),
    takesLong: true,
  },
  {
    name: 'sleeping-agent',
    title: 'an instance is terminated whose agent does not answer until the machine is rebooted',
    happen: (stage) => terminate(stage, (instanceId) => stage.machine(instanceId).inject('agent-asleep')),
    takesLong: true,
  },
  {
    name: 'past-the-hook',
    title: 'an instance is terminated by EC2 itself, past every hook: the machine is gone at once',
    happen: async (stage) => {
      const instanceId = await stage.pickKnown()
      await stage.terminateMachine(instanceId)
      return stage.group.firstToLeave([instanceId])
    },
    takesLong: true,
  },
  {
    name: 'scale-in',
    title: 'the group scales in',
    happen: async (stage) => {
      const before = await stage.group.inService()
      await stage.group.setDesiredCapacity(before.length - 1)
      const instanceId = await stage.group.firstToLeave(before)
      await stage.group.setDesiredCapacity(before.length)
      return instanceId
    },
  },
  {
    name: 'unhealthy',
    title: 'an instance fails its health checks and is replaced',
    happen: async (stage) => {
      const instanceId = await stage.pickInstance()
      stage.machine(instanceId).inject('collector-unhealthy')
      return stage.group.firstToLeave([instanceId])
    },
  },
  {
    name: 'person',
    title: 'a person terminates an instance',
    happen: (stage) => terminate(stage),
  },
  {
    name: 'truncated-upload',
    title: 'the upload arrives truncated',
    happen: (stage) =>
      terminate(stage, (instanceId) => stage.machine(instanceId).inject('publisher-truncate')),
  },
  {
    name: 'lying-publisher',
    title: 'the publisher claims success and uploads nothing',
    happen: (stage) =>
      terminate(stage, (instanceId) => stage.machine(instanceId).inject('publisher-nothing')),
  },
  {
    name: 'killed-lambda',
    title: 'the Lambda is killed in the middle of a pass',
    happen: (stage) => terminate(stage, () => stage.killNextPass()),
  },
]

/** The name under which the last instances leave, when the group is scaled to nothing. */
export const CLOSING = 'closing'

/** An instance is chosen, prepared, and terminated through Auto Scaling, as a person or an instance refresh does. */
async function terminate(stage: Stage, prepare?: (instanceId: string) => void): Promise<string> {
  const instanceId = await stage.pickInstance()
  prepare?.(instanceId)
  await stage.group.terminate(instanceId)
  return stage.group.firstToLeave([instanceId])
}
