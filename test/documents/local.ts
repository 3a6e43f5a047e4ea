/** What docs/local-aws.md has a person type into a second terminal, beside `npm run local`. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling'
import { expect } from '@jest/globals'
import { typeLine } from '../cli/typing.ts'
import { eventually } from '../testbed/local/local-aws.ts'
import { environmentFile, startLocal } from '../testbed/local/started-local.ts'
import { type Occasion, type Place, whereInstalled } from './occasions.ts'

const hasCli = whereInstalled('aws')

async function set(inTheEnd: (stop: () => unknown) => void) {
  const { said, stop } = startLocal(['--port', '0', '--storage-port', '0'])
  inTheEnd(stop)
  await eventually(() => said.out.includes('Ctrl-C'))
  const file = environmentFile(said.out)
  const type = (line: string) => typeLine({}, `. ${file}; ${line}`).told
  const { out } = await type(
    'echo $AWS_ENDPOINT_URL $LOCAL_CONTROL_URL $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY',
  )
  const [endpoint = '', control = '', accessKeyId = '', secretAccessKey = ''] = out.trim().split(' ')
  const credentials = { accessKeyId, secretAccessKey }
  const autoScaling = new AutoScalingClient({ endpoint, region: 'eu-west-1', credentials })
  inTheEnd(() => autoScaling.destroy())
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: 'shop', LaunchTemplate: { LaunchTemplateName: 'web' } },
      ...{ MinSize: 0, MaxSize: 1, DesiredCapacity: 1 },
    }),
  )
  const serving = async (name: string) =>
    ((await autoScaling.send(new DescribeAutoScalingInstancesCommand({}))).AutoScalingInstances ?? [])
      .filter((one) => one.AutoScalingGroupName === name && one.LifecycleState === 'InService')
      .map(({ InstanceId = '' }) => InstanceId)
  const [instanceId = ''] = await eventually(async () => {
    const ids = await serving('shop')
    return ids.length > 0 && ids
  })
  const broken = async () => {
    const all = (await (await fetch(control)).json()) as { instanceId: string; broken: string[] }[]
    return all.find((one) => one.instanceId === instanceId)?.broken
  }
  return { said, file, type, instanceId, serving, broken }
}

type Terminal = Awaited<ReturnType<typeof set>>

/** The document shortens what the first terminal prints, whole, to be pasted. */
const printed: Occasion<Terminal> = {
  where: hasCli,
  as: (line, { said }) => {
    const lines = said.out.replaceAll(/ *\\\n */g, ' ').split('\n')
    const found = lines.find((one) => one.startsWith(line.replace('…', '')))
    if (found === undefined)
      throw new Error(`npm run local prints no line that begins like this one:\n${said.out}`)
    return found
  },
}
const about: Occasion<Terminal> = { as: (line, { instanceId }) => line.replace('INSTANCE', instanceId) }

export const local: Place<Terminal> = {
  name: 'what a person types beside npm run local',
  set,
  type: ({ type }, line) => type(line),
  occasions: {
    '. /tmp/termination-guard-XXXXXX/environment.sh': {
      as: (line, { file }) => {
        expect(file.split('/').slice(-2).join('/')).toMatch(
          new RegExp(`^${line.split('/').slice(-2).join('/').replace('XXXXXX', '\\w{6}')}$`),
        )
        return `. ${file} && echo "the journal: $GUARD_JOURNAL"`
      },
      says: /^the journal: \/.*journal\.jsonl$/m,
    },
    'aws autoscaling create-auto-scaling-group --auto-scaling-group-name web --min-size 0 --max-size 4 --desired-capacity 2 --launch-template LaunchTemplateName=web --instance-lifecycle-policy RetentionTriggers={TerminateHookAbandon=retain} …':
      printed,
    'aws autoscaling put-lifecycle-hook --auto-scaling-group-name web --lifecycle-hook-name termination-guard …':
      printed,
    'aws autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 1': {
      where: hasCli,
      before: ({ serving }) => eventually(async () => (await serving('web')).length === 2),
      after: async ({ said, serving }) => {
        const day =
          /^(i-\w+) flush: nothing has been flushed yet$[\s\S]*^\1 continue: [\s\S]*^\1 terminated$/m
        await eventually(() => day.test(said.err))
        expect(await serving('web')).toHaveLength(1)
      },
    },
    'npm run local -- break INSTANCE agent-dead': {
      ...about,
      says: /^i-\w+: agent-dead$/m,
      after: async ({ broken }) => expect(await broken()).toEqual(['agent-dead']),
    },
    'npm run local -- mend INSTANCE agent-dead': {
      ...about,
      says: /^i-\w+: nothing is broken$/m,
      after: async ({ broken }) => expect(await broken()).toEqual([]),
    },
  },
}
