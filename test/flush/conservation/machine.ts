/**
 * The machine under the guard: SendCommand runs the real script on the laid disk, S3 is the directory that the script's AWS CLI
 * fills. Everything that decides is production code.
 */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AwsApi } from '../../../src/aws/api.ts'
import type { FlushParameter } from '../../../src/flush/document.ts'
import { loadProfile, type Profile } from '../../../src/flush/profile.ts'
import type { Guard } from '../../../src/guard.ts'
import { readPolicy } from '../../../src/policy.ts'
import { Chance } from '../../../testbed/simulator/chance.ts'
import { awsError, OneInstance } from '../../one-instance.ts'
import { environment } from '../../termination/observations.ts'
import { type Flushed, flush } from '../flush.ts'
import type { Laid } from './lay.ts'

export const BUCKET = 'bucket'
const MAX_FLUSH_MS = 120_000

export interface Machine {
  readonly guard: Guard
  readonly instance: OneInstance
  readonly flushes: Flushed[]
  /** Runs the script once, as the agent would. */
  run(parameters: Partial<Record<FlushParameter, string>>): Promise<Flushed>
}

export function policyOf(maxAttempts: number) {
  return readPolicy({
    ...environment,
    ARCHIVE_BUCKET: BUCKET,
    MAX_ATTEMPTS: String(maxAttempts),
    RETRY_SECONDS: '0',
  })
}

/** The profile of the platform, whose waits are short: what takes 11 s on an instance is over at once here. */
export function quickProfile(commandSeconds: number, bufferSeconds: number): Profile {
  return { ...loadProfile('beanstalk'), bufferSeconds, stopSeconds: 2, commandSeconds }
}

export function machineOf(laid: Laid, profile: Profile, maxAttempts: number, seed: number): Machine {
  const instance = new OneInstance()
  const flushes: Flushed[] = []
  const chance = new Chance(seed)
  const run: Machine['run'] = async (parameters) => {
    const flushed = await flush(laid.disk, {
      profile,
      parameters,
      env: laid.env,
      killAfterMs: MAX_FLUSH_MS,
      within: laid.enclosure.prefix.join(' '),
    })
    flushes.push(flushed)
    return flushed
  }
  const sendCommand: AwsApi['sendCommand'] = async (input) => {
    const answer = await instance.guard.aws.sendCommand(input)
    const parameters = Object.fromEntries(
      Object.entries(input.Parameters ?? {}).map(([name, values]) => [name, values[0] ?? '']),
    )
    // What a hand does after the last flush nobody can see; so it does it before the next one.
    const { env, disk } = laid
    if (flushes.length > 0)
      spawnSync('moment', ['between'], {
        env: { ...env, PATH: disk.path, TERMINATION_GUARD_ROOT: disk.root },
      })
    const { exitCode, stdout } = await run(parameters)
    instance.now += 20_000
    instance.flushEnds(stdout, exitCode === 0 ? 'Success' : 'Failed')
    return answer
  }
  const aws: AwsApi = { ...bound(instance.guard.aws), ...bucketOf(join(laid.disk.s3, BUCKET)), sendCommand }
  return {
    guard: { ...instance.guard, aws, random: chance.next, policy: policyOf(maxAttempts) },
    instance,
    flushes,
    run,
  }
}

/** The recorded AWS answers through a proxy, which a spread would not see through. */
function bound(aws: AwsApi): AwsApi {
  const names = Object.keys(aws) as (keyof AwsApi)[]
  return Object.fromEntries(names.map((name) => [name, aws[name]])) as unknown as AwsApi
}

/** S3, as far as a directory is one. Each object was one PUT, so its ETag is its MD5. */
function bucketOf(folder: string): Pick<AwsApi, 'listObjectsV2' | 'headObject' | 'getObject'> {
  const at = (key: string | undefined) => {
    const file = join(folder, key ?? '')
    if (!existsSync(file)) throw Object.assign(awsError('NoSuchKey'), { $metadata: { httpStatusCode: 404 } })
    return file
  }
  const facts = (file: string) => {
    const content = readFileSync(file)
    return {
      Size: content.length,
      ETag: `"${createHash('md5').update(content).digest('hex')}"`,
      LastModified: statSync(file).mtime,
    }
  }
  return {
    listObjectsV2: async ({ Prefix = '' }) => {
      const found = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
      const keys = found
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      return {
        Contents: keys
          .filter((key) => key.startsWith(Prefix))
          .map((Key) => ({ Key, ...facts(join(folder, Key)) })),
      }
    },
    headObject: async ({ Key }) => {
      const { Size, ETag, LastModified } = facts(at(Key))
      return { ContentLength: Size, ETag, LastModified, ServerSideEncryption: 'AES256' }
    },
    getObject: async ({ Key }) => ({ Body: createReadStream(at(Key)) }),
  }
}
