import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, has, makeDisk, removeDisks } from './disk.ts'
import { ACCESS_LOG, CONSOLE, layTomcat, ROTATED } from './elastic-beanstalk.ts'
import { FILES, flush, lackingOf, PREFIX, quick, scriptFor } from './flush.ts'
import { itWhere } from './it-where.ts'

afterAll(removeDisks)

const collector = (root?: string): Disk => {
  const disk = makeDisk(root)
  layTomcat(disk)
  disk.standIn('publishLogs.py')
  return disk
}

/** What an instance without our own program in front would run. */
const REAL_LOGROTATE = '#!/bin/sh\nPATH=$(echo "$PATH" | cut -d: -f2-):/usr/sbin logrotate'

const archived = (disk: Disk): string =>
  disk
    .keys()
    .map((key) => gunzipSync(disk.object(key) ?? Buffer.alloc(0)).toString())
    .join('')

describe('two flushes', () => {
  it('one after the other archive everything once, and the second has nothing new to say', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    const first = await flush(disk)
    const second = await flush(disk)
    expect(second.manifest.files).toEqual(first.manifest.files)
    expect(archived(disk)).toBe('one event\n')
  })

  it('at once take turns: every line is archived once and both manifests are whole', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.script('/bin/systemctl', '#!/bin/sh\nsleep 0.1; exit 1\n')
    const both = await Promise.all([flush(disk), flush(disk)])
    for (const flushed of both) {
      expect(flushed.paths).toHaveLength(1)
      expect(flushed.live).toEqual([])
    }
    expect(archived(disk)).toBe('one event\n')
  })

  itWhere(has('flock'), 'needs flock')('do not wait for each other for ever', async () => {
    const disk = collector()
    const [publishing, enough] = [join(disk.root, 'publishing'), join(disk.root, 'enough')]
    disk.program(
      'publishLogs.py',
      `#!/bin/sh\ntouch '${publishing}'; while [ ! -e '${enough}' ]; do sleep 0.1; done\n`,
    )
    const slow = flush(disk)
    while (!existsSync(publishing)) await sleep(50)
    const impatient = await flush(disk, { profile: quick('beanstalk', { commandSeconds: 1 }) })
    expect(impatient).toMatchObject({ exitCode: 1, stdout: '' })
    expect(impatient.stderr).toContain('another flush is still running after 1 seconds')
    writeFileSync(enough, '')
    expect((await slow).exitCode).toBe(0)
  })
})

it('a file that grows while it is published is not executed by its name', async () => {
  const disk = collector()
  const name = `${ROTATED}/$(cd "$FAKE_S3" && echo >executed).gz`
  disk.write(name, 'one event\n')
  disk.program('publishLogs.py', `#!/bin/sh\necho another >>'${disk.root}${name}'\n`)
  const { paths } = await flush(disk)
  expect(paths).toEqual([name])
  expect(existsSync(join(disk.s3, 'executed'))).toBe(false)
})

describe('a flush that is killed', () => {
  for (const [moment, logrotate] of [
    ['before it rotates', '#!/bin/sh\nsleep 20\n'],
    ['after it rotated', `${REAL_LOGROTATE} "$@"\nsleep 20\n`],
  ] as const) {
    it(`${moment} leaves nothing that the next one stumbles over`, async () => {
      const disk = collector()
      disk.write(ACCESS_LOG, 'one event\n')
      disk.program('logrotate', logrotate)
      const killed = await flush(disk, { killAfterMs: 1_000 })
      expect(killed.stdout).toBe('')
      disk.program('logrotate', `${REAL_LOGROTATE} "$@"\n`)
      const next = await flush(disk)
      expect(next.paths).toHaveLength(1)
      expect(next.live).toEqual([])
      expect(archived(disk)).toBe('one event\n')
    })
  }

  it('in the middle of a compression leaves a file that is not written over', async () => {
    const disk = collector()
    disk.write(`/var/log/httpd/error_log-1426089661`, 'earlier\n')
    disk.write(`/var/log/httpd/error_log-1426089661.gz`, gzipSync('half\n'))
    disk.write('/var/log/httpd/error_log', '')
    disk.write(
      '/etc/logrotate.d/x.elasticbeanstalk.conf',
      `${disk.root}/var/log/httpd/*log {\n  notifempty\n  dateext\n  dateformat -%s\n}\n`,
    )
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/httpd.conf', '/var/log/httpd/*.gz\n')
    const flushed = await flush(disk)
    expect(flushed.live).toEqual([])
    expect(archived(disk).split('\n').sort()).toEqual(['', 'earlier', 'half'])
  })
})

describe('a machine that is not what the profile says', () => {
  it('gets no manifest, since one without files would pass for an empty instance', async () => {
    const flushed = await flush(makeDisk())
    expect(flushed).toMatchObject({ exitCode: 1, stdout: '' })
    expect(flushed.stderr).toContain('is this the right profile?')
  })

  it('gets none either when it publishes but rotates nothing that we know of', async () => {
    const disk = makeDisk()
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/a.conf', '/var/log/rotated/*\n')
    expect(await flush(disk)).toMatchObject({ exitCode: 1, stdout: '' })
  })

  it('gets no right to end when a configuration does not tell which logs it is about', async () => {
    const disk = collector()
    disk.program('logrotate', '#!/bin/sh\n')
    disk.write('/etc/logrotate.d/odd.elasticbeanstalk.conf', '"/var/log/odd.log {\n}\n')
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted.map(({ path }) => path)).toContain(
      '/etc/logrotate.d/odd.elasticbeanstalk.conf',
    )
  })
})

describe('the script', () => {
  it('finds its way to bash when another shell reads it', () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    const file = `${disk.root}/script`
    writeFileSync(file, scriptFor(quick('beanstalk')))
    const env = { PATH: disk.path, TERMINATION_GUARD_ROOT: disk.root, FAKE_S3: disk.s3 }
    const { stdout } = spawnSync('/bin/sh', [file], { env, encoding: 'utf8' })
    expect(stdout).toMatch(/^termination-guard manifest 2 \S+ end\n$/)
  })

  it.each(['sed', 'readlink', 'xargs'])(
    'says nothing where there is no %s, without which a log may be missed',
    async (tool) => {
      const disk = collector()
      disk.write(ACCESS_LOG, 'one event\n')
      const programs = mkdtempSync(join(tmpdir(), 'flush-programs-'))
      const folders = ['/usr/sbin', '/bin', '/usr/bin'].filter((folder) => existsSync(folder))
      for (const folder of folders)
        for (const name of readdirSync(folder).filter((name) => name !== tool))
          if (!existsSync(join(programs, name))) symlinkSync(join(folder, name), join(programs, name))
      const change = (script: string) => script.replace(/PATH="\$PATH:[^"]*"/, '')
      const { exitCode, stdout, stderr } = await flush(disk, { change, env: { PATH: programs } })
      rmSync(programs, { recursive: true })
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toContain(`termination-guard: there is no ${tool} here\n`)
    },
  )

  it.each(['/run', '/var/lib'])(
    'writes nothing where a link in %s leads that somebody made',
    async (folder) => {
      const disk = collector()
      disk.write(ACCESS_LOG, 'one event\n')
      disk.write('/elsewhere/.keep', '')
      disk.write(`${folder}/.keep`, '')
      symlinkSync(`${disk.root}/elsewhere`, `${disk.root}${folder}/termination-guard`)
      expect((await flush(disk)).paths).toHaveLength(1)
      expect(archivedTexts(disk)).toEqual(['one event\n'])
      expect(disk.list('/elsewhere')).toEqual(['.keep'])
    },
  )

  it.each([
    ['BASH_ENV', 'ROOT/etc/bash_env'],
    ['BASHOPTS', 'failglob'],
    ['SECONDS', '99999'],
  ])('asks nothing of the environment: not %s', async (name, value) => {
    const disk = collector()
    disk.write('/etc/bash_env', 'grep() { :; }; shopt -s nocaseglob; set -u\n')
    disk.write('/var/log/app/app.log', 'one event\n')
    const env = { [name]: value.replace('ROOT', disk.root) }
    const { manifest, paths } = await flush(disk, { profile: FILES, env })
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], notes: [] })
    expect(paths).toEqual(['/var/log/app/app.log'])
  })

  it('says one line and nothing else, however much its tools talk', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.program('publishLogs.py', '#!/bin/sh\nyes | head -c 100000\nyes | head -c 100000 >&2\n')
    const flushed = await flush(disk)
    expect(flushed.stdout).toMatch(/^termination-guard manifest 2 \S+ end\n$/)
    expect(flushed.stderr).toBe('')
  })
})

describe('a folder of ours that somebody removes meanwhile', () => {
  it('keeps no machine: what it held is where it was', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.write(`${ROTATED}/localhost_access_log.txt1466114461.gz`, gzipSync('older\n'))
    disk.program('publishLogs.py', `#!/bin/sh\nrm -r '${disk.root}/var/lib/termination-guard'\n`)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    const next = await flush(disk, { parameters: { Upload: '*' } })
    expect(next.manifest).toEqual({ ...manifest, uptimeSeconds: expect.anything() })
    expect(lackingOf(disk, next.manifest)).toEqual([])
  })

  it('stops no command: a service that does not end is told', async () => {
    const disk = collector()
    disk.write(ACCESS_LOG, 'one event\n')
    disk.script('/sbin/service', `#!/bin/sh\nrm -rf '${disk.root}/run/termination-guard'\n`)
    disk.write('/run/.keep', '')
    const { manifest } = await flush(disk, { profile: quick('beanstalk', { stopSeconds: 1 }) })
    expect(manifest.writers).toEqual([{ path: CONSOLE, name: expect.stringContaining('(service)') }])
  })
})

const small = join(mkdtempSync(join(tmpdir(), 'flush-small-')), 'disk')
const mounts = ((): boolean => {
  mkdirSync(small)
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs', small]).status === 0
})()

afterAll(() => {
  if (mounts) execFileSync('umount', [small])
  rmSync(join(small, '..'), { recursive: true })
})

describe('on a full disk', () => {
  itWhere(mounts, 'needs the right to mount a small disk')(
    'a flush renames the log, uploads it as it is, and loses nothing of it',
    async () => {
      const disk = collector(small)
      const events = 'an event\n'.repeat(20_000)
      disk.write(`${ROTATED}/localhost_access_log.txt1466114461.gz`, 'old')
      disk.write(ACCESS_LOG, events)
      spawnSync('dd', ['if=/dev/zero', `of=${small}/filler`, 'bs=4096'], { stdio: 'ignore' })
      const full = await flush(disk, { parameters: { Upload: '*' } })
      expect(full.exitCode).toBe(0)
      const old = `${ROTATED}/localhost_access_log.txt1466114461.gz`
      expect(full.paths).toContain(old)
      expect(full.live).toEqual([])
      expect(full.manifest.notes.join()).toContain('full disk?')
      const key = PREFIX + (full.paths.find((path) => path !== old) ?? '').replaceAll('/', '_')
      expect(disk.object(key)?.toString()).toBe(events)
    },
  )

  itWhere(mounts, 'needs the right to mount a small disk')(
    'a flush finds another place where the first has no room for a file more',
    async () => {
      for (const inodes of [2, 3, 4, 5]) {
        const disk = collector()
        disk.write(ACCESS_LOG, 'one event\n')
        disk.write('/tmp/.keep', '')
        disk.write('/run/.keep', '')
        const run = `${disk.root}/run`
        execFileSync('mount', ['-t', 'tmpfs', '-o', `nr_inodes=${inodes}`, 'tmpfs', run])
        const flushed = await flush(disk)
        execFileSync('umount', [run])
        expect(flushed.stderr).toBe('')
        expect(flushed.manifest).toMatchObject({ live: [], unaccounted: [], writers: [], notes: [] })
        expect(flushed.paths).toHaveLength(1)
      }
    },
  )
})
