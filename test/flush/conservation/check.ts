/** Conservation, checked at the level of bytes: every line that was ever on the machine is in the archive, or somebody is told of it. */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, parse } from 'node:path'
import { keyOf } from '../../../src/archive/keys.ts'
import type { Manifest } from '../../../src/model.ts'
import type { Laid } from './lay.ts'
import { written } from './live.ts'
import type { Machine } from './machine.ts'
import type { Situation } from './situation.ts'
import { tokensIn, tokensOf } from './tokens.ts'
import { ARCHIVE } from './try.ts'
import { unpack } from './unpack.ts'

export interface Fault {
  readonly kind: /** CONTINUE, and the line is not in the archive. */
    | 'lost'
    /** Not archived, and no manifest that still counts says anything of the file that held it. */
    | 'unnamed'
    /** Gone from the disk, though nobody but the script can have taken it. */
    | 'deleted'
    /** Holding every machine is no answer. */
    | 'held'
    /** The script itself broke. */
    | 'broken'
  readonly what: string
}

export function check(situation: Situation, laid: Laid, machine: Machine, outcome: string): Fault[] {
  const manifests = machine.flushes.flatMap((flushed) => readable(flushed))
  const expected = expectedTokens(situation, laid)
  const archived = archivedTokens(laid, manifests)
  const missing = [...expected.keys()].filter((token) => !archived.has(token))
  const isGood = outcome === 'archived' || outcome === 'empty'
  const faults: Fault[] = []
  if (isGood && missing.length > 0) faults.push({ kind: 'lost', what: told(missing, expected, outcome) })
  if (situation.kind === 'ordinary' && outcome !== (expected.size === 0 ? 'empty' : 'archived'))
    faults.push({ kind: 'held', what: `an ordinary machine ended ${outcome}` })
  if (machine.flushes.some(({ exitCode }) => exitCode === null))
    faults.push({ kind: 'broken', what: 'a flush had to be killed' })
  if (isGood || missing.length === 0) return faults
  const disk = onDisk(laid.disk.root)
  const last = manifests.at(-1)
  if (!situation.destroys) {
    const gone = missing.filter((token) => !disk.has(token))
    if (gone.length > 0) faults.push({ kind: 'deleted', what: told(gone, expected, outcome) })
  }
  // Of a configuration that nobody understands, the logs have no names.
  const isBlind = last?.unaccounted.some(({ path }) => situation.texts.some((text) => text.path === path))
  if (last && situation.kind !== 'audit' && !isBlind) {
    const named = namedBy(manifests, last)
    const silent = missing.filter((token) => !isNamed(token, named, disk, pathsOf(token, situation)))
    if (silent.length > 0) faults.push({ kind: 'unnamed', what: told(silent, expected, outcome) })
  }
  return faults
}

function readable(flushed: { readonly manifest: Manifest }): Manifest[] {
  try {
    return [flushed.manifest]
  } catch {
    return []
  }
}

/** Token → who brought it into the world. */
function expectedTokens(situation: Situation, laid: Laid): Map<string, string> {
  const before = situation.files
    .filter(({ isForeign, is }) => !isForeign && is !== 'symlink' && is !== 'hard link')
    .flatMap(({ id, lines, path }) => tokensOf(id, lines).map((token) => [token, path] as const))
  return new Map([...before, ...written(laid)])
}

/** What is in objects that are exactly what a manifest says: the checker's own proof, apart from production's. */
function archivedTokens({ disk }: Laid, manifests: readonly Manifest[]): Set<string> {
  const found = new Set<string>()
  for (const file of manifests.flatMap(({ files }) => files)) {
    const object = disk.object(keyOf(file.path, ARCHIVE, 'underscores'))
    if (!object || createHash('sha256').update(object).digest('hex') !== file.sha256) continue
    for (const token of tokensIn(unpack(object))) found.add(token)
  }
  return found
}

/** Token → the paths on which it still lies, from the instance's root. */
function onDisk(root: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    if (lstatSync(file).size === 0) continue
    for (const token of tokensIn(unpack(readFileSync(file)))) {
      const paths = found.get(token)
      if (paths) paths.push(file.slice(root.length))
      else found.set(token, [file.slice(root.length)])
    }
  }
  return found
}

/** The log that a line belongs to, by its token. */
function pathsOf(token: string, { files, writers, hands }: Situation): string[] {
  const id = token.replace('/', '').split('.')[0]
  return [
    ...files.filter((file) => file.id === id).map(({ path }) => path),
    ...writers.filter((writer) => writer.id === id).map(({ log }) => log),
    ...hands.filter((hand) => hand.id === id).map(({ path }) => path),
  ]
}

/** The newest manifest, and what every earlier one named: the guard forgets none of it while it is not in S3. */
function namedBy(manifests: readonly Manifest[], last: Manifest): string[] {
  const owed = manifests.flatMap(({ files, unaccounted }) => [...files, ...unaccounted])
  return [...owed, ...last.live, ...last.writers].map(({ path }) => path)
}

function isNamed(
  token: string,
  named: readonly string[],
  disk: ReadonlyMap<string, string[]>,
  origins: readonly string[],
): boolean {
  const places = [...(disk.get(token) ?? []), ...origins]
  return places.some((place) =>
    named.some((name) => name === place || isRotated(basename(name), basename(place))),
  )
}

/** Whether a rotation may have made it of that log: the log's name in front, or its extension (`extension .log`) at the end. */
function isRotated(name: string, log: string): boolean {
  const { name: stem, ext } = parse(log)
  return name.startsWith(log) || (ext !== '' && name.startsWith(stem) && name.includes(ext, stem.length))
}

function told(tokens: readonly string[], expected: ReadonlyMap<string, string>, outcome: string): string {
  const lines = tokens.filter((token) => !token.startsWith('/'))
  const from = [...new Set(tokens.map((token) => expected.get(token)))]
    .slice(0, 4)
    .map((path) => JSON.stringify(path))
  return `${lines.length} of ${expected.size / 2} lines (${lines.slice(0, 3).join(', ')} from ${from.join(', ')}), ended ${outcome}`
}
