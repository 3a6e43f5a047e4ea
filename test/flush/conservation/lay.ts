// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** Lays a situation out on a disk: its files, its programs, and the hands that wait for their moment. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'
import type { Enclosure } from './enclosure.ts'
import type { Hand, LogFile, Situation } from './situation.ts'
import { linesOf } from './tokens.ts'
import { pack } from './unpack.ts'

const HERE = import.meta.dirname
const SPARSE_BYTES = 3 * 2 ** 20
const DAY_MS = 86_400_000

/** What the programs of a laid world find in their environment. */
export interface Laid {
  readonly disk: Disk
  /** Beside the root: what the programs of this test remember. */
  readonly world: string
  readonly env: Record<string, string>
  readonly enclosure: Enclosure
}

export function lay(situation: Situation, disk: Disk, archivePrefix: string, enclosure: Enclosure): Laid {
  const world = join(dirname(disk.root), 'world')
  for (const folder of ['hands', 'services']) mkdirSync(join(world, folder), { recursive: true })
  for (const folder of ['/run', '/tmp', '/var/log', '/etc'])
    mkdirSync(disk.root + folder, { recursive: true })
  for (const file of situation.files) layFile(disk, file)
  for (const { path, text, mode } of situation.texts)
    disk.write(path, text.replaceAll('@ROOT@', disk.root), mode)
  layPrograms(situation, disk)
  writeFileSync(join(world, 'publisher'), `${situation.publisher.runs.join('\n')}\n`)
  for (const [index, hand] of situation.hands.entries())
    writeFileSync(join(world, 'hands', `${hand.when}-${index}`), actionOf(hand, disk.root))
  return { disk, world, enclosure, env: { WORLD: world, ARCHIVE: archivePrefix } }
}

function layFile(disk: Disk, file: LogFile): void {
  const at = disk.root + file.path
  mkdirSync(dirname(at), { recursive: true })
  const target = disk.root + (file.to ?? '')
  switch (file.is) {
    case 'symlink':
      symlinkSync(target, at)
      return
    case 'hard link':
      linkSync(target, at)
      return
    case 'fifo':
      execFileSync('mkfifo', [at])
      return
    case 'folder':
      mkdirSync(at)
      return
    case 'sparse':
      laySparse(at, file)
      break
    case 'endless line':
      writeFileSync(at, linesOf(file.id, file.lines).slice(0, -1))
      break
    case 'file':
    case 'folder that cannot be read':
      writeFileSync(at, pack(linesOf(file.id, file.lines), file.form))
  }
  if (file.daysOld) {
    const then = new Date(Date.now() - file.daysOld * DAY_MS)
    utimesSync(at, then, then)
  }
  if (file.mode !== undefined) chmodSync(at, file.mode)
  if (file.attribute) spawnSync('chattr', [file.attribute === 'immutable' ? '+i' : '+a', at]) // where there are such
}

function laySparse(at: string, { id, lines }: LogFile): void {
  const handle = openSync(at, 'w')
  writeSync(handle, linesOf(id, lines - 1))
  writeSync(handle, linesOf(id, 1, lines - 1), SPARSE_BYTES)
  closeSync(handle)
}

function layPrograms({ publisher, cli, logrotate, stat, hands, files }: Situation, disk: Disk): void {
  const own = (name: string) => readFileSync(join(HERE, name), 'utf8')
  disk.program('moment', own('moment.bash'))
  disk.program('pgrep', '#!/bin/sh\nexit 1\n') // the logrotate of another disk is none of this one's
  disk.script('/sbin/service', own('service.bash'))
  disk.script('/bin/systemctl', own('service.bash'))
  if (publisher.by === 'command') disk.program('publishLogs.py', own('publisher.bash'))
  if (publisher.by === 'cron') {
    disk.program('publish-logs', own('publisher.bash'))
    disk.write('/etc/cron.d/publishlogs', 'SHELL=/bin/sh\n*/5 * * * * root publish-logs >/dev/null 2>&1\n')
  }
  const uploads = hands.some(({ when }) => when === 'uploading')
  if (cli === 'denied')
    disk.program(
      'aws',
      '#!/bin/sh\necho "An error occurred (AccessDenied) when calling the PutObject operation" >&2\nexit 254\n',
    )
  else if (cli === 'missing') disk.program('aws', '#!/bin/sh\necho "aws: command not found" >&2\nexit 127\n')
  else if (uploads)
    disk.program('aws', `#!/bin/sh\nmoment uploading\nexec ${join(HERE, '../bin/aws')} "$@"\n`)
  const acts = (moment: string) => hands.some(({ when }) => when === moment)
  if (acts('hashing')) disk.program('md5sum', '#!/bin/sh\nmoment hashing\nPATH=${PATH#*:} exec md5sum "$@"\n')
  // Not when the manifest is packed: what happens then, no flush can see.
  if (acts('compressing'))
    disk.program(
      'gzip',
      '#!/bin/sh\n(PATH=${PATH#*:} exec gzip "$@")\nstatus=$?\ncase $1 in "" | -nf) moment compressing ;; esac\nexit $status\n',
    )
  if (logrotate === 'does nothing') disk.program('logrotate', '#!/bin/sh\nexit 0\n')
  if (logrotate === 'missing')
    disk.program('logrotate', '#!/bin/sh\necho "logrotate: not found" >&2\nexit 127\n')
  const victim = files[0]?.path ?? ''
  if (stat === 'missing') disk.program('stat', '#!/bin/sh\nexit 127\n')
  if (stat === 'fails on one')
    disk.program(
      'stat',
      `#!/bin/bash\nfor word; do [ "$word" != ${quote(disk.root + victim)} ] || { echo "stat: Input/output error" >&2; exit 1; }; done\nexec /usr/bin/stat "$@"\n`,
    )
}

/** One thing that another hand does, as a script. The path is a glob. */
function actionOf({ does, path, id }: Hand, root: string): string {
  const each = (command: string) => `for file in ${globbed(root + path)}; do ${command}; done\n`
  switch (does) {
    case 'append':
      return each(
        `[ ! -f "$file" ] || { printf '%s' ${quote(linesOf(id, 2))} >>"$file" && echo ${id} 0 2 >>"$WORLD/ledger"; break; }`,
      )
    case 'remove':
      return each('rm -f -- "$file"')
    case 'truncate':
      return each('[ ! -f "$file" ] || : >"$file"')
    case 'overwrite':
      return each(`[ ! -f "$file" ] || printf 'something else' | dd of="$file" conv=notrunc status=none`)
    case 'compress':
      return each('case "$file" in *.gz) ;; *) gzip -q -- "$file" ;; esac')
    case 'move':
      return each('mv -- "$file" "$(dirname "$file")/.moved-$(basename "$file")"')
    case 'lock away':
      return each('chmod 000 -- "$file"')
    case 'replace':
      return each('[ ! -f "$file" ] || { cp -- "$file" "$file.new" && mv -- "$file.new" "$file"; }')
    case 'supersede':
      return each(
        `[ ! -f "$file" ] || { printf '%s' ${quote(linesOf(id, 2))} >"$file.new" && echo ${id} 0 2 >>"$WORLD/ledger" && mv -- "$file.new" "$file"; break; }`,
      )
    case 'rotate':
      return `for config in "$TERMINATION_GUARD_ROOT"/etc/logrotate.elasticbeanstalk.hourly/*.conf; do logrotate -f -s "$WORLD/cron.state" "$config"; done\n`
  }
}

/** A path in which only `*` and `?` stay globs. */
function globbed(path: string): string {
  return path
    .split(/([*?]+)/)
    .map((part, index) => (index % 2 === 1 ? part : quote(part)))
    .join('')
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
