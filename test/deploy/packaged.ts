/** The real template: what `npx serverless package` makes of a copy of this project, so that tests can package side by side. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const parts = [
  'serverless.yml',
  'esbuild.config.cjs',
  'package.json',
  'tsconfig.json',
  'deploy',
  'examples',
  'handlers',
  'src',
]

export interface Resource {
  readonly Type: string
  readonly DependsOn?: string | readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: a template is looked at from outside, property by property
  readonly Properties: Record<string, any>
}

export interface Template {
  readonly Resources: Record<string, Resource>
  readonly Outputs: Record<string, { readonly Value: unknown }>
}

/** A copy of what is needed to package and deploy, with this project's dependencies. Gone after `remove`. */
export async function copyProject(): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'termination-guard-deploy-'))
  for (const part of parts) await cp(join(root, part), join(directory, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** Runs Serverless in a copy of the project, on the project's own Node. Answers what it printed; fails as it fails. */
export async function serverless(
  directory: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const binaries = join(root, 'node_modules', '.bin')
  const { NODE_OPTIONS: _jest, ...inherited } = process.env
  const { stdout, stderr } = await promisify(execFile)(join(binaries, 'serverless'), command, {
    cwd: directory,
    env: {
      ...inherited,
      PATH: `${binaries}${delimiter}${process.env.PATH}`,
      AWS_REGION: 'eu-west-1',
      NO_COLOR: '1',
      TMPDIR: directory, // what it bundles in, it leaves there
      ...environment,
    },
    timeout: 240_000,
  })
  return stdout + stderr
}

/** `key=value` as Serverless wants them on its command line. */
export function parameterOptions(parameters: Readonly<Record<string, string>>): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`])
}

/** Packages with these parameters; answers the template and where it was written, until `remove`. */
export async function packageProject(parameters: Readonly<Record<string, string>> = {}): Promise<{
  readonly template: Template
  readonly file: string
  remove(): Promise<void>
}> {
  const { directory, remove } = await copyProject()
  try {
    await serverless(directory, ['package', ...parameterOptions(parameters)])
    const file = join(directory, '.serverless', 'cloudformation-template-update-stack.json')
    return { template: JSON.parse(await readFile(file, 'utf8')), file, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

export const ACCOUNT = '111122223333'
export const REGION = 'eu-west-1'

/** Where a template is deployed. */
export interface Place {
  readonly partition: string
  readonly region: string
}
export const IRELAND: Place = { partition: 'aws', region: REGION }

/** A value of the template as CloudFormation would fill it in. */
export function resolved(value: unknown, place: Place = IRELAND): unknown {
  if (Array.isArray(value)) return value.map((inner) => resolved(inner, place))
  if (typeof value !== 'object' || value === null) return value
  const [[intrinsic, argument] = ['', undefined]] = Object.entries(value)
  if (intrinsic === 'Ref') return physicalOf(String(argument), place)
  if (intrinsic === 'Fn::GetAtt') return attributeOf(argument as [string, string], place)
  if (intrinsic === 'Fn::Sub')
    return String(argument).replaceAll(/\$\{([A-Za-z:.]+)\}/g, (_, name: string) => substituted(name, place))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, place)]))
}

function substituted(name: string, place: Place): string {
  const [resource = '', attribute] = name.split('.')
  return attribute ? attributeOf([resource, attribute], place) : physicalOf(resource, place)
}

function physicalOf(name: string, { partition, region }: Place): string {
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  const pseudo: Record<string, string> = {
    'AWS::Region': region,
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': partition,
    Queue: `https://sqs.${region}.${domain}/${ACCOUNT}/termination-guard-prod`,
    DeadLetterQueue: `https://sqs.${region}.${domain}/${ACCOUNT}/termination-guard-prod-dead-letters`,
    AlarmTopic: `arn:${partition}:sns:${region}:${ACCOUNT}:termination-guard-prod-alarms`,
  }
  return pseudo[name] ?? name
}

/** Physical names are the logical ones, except where the template gives another. */
function attributeOf([resource, attribute]: [string, string], { partition, region }: Place): string {
  if (attribute !== 'Arn') return resource
  const queue = { Queue: 'termination-guard-prod', DeadLetterQueue: 'termination-guard-prod-dead-letters' }
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${rest}`
  if (resource in queue) return arn('sqs', `${region}:${ACCOUNT}:${queue[resource as keyof typeof queue]}`)
  if (resource.endsWith('Role')) return arn('iam', `:${ACCOUNT}:role/${resource}`)
  return arn('events', `${region}:${ACCOUNT}:rule/${resource}`)
}
