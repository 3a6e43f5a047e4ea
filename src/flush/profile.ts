/** What a flush must know of a platform, as data: a profile is a JSON file, and a new platform needs no code. */
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { shellWord } from '../shell-word.ts'

/** One line of a shell assignment and one `{{ parameter }}` of SSM: what no value of a profile may contain. */
const text = z
  .string('write a text in double quotes')
  .min(1, 'write something, or leave the item out')
  .refine((value) => !/[\0\n\r]/.test(value), 'write it on one line')
  .refine((value) => !value.includes('{{'), 'write it without {{, which SSM takes for a parameter')

const absolute = text.refine(
  (value) => value.startsWith('/'),
  'write an absolute path, such as /var/log/app/*.log',
)
const glob = absolute.refine(
  (value) => !value.includes('**'),
  'write one glob per level of folders: ** is not understood',
)
const globs = z.array(glob, 'write a list of globs, or [] for none')

const command = z
  .array(text, 'write the command as a list of words, such as ["/bin/systemctl", "stop", "app"]')
  .min(1, 'write the command as a list of words')
const ownCommand = command.refine(
  (words) => words[0]?.startsWith('/'),
  'start the command with an absolute path, such as /bin/systemctl',
)

const seconds = (least: number, most: number) => {
  const advice = `write whole seconds from ${least} to ${most}`
  return z.int(advice).min(least, advice).max(most, advice)
}

const schema = z.strictObject({
  /** Names the profile in documents and messages. */
  name: z
    .string('write a name')
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'write up to 32 lower-case letters, digits and hyphens, a letter first'),
  description: text,
  /** The logrotate configurations to force. Their logs must be empty when a termination is over. */
  logrotateConfigs: globs,
  /** Files of the platform's cron that name more of them. */
  logrotateCronFiles: globs.default([]),
  /** Configurations of the whole system: of their logs those count whose rotated form is published. */
  logrotateSystem: z.array(absolute, 'write a list of files, or [] for none').default([]),
  /** What must be in S3. */
  publishGlobs: globs,
  /** Files of the platform that hold more such globs, one a line. */
  publishGlobFiles: globs,
  /** Logs that no configuration names and that must be empty all the same when a termination is over. */
  liveGlobs: globs,
  /** What the platform rotates but by its own design never publishes, and what is none of its logs. Publish globs win. */
  exempt: globs.default([]),
  /** The platform's own publisher: a command, or else the commands of a file in /etc/cron.d. `null`: the AWS CLI. */
  publisher: z.nullable(
    z.strictObject(
      { command: command.optional(), cronFile: absolute.optional() },
      'write {"command": […], "cronFile": "…"}, or null to upload with the AWS CLI',
    ),
  ),
  /** The writers to stop in a termination. `running` succeeds while the writer runs. */
  quiesce: z.array(
    z.strictObject(
      { name: text, running: ownCommand, stop: ownCommand },
      'write {"name": "…", "running": […], "stop": […]}',
    ),
    'write a list of writers, or [] where none can be stopped',
  ),
  /** Whether a process that no writer names, and that has a log open for writing, is asked to end (SIGTERM). */
  endUnknownWriters: z.boolean('write true or false').default(true),
  keyRule: z.enum(['underscores', 'path'], 'write "underscores" (/var/log/a → _var_log_a) or "path"'),
  /** Where an instance's files go: `{environment}`, `{group}` and `{instance}` are filled in. */
  archivePrefix: z
    .string('write the folder of an instance, such as logs/{group}/{instance}/')
    .regex(
      /^([A-Za-z0-9_./=-]|\{(environment|group|instance)\})*$/,
      'write letters, digits, _ . / = - and {environment}, {group} or {instance}',
    )
    .refine((value) => value.endsWith('/'), 'end it with /')
    .refine((value) => value.includes('{instance}'), 'include {instance}: instances use the same names'),
  /** How long a writer keeps what it has not written yet. Tomcat's access log: 10 s. */
  bufferSeconds: seconds(0, 600),
  /** How long a writer may take to stop. */
  stopSeconds: seconds(1, 600),
  /** How long one rotation, compression or publication may take, and another flush of this instance. */
  commandSeconds: seconds(1, 3600),
})

/** A platform, as the flush sees it. */
export type Profile = z.infer<typeof schema>

/** The profile in a parsed JSON document. Throws one error that lists every bad value and what to write instead. */
export function parseProfile(value: unknown): Profile {
  const result = schema.safeParse(value, { error: (issue) => adviceOn(issue) })
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => `  ${pathOf(issue.path)}: ${issue.message}`)
  throw new Error(`This profile cannot be used:\n${lines.join('\n')}`)
}

/** The profile in a JSON file, or one that comes with the guard, by its name (`beanstalk`, `files`). */
export function loadProfile(nameOrFile: string): Profile {
  const bundled = /^[a-z][a-z0-9-]*$/.test(nameOrFile)
  const file = bundled ? new URL(`./profiles/${nameOrFile}.json`, import.meta.url) : nameOrFile
  try {
    return parseProfile(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const why = isAbsent
      ? 'there is none; write beanstalk, files, or the path of a JSON file, such as ./my-profile.json'
      : (cause as Error).message
    throw new Error(`Profile ${nameOrFile}: ${why}`, { cause })
  }
}

/** The profile as shell assignments, each value in single quotes, so that nothing in it is ever executed by being read. */
export function compileProfile(profile: Profile): string {
  const list = (name: string, values: readonly string[]) => `${name}=(${values.map(shellWord).join(' ')})`
  return [
    list('LOGROTATE_CONFIGS', profile.logrotateConfigs),
    list('LOGROTATE_CRON_FILES', profile.logrotateCronFiles),
    list('LOGROTATE_SYSTEM', profile.logrotateSystem),
    list('EXEMPT_GLOBS', profile.exempt),
    list('PUBLISH_GLOBS', profile.publishGlobs),
    list('PUBLISH_GLOB_FILES', profile.publishGlobFiles),
    list('LIVE_GLOBS', profile.liveGlobs),
    list('PUBLISHER', profile.publisher?.command ?? []),
    `PUBLISHER_CRON=${shellWord(profile.publisher?.cronFile ?? '')}`,
    list(
      'WRITERS',
      profile.quiesce.map((writer) => writer.name),
    ),
    ...profile.quiesce.flatMap((writer, index) => [
      list(`RUNNING_${index}`, writer.running),
      list(`STOP_${index}`, writer.stop),
    ]),
    `END_UNKNOWN_WRITERS=${profile.endUnknownWriters ? 'yes' : 'no'}`,
    `KEY_RULE=${shellWord(profile.keyRule)}`,
    `BUFFER_SECONDS=${profile.bufferSeconds}`,
    `STOP_SECONDS=${profile.stopSeconds}`,
    `COMMAND_SECONDS=${profile.commandSeconds}`,
  ].join('\n')
}

function adviceOn(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined
  return `remove ${issue.keys.join(', ')}: known here are only the names in the profiles that come with the guard`
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the profile' : path.map(String).join('.')
}
