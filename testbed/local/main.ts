/** AWS on this machine with the guard in it: `npm run local`. Ends, and leaves nothing behind, with Ctrl-C. */
import { appendFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { parseSelections } from '../../src/selection.ts'
import { shellWord } from '../../src/shell-word.ts'
import { visible } from '../../src/visible.ts'
import type { Effect } from '../auto-scaling/auto-scaling.ts'
import { readOrEnd, wholeNumber } from '../command-words.ts'
import { type Control, controlVariable, openControl, orderControl } from './control.ts'
import { hookName, type InstalledGuard, installGuard, notifierRoleArn } from './installed-guard.ts'
import { faults } from './instance/instance-faults.ts'
import { type MachineRoom, openMachineRoom } from './instance/machine-room.ts'
import { onInterruption } from './interruption.ts'
import { accountId, type Invocation, startLocalAws } from './local-aws.ts'
import { writeShellEnvironment } from './shell-environment.ts'
import { journalReader } from './telling.ts'

const environmentId = 'e-localguard'
const region = 'eu-west-1'
const bucket = `elasticbeanstalk-${region}-${accountId}`

interface Options {
  readonly port: number
  readonly storagePort: number
  readonly groups?: string
}

/** What was asked for: Ctrl-C is heard, and a fault broken, only once the words are read. */
let wanted = async (): Promise<void> => {}
const port = wholeNumber(0, 65_535)
const program = new Command('local')
  .usage('[options] | break <instance> <what> | mend <instance> <what>    (npm run local -- …)')
  .description('AWS on this machine, with the guard in it. Ctrl-C stops it and clears everything away.')
  .option('--port <port>', 'Auto Scaling, EC2, Systems Manager (0: any free port)', port, 4580)
  .option('--storage-port <port>', 'SQS and S3 (0: any free port)', port, 4581)
  .option('--groups <selection>', 'enrol these groups by themselves, such as tag:env=prod', groups)
  .allowExcessArguments(false)
  .showHelpAfterError('Write `npm run local -- --help` for what can be typed.')
  .action((options: Options) => {
    wanted = () => run(options)
  })
const whatBreaks = `\nWhat can break:\n${Object.entries(faults)
  .map(([fault, meaning]) => `  ${fault.padEnd(22)}${meaning}`)
  .join('\n')}`
for (const [name, method, about] of [
  ['break', 'PUT', 'breaks something of an instance, from another terminal'],
  ['mend', 'DELETE', 'mends it again'],
] as const)
  program
    .command(`${name} <instance> <what>`)
    .description(about)
    .addHelpText('after', whatBreaks)
    .action((instance: string, what: string) => {
      wanted = async () =>
        console.log(await orderControl(process.env[controlVariable], method, instance, what))
    })

readOrEnd(program, process.argv.slice(2))
try {
  await wanted()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function run(options: Options): Promise<void> {
  // Heard while it starts, too: what is half there is cleared away as well.
  const interrupted = new Promise<void>(onInterruption)
  let room: MachineRoom | undefined
  let control: Control | undefined
  const aws = await startLocalAws({
    region,
    port: options.port,
    storagePort: options.storagePort,
    launch: (instance) => {
      if (room === undefined) throw new Error('the machine room is not open yet')
      return room.launch(instance)
    },
    onEffect: (effect) => tellEffect(effect, room),
    onProblem: (problem) => console.error('problem:', problem),
  })
  const stop = async () => {
    await control?.stop()
    await aws.stop()
    await room?.stop()
  }
  try {
    await aws.createBucket(bucket)
    room = openMachineRoom({
      directory: aws.directory,
      environment: { ...aws.environment('INSTANCE'), EB_BUCKET: bucket, EB_ENVIRONMENT_ID: environmentId },
      bufferMs: 5_000,
      publishEveryMs: 60_000,
    })
    const journal = join(aws.directory, 'journal.jsonl')
    await writeFile(journal, '')
    const read = journalReader()
    const guard = await installGuard(aws, {
      bucket,
      onLine: (line) => {
        for (const told of read(line)) console.error(told)
        appendFileSync(journal, `${line}\n`)
      },
      onInvocation: tellTrouble,
      ...(options.groups === undefined ? {} : { groups: options.groups }),
    })
    control = await openControl(() => room?.instances() ?? [])
    const variables = {
      ...aws.environment(),
      ...guard.variables,
      GUARD_JOURNAL: journal,
      [controlVariable]: control.url,
    }
    const environment = writeShellEnvironment(aws.directory, variables)
    console.log(introduction(guard, environment, options.groups))
    await interrupted
    console.error('Stopping.')
  } finally {
    await stop()
  }
}

/** What to type next, ready to paste. */
function introduction(guard: InstalledGuard, environment: string, groups: string | undefined): string {
  const [chosen] = parseSelections(groups ?? '')
  const name = chosen?.by === 'name' ? shellWord(chosen.name) : 'web'
  const tag =
    chosen?.by === 'tag'
      ? ` ${shellWord(`Key=${chosen.key},Value=${chosen.value},PropagateAtLaunch=true`)}`
      : ''
  const byHand = [
    `aws autoscaling put-lifecycle-hook --auto-scaling-group-name ${name} --lifecycle-hook-name ${hookName} \\`,
    '  --lifecycle-transition autoscaling:EC2_INSTANCE_TERMINATING --heartbeat-timeout 60 --default-result ABANDON \\',
    `  --notification-target-arn ${guard.queue.arn} --role-arn ${notifierRoleArn}`,
  ]
  return [
    '# Instances are folders, and whatever Systems Manager runs on them runs as you, on this machine.',
    '# Type into another terminal, in this folder:',
    `. ${environment}`,
    `aws autoscaling create-auto-scaling-group --auto-scaling-group-name ${name} --min-size 0 --max-size 4 --desired-capacity 2 \\`,
    '  --launch-template LaunchTemplateName=web --instance-lifecycle-policy RetentionTriggers={TerminateHookAbandon=retain} \\',
    `  --tags Key=elasticbeanstalk:environment-id,Value=${environmentId}${tag}`,
    ...(groups === undefined ? byHand : []),
    `aws autoscaling set-desired-capacity --auto-scaling-group-name ${name} --desired-capacity 1`,
    'aws autoscaling describe-auto-scaling-instances',
    `aws s3 ls s3://${bucket} --recursive`,
    'npm run guard -- status',
    'npm run guard -- explain <instance>',
    'npm run guard -- history',
    'npm run local -- break <instance> agent-dead     # --help lists what else can break; mend makes it whole again',
    '# What happens is told here. Ctrl-C stops everything and clears it away.',
  ].join('\n')
}

function tellEffect(effect: Effect, room: MachineRoom | undefined): void {
  if (effect.do === 'register') {
    const url = room?.find(effect.instanceId)?.url
    console.error(`${effect.instanceId} in service: curl '${url}/i?e=pv'`)
  }
  if (effect.do === 'destroy') console.error(`${effect.instanceId} terminated`)
}

/** What the function itself could not tell. */
function tellTrouble({ functionName, ended, error }: Invocation): void {
  if (ended !== 'succeeded')
    console.error(visible(`function ${functionName} ${ended}${error ? `: ${error}` : ''}`))
}

/** Checked as the guard itself will read it, but before anything is started. */
function groups(text: string): string {
  try {
    if (parseSelections(text).length > 0) return text
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : String(error))
  }
  throw new InvalidArgumentError('Write names of groups, or tag:KEY=VALUE, with commas in between.')
}
