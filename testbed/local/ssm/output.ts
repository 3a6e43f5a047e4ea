/** What is left of a script's output once it went through the agent and the API. Characters, not bytes. */
import type { ShellResult } from '../machine.ts'

const maxStdout = 24_000
const maxStderr = 8_000
const maxBoth = 2_500
const truncated = '--output truncated--'
const outputTruncated = '---Output truncated---'
const errorTruncated = '---Error truncated----'

/** As GetCommandInvocation has them: the first 24,000 and the first 8,000 characters. */
export function invocationOutput({ stdout, stderr }: Pick<ShellResult, 'stdout' | 'stderr'>) {
  return { stdout: cut(stdout, maxStdout, truncated), stderr: cut(stderr, maxStderr, truncated) }
}

/** As ListCommandInvocations has it with Details: 2,500 characters for both together. */
export function pluginOutput({ stdout, stderr }: Pick<ShellResult, 'stdout' | 'stderr'>): string {
  if (stderr === '') return cut(stdout, maxBoth, outputTruncated)
  const separator = '\n----------ERROR-------\n'
  const room = maxBoth - separator.length
  if (stdout.length + stderr.length <= room) return stdout + separator + stderr
  const forStderr = Math.min(stderr.length, Math.max(room - stdout.length, Math.floor(room / 2)))
  const forStdout = room - forStderr
  return cut(stdout, forStdout, outputTruncated) + separator + cut(stderr, forStderr, errorTruncated)
}

/** The marker is within the limit, at the end. */
function cut(text: string, limit: number, marker: string): string {
  return text.length <= limit ? text : text.slice(0, limit - marker.length) + marker
}
