/**
 * Stands in for logrotate where a machine has none: `logrotate [-d] [-f] [-v] -s <state> <config>…` for configurations of
 * Elastic Beanstalk's shape, with logrotate's silences and exit codes (0 without rotating below the size, 1 when the
 * destination exists or the folder is insecure, 3 when the state is locked). The real one is preferred wherever it is installed.
 */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Rotation, readConfig } from './logrotate-config.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    debug: { type: 'boolean', short: 'd', default: false },
    force: { type: 'boolean', short: 'f', default: false },
    verbose: { type: 'boolean', short: 'v', default: false },
    state: { type: 'string', short: 's', default: '/var/lib/logrotate/status' },
  },
})

let exitCode = 0

function error(message: string): void {
  console.error(`error: ${message}`)
  exitCode = 1
}

/** Runs `work` unless another process that still lives holds the state file. */
function withLockedState(work: () => void): void {
  const lock = `${values.state}.lock`
  try {
    const holder = Number(fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : 0)
    if (holder && !fs.existsSync(`/proc/${holder}`)) fs.rmSync(lock, { force: true })
    execFileSync('flock', ['-n', values.state, 'true'])
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
  } catch {
    console.error(`error: state file ${values.state} is already locked`)
    exitCode = 3
    return
  }
  try {
    work()
    fs.writeFileSync(values.state, 'logrotate state -- version 2\n')
  } catch (cause) {
    error((cause as Error).message)
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

function rotateAll(rotation: Rotation): void {
  let rotated = 0
  for (const glob of rotation.globs) {
    const logs = fs.globSync(glob).filter((path) => fs.statSync(path).isFile())
    if (logs.length === 0 && !rotation.missingOk) error(`stat of ${glob} failed: No such file or directory`)
    for (const log of logs.sort()) if (rotate(log, rotation)) rotated++
  }
  if (rotated > 0 && rotation.postRotate)
    execFileSync('/bin/sh', ['-c', rotation.postRotate], { stdio: 'ignore' })
}

/** What a rotation would do, in logrotate's words, and nothing of it done. */
function tellAll(rotations: readonly Rotation[]): void {
  const say = (line: string) => console.error(line)
  for (const { oldDir } of rotations) if (oldDir !== undefined) say(`olddir is now ${oldDir}`)
  say(`\nHandling ${rotations.length} logs`)
  for (const rotation of rotations) {
    say(
      `\nrotating pattern: ${rotation.globs.join(' ')}  forced from command line (${rotation.count} rotations)`,
    )
    for (const glob of rotation.globs) for (const log of fs.globSync(glob).sort()) tell(log, rotation, say)
  }
}

function tell(log: string, rotation: Rotation, say: (line: string) => void): void {
  say(`considering log ${log}`)
  const { size } = fs.statSync(log)
  if (size === 0 && !rotation.ifEmpty) {
    say('  log does not need rotating (log is empty)')
    return
  }
  const target = targetOf(log, rotation)
  say(`rotating log ${log}, log->rotateCount is ${rotation.count}`)
  say(`${rotation.copyTruncate ? 'copying' : 'renaming'} ${log} to ${target}`)
  if (rotation.compress && !rotation.delayCompress) say('compressing log with: /bin/gzip')
  const old = rotatedOf(log, dirname(target))
  for (const path of old.slice(0, Math.max(0, old.length + 1 - rotation.count)))
    say(`removing old log ${path}`)
}

function targetOf(log: string, rotation: Rotation): string {
  return join(resolve(dirname(log), rotation.oldDir ?? '.'), basename(log) + suffixOf(rotation.dateFormat))
}

function rotate(log: string, rotation: Rotation): boolean {
  const { size } = fs.statSync(log)
  if (!values.force && (rotation.size === undefined || size < rotation.size)) return false
  if (size === 0 && !rotation.ifEmpty) return false
  if (isInsecure(dirname(log)) && !rotation.su) {
    error(`skipping "${log}" because parent directory has insecure permissions`)
    return false
  }
  const rotated = targetOf(log, rotation)
  const folder = dirname(rotated)
  if (fs.existsSync(rotated) || fs.existsSync(`${rotated}.gz`)) {
    error(`destination ${rotated}${rotation.compress ? '.gz' : ''} already exists, skipping rotation`)
    return false
  }
  if (rotation.compress && rotation.delayCompress)
    compress(rotatedOf(log, folder).filter((path) => !path.endsWith('.gz')))
  move(log, rotated, rotation)
  if (rotation.compress && !rotation.delayCompress) compress([rotated])
  for (const old of rotatedOf(log, folder).slice(0, -rotation.count || undefined)) fs.rmSync(old)
  return true
}

function isInsecure(folder: string): boolean {
  const { mode, gid } = fs.statSync(folder)
  return process.getuid?.() === 0 && ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0))
}

function move(log: string, rotated: string, rotation: Rotation): void {
  const { mode } = fs.statSync(log)
  if (rotation.copyTruncate) {
    fs.copyFileSync(log, rotated)
    fs.truncateSync(log)
    return
  }
  fs.renameSync(log, rotated)
  if (rotation.create) fs.writeFileSync(log, '', { mode })
}

function compress(files: readonly string[]): void {
  for (const file of files) execFileSync('gzip', ['-f', '--', file], { stdio: 'ignore' })
}

/** What became of a log so far, oldest first. */
function rotatedOf(log: string, folder: string): string[] {
  const isRotated = (name: string) => name.startsWith(basename(log)) && /\d(\.gz)?$/.test(name)
  const files = fs
    .readdirSync(folder)
    .filter(isRotated)
    .map((name) => join(folder, name))
  return files.filter((path) => path !== log).sort()
}

function suffixOf(dateFormat: string): string {
  const now = new Date()
  return dateFormat
    .replace('%s', String(Math.floor(now.getTime() / 1000)))
    .replace('%Y', String(now.getFullYear()))
    .replace('%m', String(now.getMonth() + 1).padStart(2, '0'))
    .replace('%d', String(now.getDate()).padStart(2, '0'))
}

function eachConfig(work: (rotations: readonly Rotation[]) => void): void {
  for (const config of positionals) {
    if (fs.existsSync(config)) work(readConfig(config))
    else error(`cannot stat ${config}: No such file or directory`)
  }
}

if (values.debug) eachConfig(tellAll)
else withLockedState(() => eachConfig((rotations) => rotations.forEach(rotateAll)))
process.exitCode = exitCode
