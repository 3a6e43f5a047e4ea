/** `history [instance]`: what became of terminations, from the journal: passes added up, ends merged. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { Command, InvalidArgumentError } from 'commander'
import { type ActionHistory, type JournalLine, parseJournalLine, readHistory } from '../journal/history.ts'
import { counted } from './counted.ts'
import { DEFAULT_FUNCTION, REGION_AND_PROFILE } from './deployed-settings.ts'
import { duration } from './duration.ts'
import { instanceId } from './instance-id.ts'

interface HistoryOptions {
  readonly since: number
  readonly from: string | undefined
  readonly function: string
  readonly passes: boolean
}

export function historyCommand(): Command {
  return new Command('history')
    .description('what became of terminations, from the journal')
    .argument('[instance]', 'only this instance', instanceId)
    .option('--since <time>', 'how far back to read: 90m, 24h, 7d', since, 24 * 3600_000)
    .option(
      '--from <file>',
      'read journal lines from a file, or - for standard input, instead of CloudWatch Logs',
    )
    .option('--function <name>', 'the deployed function whose log is read', DEFAULT_FUNCTION)
    .option('--passes', 'every pass, not only the end', false)
    .action(async (instance: string | undefined, options: HistoryOptions) => {
      const lines = options.from ? await linesOf(options.from) : await deployedLines(options, instance)
      const found = readHistory(lines).filter((action) => !instance || action.instanceId === instance)
      console.log(historyLines(found, options.passes).join('\n'))
    })
}

function since(value: string): number {
  const [, count, unit] = /^([0-9]{1,5})([mhd])$/.exec(value) ?? []
  if (!count) throw new InvalidArgumentError('Write a number and m, h or d, such as 24h.')
  return Number(count) * { m: 60_000, h: 3600_000, d: 86_400_000 }[unit as 'm' | 'h' | 'd']
}

async function linesOf(file: string): Promise<JournalLine[]> {
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  return content.split('\n').flatMap((line) => parseJournalLine(line) ?? [])
}

/** Throws an Error that says what to type when the log cannot be read. */
async function deployedLines(options: HistoryOptions, instance: string | undefined): Promise<JournalLine[]> {
  try {
    return await linesOfLogs(options, instance)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `Cannot read the log of function ${options.function}: ${why}\n` +
        `Name the deployed function with --function <name>, and ${REGION_AND_PROFILE}; or read a file with --from <file>.`,
      { cause },
    )
  }
}

/** Both functions tell about actions: the queue's consumer and the sweep beside it. */
async function linesOfLogs(
  { since, function: name }: HistoryOptions,
  instance: string | undefined,
): Promise<JournalLine[]> {
  const client = new CloudWatchLogsClient({})
  const filterPattern = instance ? `{ $.journal = 1 && $.instanceId = "${instance}" }` : '{ $.journal = 1 }'
  const lines: JournalLine[] = []
  for (const functionName of [name, name.replace(/terminations$/, 'sweep')]) {
    const request = {
      logGroupName: `/aws/lambda/${functionName}`,
      startTime: Date.now() - since,
      filterPattern,
    }
    for await (const page of paginateFilterLogEvents({ client }, request)) {
      for (const { message } of page.events ?? [])
        lines.push(...[parseJournalLine(message ?? '')].flatMap((line) => line ?? []))
    }
  }
  return lines
}

export function historyLines(actions: readonly ActionHistory[], withPasses: boolean): string[] {
  if (actions.length === 0)
    return ['The journal names no such termination in this time. (--since 7d reads further back.)']
  return actions.flatMap((action) => [
    endLine(action),
    ...detailLines(action),
    ...(withPasses ? passLines(action) : []),
  ])
}

function endLine({ instanceId, groupName, outcome, endedAt, passes }: ActionHistory): string {
  const at = new Date(endedAt ?? passes.at(-1)?.at ?? 0).toISOString()
  return `${at}  ${instanceId}  ${(outcome ?? 'still held').padEnd(10)}  ${groupName || 'group unknown'}`
}

function detailLines({ instanceId, end, passes, awsCalls, lambdaMs, token }: ActionHistory): string[] {
  const reason = end?.reason ?? passes.at(-1)?.reason ?? ''
  const cost = `${counted(passes.length, 'pass', 'passes')}, ${counted(awsCalls, 'call')} besides heartbeats, ${duration(lambdaMs)} of Lambda`
  const told = end
    ? [
        `held ${duration(end.heldMs)}, ${counted(end.attempts, 'flush', 'flushes')} (${duration(end.flushMs)}), ` +
          `${counted(end.files, 'file')}, ${counted(end.bytes, 'byte')}`,
      ]
    : []
  const unproven = end?.unproven.map((file) => `unproven: ${file}`) ?? []
  const notes = end?.notes.map((note) => `the instance says: ${note}`) ?? []
  const what = [
    reason,
    ...told,
    cost,
    ...unproven,
    ...notes,
    `token ${token ?? 'unknown (adopted by the sweep)'}`,
  ]
  return [...what, ...advice(instanceId, end?.outcome)].map((line) => `    ${line}`)
}

/** What there is to type. */
function advice(instanceId: string, outcome: ActionHistory['outcome']): string[] {
  switch (outcome) {
    case undefined:
    case 'retained':
      return [`now: npm run guard -- explain ${instanceId}`]
    case 'lost':
    case 'expired':
      return ['see docs/operate.md, "An action that was not archived"']
    case 'archived':
    case 'empty':
      return []
  }
}

function passLines({ passes }: ActionHistory): string[] {
  return passes.map(
    ({ at, decided, reason, durationMs }) =>
      `      ${new Date(at).toISOString()}  ${decided.padEnd(9)} ${duration(durationMs).padStart(8)}  ${reason}`,
  )
}
