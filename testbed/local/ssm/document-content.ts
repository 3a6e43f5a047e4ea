/** What a Command document may say (schema 2.2 or the older 1.2, shell scripts alone), and what its parameters may be. */
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'

const parameter = z.object({
  type: z.enum(['String', 'StringList']),
  description: z.string().optional(),
  default: z.union([z.string(), z.array(z.string())]).optional(),
  allowedPattern: z.string().optional(),
  allowedValues: z.array(z.string()).optional(),
  minChars: z.number().optional(),
  maxChars: z.number().optional(),
})

const inputs = z.object({
  runCommand: z.union([z.string(), z.array(z.string())]),
  workingDirectory: z.string().optional(),
  timeoutSeconds: z.union([z.string(), z.number()]).optional(),
})

const step = z.object({
  action: z.literal('aws:runShellScript'),
  name: z.string().min(1),
  /** What follows a step that failed is run all the same, unless this says otherwise. */
  onFailure: z.literal('exit').optional(),
  inputs,
})

const facts = {
  description: z.string().optional(),
  parameters: z.record(z.string(), parameter).default({}),
}

const steps = z.object({
  schemaVersion: z.literal('2.2'),
  ...facts,
  mainSteps: z.tuple([step]).rest(step),
})

/** The schema before steps: what AWS's first documents and many samples are written in. */
const plugins = z
  .object({
    schemaVersion: z.literal('1.2'),
    ...facts,
    runtimeConfig: z.strictObject({
      'aws:runShellScript': z.object({ properties: z.union([inputs, z.tuple([inputs])]) }),
    }),
  })
  .transform(({ runtimeConfig, ...rest }) => {
    const [only] = [runtimeConfig['aws:runShellScript'].properties].flat() as [z.infer<typeof inputs>]
    const name = 'aws:runShellScript'
    const mainSteps: z.infer<typeof steps>['mainSteps'] = [{ action: name, name, inputs: only }]
    return { ...rest, mainSteps }
  })

const content = z.discriminatedUnion('schemaVersion', [steps, plugins])

export type DocumentContent = z.infer<typeof content>

/** One script of a command, as the agent runs it. */
export interface Script {
  readonly text: string
  readonly executionMs: number
  /** Where it fails, the ones behind it are not run. */
  readonly endsOnFailure: boolean
}

type Arguments = Readonly<Record<string, readonly string[]>>

const maxBytes = 64 * 1024

/** Refuses what Systems Manager refuses, and what only this local one does (other plugins). */
export function parseContent(text: string): DocumentContent {
  refuseAbove(text)
  const parsed = content.safeParse(readJson(text))
  if (!parsed.success) throw new AwsError('InvalidDocumentContent', z.prettifyError(parsed.error))
  for (const [name, { allowedPattern }] of Object.entries(parsed.data.parameters))
    if (allowedPattern !== undefined && !isPattern(allowedPattern))
      throw new AwsError(
        'InvalidDocumentContent',
        `The allowedPattern of ${name} is not a regular expression.`,
      )
  return parsed.data
}

function refuseAbove(text: string): void {
  if (Buffer.byteLength(text) > maxBytes)
    throw new AwsError('MaxDocumentSizeExceeded', `The size limit of a document is ${maxBytes / 1024} KB.`)
}

/** Every declared parameter with its value or default. Anything undeclared, missing or not allowed is refused before it runs. */
export function bindParameters(content: DocumentContent, given: Arguments): Arguments {
  const { parameters } = content
  refuseAbove(JSON.stringify(content) + JSON.stringify(given)) // UNCONFIRMED for the values; it is the stricter answer
  for (const name of Object.keys(given))
    if (!Object.hasOwn(parameters, name)) throw invalid(`Unknown parameter ${name}.`)
  return Object.fromEntries(
    Object.entries(parameters).map(([name, rule]) => {
      const fallback = typeof rule.default === 'string' ? [rule.default] : rule.default
      const values = given[name] ?? fallback
      if (values === undefined) throw invalid(`Parameter ${name} has no value and no default.`)
      if (rule.type === 'String' && values.length !== 1) throw invalid(`Parameter ${name} takes one value.`)
      const stored = values.map((value) => /\{\{\s*ssm(-secure)?:[^}]*\}\}/.exec(value)?.[0]).find(Boolean)
      if (stored !== undefined) throw invalid(`${stored} is not there: the local AWS has no Parameter Store.`)
      for (const value of values)
        if (!allows(rule, value)) throw invalid(`Parameter ${name}: value not allowed.`)
      return [name, values]
    }),
  )
}

/** The scripts in their order: each command is a line, and a parameter that is a list stands for as many lines. */
export function scriptsOf({ mainSteps }: DocumentContent, bound: Arguments): readonly Script[] {
  return mainSteps.map(({ inputs: { runCommand, workingDirectory, timeoutSeconds }, onFailure }) => ({
    text: textOf([runCommand].flat(), substitute(workingDirectory ?? '', bound), bound),
    executionMs: executionSeconds(substitute(String(timeoutSeconds ?? '3600'), bound)) * 1000,
    endsOnFailure: onFailure === 'exit',
  }))
}

function textOf(commands: readonly string[], directory: string, bound: Arguments): string {
  const lines = commands.flatMap((line) => {
    const [, name] = /^\s*\{\{\s*([A-Za-z0-9_]+)\s*\}\}\s*$/.exec(line) ?? []
    return (name === undefined ? undefined : bound[name]) ?? [substitute(line, bound)]
  })
  const enter = directory === '' ? [] : [`cd '${directory.replaceAll("'", "'\\''")}' || exit 1`]
  // After the line that names the shell, if there is one.
  const at = lines[0]?.startsWith('#!') ? 1 : 0
  return [...lines.slice(0, at), ...enter, ...lines.slice(at)].join('\n')
}

/** `{{ Name }}` is replaced textually, as the agent does: nothing is quoted. */
export function substitute(text: string, bound: Arguments): string {
  return text.replace(
    /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g,
    (whole, name: string) => bound[name]?.join(' ') ?? whole,
  )
}

/** A step's timeoutSeconds. Whatever the agent cannot take silently becomes an hour. */
function executionSeconds(text: string): number {
  const seconds = Number(text)
  return Number.isInteger(seconds) && seconds >= 5 && seconds <= 172_800 ? seconds : 3600
}

function allows(rule: z.infer<typeof parameter>, value: string): boolean {
  return (
    // All of the value, also where the pattern has no anchors: AWS's own documents have none.
    (rule.allowedPattern === undefined || new RegExp(`^(?:${rule.allowedPattern})$`).test(value)) &&
    (rule.allowedValues === undefined || rule.allowedValues.includes(value)) &&
    value.length >= (rule.minChars ?? 0) &&
    value.length <= (rule.maxChars ?? Number.POSITIVE_INFINITY)
  )
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw Object.assign(new AwsError('InvalidDocumentContent', 'The content is not JSON.'), { cause })
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameters', message)
}
