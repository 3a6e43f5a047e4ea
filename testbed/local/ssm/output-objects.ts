/** A command's whole output in S3, where it was asked for. */
import type { ShellResult } from '../machine.ts'
import type { Command, Invocation, Ssm } from './command-store.ts'

type Stream = 'stdout' | 'stderr'

/** Below the prefix: command, instance, plugin, and the step, which AWS's own document numbers. */
export function outputKey(command: Command, { instanceId }: Invocation, stream: Stream): string {
  const step = command.pluginName === 'aws:runShellScript' ? '0.awsrunShellScript' : command.pluginName
  const prefix = command.outputTo?.prefix.replace(/\/+$/, '') ?? ''
  const parts = [prefix, command.id, instanceId, 'awsrunShellScript', step, stream]
  return parts.filter((part) => part !== '').join('/')
}

/** As the API shows it: whether or not there is anything behind it. */
export function outputUrl(ssm: Ssm, command: Command, invocation: Invocation, stream: Stream): string {
  if (command.outputTo === undefined) return ''
  const key = outputKey(command, invocation, stream)
  return `https://s3.${ssm.options.region}.amazonaws.com/${command.outputTo.bucket}/${key}`
}

/** Written by the agent before it reports. What cannot be written changes nothing about the command's end. */
export async function writeOutput(
  { options }: Ssm,
  command: Command,
  invocation: Invocation,
  result: Pick<ShellResult, Stream>,
): Promise<void> {
  const { outputTo } = command
  if (outputTo === undefined) return
  for (const stream of ['stdout', 'stderr'] as const) {
    if (result[stream] === '') continue
    const key = outputKey(command, invocation, stream)
    await options.putObject(outputTo.bucket, key, result[stream]).catch(() => {})
  }
}
