/** A healthy machine that salvages: what is on the disks of dead machines, and what must be left on its own. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect } from '@jest/globals'
import { type Disk, makeDisk, removeDisks } from './disk.ts'
import { ACCESS_LOG, CONSOLE, ROTATED } from './elastic-beanstalk.ts'
import { type Flushed, type FlushOptions, flush, INSTANCE } from './flush.ts'
import * as volume from './volume.ts'

export const VOLUME = 'vol-0123456789abcdef0'
const skipped = volume.whyNoVolumes()
export const describeWithDisks = (name: string, tests: () => void) =>
  skipped === undefined ? describe(name, tests) : describe.skip(`${name} (skipped: ${skipped})`, tests)

afterEach(volume.removeVolumes)
afterAll(removeDisks)

/** Writes files of a machine whose `/` is at a mount point. */
export const writerAt =
  (at: string) =>
  (path: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(dirname(at + path), { recursive: true })
    writeFileSync(at + path, content, { mode })
  }

export const CONFIG = '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.tomcat8.conf'
export const PUBLISHED = '/opt/elasticbeanstalk/tasks/publishlogs.d/tomcat8.conf'
export const HOUR_BEFORE = `${ROTATED}/localhost_access_log.txt1700000000.gz`

/** A Tomcat of Elastic Beanstalk, with the paths that it has on the machine. */
export function layTomcat(at: string): void {
  const write = writerAt(at)
  const own = ['size 10M', 'rotate 5', 'dateext', 'dateformat %s', 'missingok', 'compress', 'notifempty']
  const block = [`${CONSOLE} ${ACCESS_LOG} {`, ...own, 'copytruncate', `olddir ${ROTATED}`, '}']
  write(CONFIG, `${block.join('\n')}\n`)
  write(PUBLISHED, `${ROTATED}/*\n`)
  write('/var/lib/cloud/data/instance-id', `${INSTANCE}\n`)
  write(HOUR_BEFORE, gzipSync('an hour before\n'))
  write(CONSOLE, 'started\n')
  write(ACCESS_LOG, '')
}

/** What the kernel shows: of the computer, below folders of the machine's own, so that nothing that goes astray walks through it all. */
const KERNEL = { dev: /^loop/, proc: /^[0-9]+$|^swaps$/, sys: /^(block|class)$/ }

function showKernel({ root }: Disk): void {
  for (const [folder, names] of Object.entries(KERNEL)) {
    rmSync(`${root}/${folder}`, { recursive: true, force: true })
    mkdirSync(`${root}/${folder}`)
    const shown = readdirSync(`/${folder}`).filter((name) => names.test(name))
    for (const name of shown) symlinkSync(`/${folder}/${name}`, `${root}/${folder}/${name}`)
  }
}

/** The salvage of an attached disk by a healthy machine, whose own `/` is `healthy.root`. */
export async function salvage(healthy: Disk, device: string, options: FlushOptions = {}): Promise<Flushed> {
  showKernel(healthy)
  const parameters = { Purpose: 'salvage', Disk: VOLUME + device, ...options.parameters }
  return await flush(healthy, { ...options, document: 'salvage', parameters })
}

export const salvaged = async (image: string, options: FlushOptions = {}) => {
  const healthy = makeDisk()
  const device = volume.attach(image)
  return { healthy, device, flushed: await salvage(healthy, device, options) }
}

/** Everything in a folder: names, kinds and contents. Where a link leads to is not in it. */
export function everythingIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((one) => {
      const path = `${folder}/${one.name}`
      if (one.isDirectory()) return [path, ...everythingIn(path)]
      return one.isFile() ? `${path} ${readFileSync(path, 'utf8')}` : path
    })
    .sort()
}

/** What is a machine's own, besides what salvages and its kernel show. */
export const ownOf = ({ root }: Disk) =>
  everythingIn(root).filter(
    (one) => !/^\/(dev|proc|sys|run\/termination-guard-salvage)(\/|$)/.test(one.slice(root.length)),
  )

/** What an ordinary machine keeps of it: an empty folder, by which two salvages at once are kept apart. */
export const expectNothingLeft = (healthy: Disk, device: string) => {
  expect(volume.mountsOf(device)).toEqual([])
  expect(everythingIn(`${healthy.root}/run`).map((one) => one.slice(healthy.root.length).trim())).toEqual([
    '/run/termination-guard-salvage',
  ])
}

export const CLEAN = { live: [], unaccounted: [], writers: [], purpose: 'salvage', instanceId: INSTANCE }
export const NUMBERED = ['/var/log/my/*.log {', 'daily', 'rotate 9', 'compress', 'sharedscripts', '}', '']

export function layNumbered(at: string, lines: readonly string[] = NUMBERED): void {
  const write = writerAt(at)
  write('/etc/logrotate.d/elasticbeanstalk.conf', lines.join('\n'))
  write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
  write('/var/log/my/app.log', 'new\n')
  write('/var/log/my/new.log', 'first\n')
}

export const layDisk = (lay: (at: string) => void) => volume.layVolume({ fileSystem: 'ext4' }, lay)
