/** The platform's publisher, which may lie, and the flush's own direct upload, which may fail but does not lie. */
import { keyOf } from '../../src/archive/keys.ts'
import { archivePrefix, environmentOf } from '../../src/archive/prefix.ts'
import type { Bucket } from './bucket.ts'
import { Content } from './lines.ts'
import type { Setting } from './setting.ts'
import type { LogFile } from './simulated-disk.ts'
import type { Surroundings } from './surroundings.ts'

/** Where files are put. */
export interface Archiving extends Surroundings {
  readonly bucket: Bucket
  readonly weather: { readonly refusesUploads: boolean }
}

/** Whose files are put. */
interface Publishing {
  readonly instanceId: string
  readonly groupName: string
  readonly disk: { readonly files: readonly LogFile[]; delete(file: LogFile): void }
  /** Whether its publisher removes what it has shipped, or thinks it has. */
  readonly publisherDeletes: boolean
  /** Where its logs are published, once that was worked out. */
  prefix: string | undefined
}

/** Puts every file that it has not yet put where the platform wants it. Its exit code would say nothing. */
export function publish(world: Archiving, machine: Publishing): void {
  const { chance, faults } = world
  const due = machine.disk.files.filter(
    ({ isPublished, isOutside, isDeleted }) => !isPublished && !isOutside && !isDeleted,
  )
  const claimsOnly = chance.of(faults['publisher-uploads-nothing']) || world.weather.refusesUploads
  due.forEach((file, index) => {
    file.isPublished = true
    if (claimsOnly || chance.of(faults['publisher-forgets-a-file'])) return
    const other = chance.of(faults['objects-are-swapped']) ? due[(index + 1) % due.length] : undefined
    put(world, machine, file, spoil(world, (other ?? file).content))
  })
  if (machine.publisherDeletes) for (const file of due) machine.disk.delete(file)
}

/** Puts exactly these files. S3 verifies the bytes on arrival. */
export function uploadDirectly(world: Archiving, machine: Publishing, files: readonly LogFile[]): void {
  const { chance, faults, setting, bucket, time } = world
  for (const file of files) {
    // What is gone by now, name and link, nobody can read.
    if (!machine.disk.files.includes(file)) continue
    if (chance.of(faults['direct-upload-fails']) || world.weather.refusesUploads) continue
    const how = setting.uploadsKeepSha256 ? 'single with sha256' : 'single'
    bucket.put(time.now, keyFor(world, machine, file), file.content, how)
    file.isPublished = true
  }
}

function put(world: Archiving, machine: Publishing, file: LogFile, content: Content): void {
  const { bucket, chance, setting, time } = world
  const key = keyFor(world, machine, file)
  // What is there and whole is left alone: no publisher of ours makes a good object worse.
  if (bucket.get(key)?.bytes === file.content) return
  bucket.put(time.now, key, content, chance.of(setting.multipartShare) ? 'multipart' : 'single')
}

function spoil({ chance, faults }: Surroundings, content: Content): Content {
  const { text } = content
  if (chance.of(faults['object-is-truncated']))
    return new Content(text.slice(0, chance.whole(0, text.length - 1)))
  if (!chance.of(faults['object-is-altered'])) return content
  const last = text.at(-2) === '0' ? '1' : '0'
  return new Content(`${text.slice(0, -2)}${last}\n`)
}

function keyFor(world: Archiving, machine: Publishing, { path }: LogFile): string {
  return keyOf(path, publishPrefix(world, machine), world.setting.policy.archive.keyRule)
}

/** Where the platform publishes this instance's logs, worked out apart from the guard's own look-ups. */
export function publishPrefix({ setting }: Pick<Surroundings, 'setting'>, machine: Publishing): string {
  machine.prefix ??= prefixFor(setting, machine)
  return machine.prefix
}

function prefixFor({ groups, policy }: Setting, { groupName, instanceId }: Publishing): string {
  const group = groups.find(({ name }) => name === groupName)
  const environmentId = environmentOf(groupName) ?? group?.environmentTag
  return archivePrefix(policy.archive.prefix, { groupName, instanceId, environmentId })
}
