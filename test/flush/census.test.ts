// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** The inventory is the census, as it ends: whatever held bytes before a flush is in its inventory, or it is named. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush, quick } from './flush.ts'
import { itWhere } from './it-where.ts'
import { endWriting, running, writing } from './writing.ts'

afterEach(endWriting)
afterAll(removeDisks)

const LOG = '/var/log/my/app.log'
const describeWhere = hasLogrotate() ? describe : describe.skip

/** An instance with one rotated log, and what of it is published. */
function instance(published: string, directives: readonly string[], log = LOG): Disk {
  const disk = makeDisk()
  disk.write(log, 'one\ntwo\n')
  const block = [`${disk.root}${log.replace(/[^/]+$/, '*.log')} {`, ...directives, '}', '']
  disk.write(
    '/etc/logrotate.elasticbeanstalk.hourly/app.conf',
    block.join('\n').replaceAll('ROOT', disk.root),
  )
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', `${published}\n`)
  disk.write('/var/log/my/rotated/.keep', '')
  return disk
}

/** The log's lines, wherever in S3 they are and however they are compressed. */
function archived(disk: Disk): string {
  const programs: Record<string, string> = { gz: 'gzip', xz: 'xz', bz2: 'bzip2', zst: 'zstd' }
  const read = (key: string) => {
    const program = programs[key.split('.').at(-1) ?? '']
    const input = disk.object(key) ?? Buffer.alloc(0)
    return program ? execFileSync(program, ['-dc'], { input }).toString() : input.toString()
  }
  return disk.keys().map(read).join('')
}

const COPY = ['copytruncate', 'compress', 'rotate 5', 'missingok']
const DATED = ['dateext', 'compress', 'rotate 5']

describeWhere('a log is archived in one flush', () => {
  it.each([
    [
      'that is published under its own name',
      '/var/log/my/*.log',
      [...COPY, 'dateext', 'dateformat -%Y%m%d-%H%M%S'],
    ],
    [
      'with another compressor',
      '/var/log/my/*.xz',
      [...DATED, 'delaycompress', 'compresscmd /usr/bin/xz', 'compressext .xz'],
    ],
    [
      'whose date ends in a letter',
      '/var/log/my/*.gz',
      [...DATED, 'delaycompress', 'dateformat .%Y-%m-%dT%H%M%SZ'],
    ],
    [
      'whose published names have their digits written out',
      '/var/log/my/app.log-[0-9][0-9]*.gz',
      [...DATED, 'delaycompress'],
    ],
    ['whose published names begin with anything', '/var/log/my/*log*gz', [...DATED, 'delaycompress']],
    [
      'that is rotated to where nobody publishes',
      '/var/log/other/*',
      [...COPY, 'olddir ROOT/var/log/my/rotated'],
    ],
    ['that is copied and kept', '/var/log/my/*.gz', ['copy', 'compress', 'rotate 2']],
    ['that is copied', '/var/log/my/*.gz', COPY],
    [
      'that a script of the rotation would delete',
      '/var/log/my/*',
      [...DATED, 'lastaction', 'rm -f ROOT/var/log/my/*', 'endscript'],
    ],
    ['that would be shredded', '/var/log/my/*.gz', [...DATED, 'shred', 'rotate 0', 'maxage 1']],
    ['that would be mailed', '/var/log/my/*.gz', ['rotate 0', 'compress', 'mail root@localhost']],
    ['that keeps its extension', '/var/log/my/*.gz', [...DATED, 'extension .log']],
  ])('%s', async (_what, published, directives) => {
    const disk = instance(published, directives)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], writers: [] })
    expect(manifest.files).toHaveLength(1)
    expect(archived(disk)).toBe('one\ntwo\n')
  })

  it('although it was rotated under the same date already', async () => {
    const disk = instance('/var/log/my/*.gz', DATED)
    const day = new Date()
    const date = `${day.getFullYear()}${String(day.getMonth() + 1).padStart(2, '0')}${String(day.getDate()).padStart(2, '0')}`
    disk.write(`${LOG}-${date}.gz`, execFileSync('gzip', ['-c'], { input: 'earlier\n' }))
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
    expect(archived(disk).split('\n').sort()).toEqual(['', 'earlier', 'one', 'two'])
  })

  it.each([
    ['a number', '-7', /^app\.log-8\.gz$/],
    ['a number with a zero before it', '-0859', /^app\.log-0?860\.gz$/],
    ['a date, whose next may be none', '-20261231', /^app\.log-20261231-\d{10}\.gz$/],
    ['a word', '-old', /^app\.log-old-\d{10}\.gz$/],
  ])('although its next name is taken: %s', async (_what, ending, next) => {
    const disk = instance('/var/log/my/*.gz', ['compress', 'dateext', `dateformat ${ending}`])
    disk.write(`${LOG}${ending}.gz`, execFileSync('gzip', ['-c'], { input: 'earlier\n' }))
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [], notes: [] })
    expect(disk.list('/var/log/my')).toContainEqual(expect.stringMatching(next))
    expect(archived(disk).split('\n').sort()).toEqual(['', 'earlier', 'one', 'two'])
  })

  it('whose configuration is named by cron alone', async () => {
    const disk = instance('/var/log/other/*', COPY)
    disk.write('/var/log/own/own.log', 'own\n')
    disk.write('/etc/logrotate.d/own', `${disk.root}/var/log/own/*.log {\n copytruncate\n}\n`)
    disk.script('/etc/cron.hourly/own', '#!/bin/sh\n/usr/sbin/logrotate -f /etc/logrotate.d/own\n')
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
    expect(archived(disk).split('\n').sort()).toEqual(['', 'one', 'own', 'two'])
  })

  it('of an included block, with all that it was rotated to', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    const block = `${disk.root}${LOG} {\n rotate 2\n compress\n}\n`
    disk.write('/etc/more/app', block)
    disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', `include ${disk.root}/etc/more\n`)
    for (const n of [1, 2, 3, 4])
      disk.write(`${LOG}.${n}.gz`, execFileSync('gzip', ['-c'], { input: `old ${n}\n` }))
    expect((await flush(disk)).manifest).toMatchObject({ census: 5, live: [], unaccounted: [] })
    expect(
      archived(disk)
        .match(/old \d/g)
        ?.sort(),
    ).toEqual(['old 1', 'old 2', 'old 3', 'old 4'])
  })

  it.each(['/var/log/nginx/healthd/application.log', '/var/log/cron', '/var/log/dnf.rpm.log'])(
    'but what the platform never publishes by its own design: %s',
    async (log) => {
      const disk = instance('/var/log/other/*', COPY, log)
      disk.write(`${log}-20261125.gz`, 'older')
      disk.write(
        '/etc/logrotate.elasticbeanstalk.hourly/app.conf',
        `${disk.root}${log} {\n${COPY.join('\n')}\n}\n`,
      )
      expect((await flush(disk)).manifest).toMatchObject({ files: [], live: [], unaccounted: [] })
    },
  )

  it('although the platform never publishes it, where somebody does all the same', async () => {
    const disk = instance('/var/log/messages*', COPY, '/var/log/messages')
    expect((await flush(disk)).paths).toEqual(['/var/log/messages'])
    expect(archived(disk)).toBe('one\ntwo\n')
  })

  it.each([
    '/var/log/cron-jobs.log',
    '/var/log/cron.log',
    '/var/log/messages_api.log',
    '/var/log/securely.log',
  ])('although its name begins like such a one: %s', async (log) => {
    const disk = instance('/var/log/other/*', COPY, log)
    await flush(disk)
    expect(archived(disk)).toBe('one\ntwo\n')
  })

  it('in a folder with a line break in its name', async () => {
    const disk = instance('/var/log/my/*.gz', COPY, '/var/log/m\ny/app.log')
    const config = `${disk.root}/var/log/*/*.log {\n${COPY.join('\n')}\n}\n`
    disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', config)
    await flush(disk)
    expect(archived(disk)).toBe('one\ntwo\n')
  })
})

describeWhere('a writer', () => {
  it('that nobody knew is asked to end, and its buffer is in the archive', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    await writing(disk, LOG, ':', 'echo buffered >&5; exit')
    expect((await flush(disk)).manifest).toMatchObject({ live: [], writers: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\ntwo\nbuffered\n')
  })

  it('that waits for the flush itself, as the agent does, is named, and not asked to end', async () => {
    const disk = instance('/var/log/my/*', COPY)
    const within = `/bin/bash -c 'exec 5>>"$0"; "$@"; exit $?' ${disk.root}${LOG}`
    const { exitCode, manifest } = await flush(disk, { within })
    expect(exitCode).toBe(0)
    expect(manifest.writers).toEqual([{ path: LOG, name: expect.stringMatching(/^bash, pid \d+$/) }])
  })

  it('that nobody knew is not asked to end where the profile says so', async () => {
    const disk = instance('/var/log/my/*', COPY)
    await writing(disk, LOG, ':', ': >"$1.asked"; exit')
    const profile = quick('beanstalk', { endUnknownWriters: false, stopSeconds: 1 })
    const { manifest } = await flush(disk, { profile })
    // Its own child has the log open, too, for as long as it lives.
    expect(manifest.writers).toContainEqual({
      path: LOG,
      name: expect.stringMatching(/^(bash|sleep), pid \d+$/),
    })
    expect(disk.list('/var/log/my')).not.toContain('app.log.asked')
  })

  it('that stays is named, and its log is live', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    await writing(disk, LOG, ':', '')
    const { manifest } = await flush(disk)
    // What it waits with has the log open as well, and either is the one that is named.
    const name = expect.stringMatching(/^(bash|sleep), pid \d+$/)
    expect(manifest.writers).toEqual([{ name, path: LOG }])
    expect(manifest.live).toEqual([{ path: LOG, size: 8 }])
  })

  it('that was stopped in its tracks hears that it is to end', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    await running(
      disk,
      `trap 'echo three >>"$1"; exit' TERM; exec 5>>"$1"; : >"$2"; kill -STOP $$; while :; do sleep 0.05; done`,
      disk.root + LOG,
    )
    expect((await flush(disk)).manifest).toMatchObject({ live: [], writers: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\ntwo\nthree\n')
  })

  it('whose log was removed takes no line with it', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    await writing(disk, LOG, 'rm -f "$1"; echo three >&5')
    expect((await flush(disk)).manifest).toMatchObject({ census: 1, live: [], writers: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\ntwo\nthree\n')
  })

  it('whose end removes the whole folder takes no line with it', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    await writing(disk, LOG, ':', 'rm -rf "${1%/*}"; exit')
    expect((await flush(disk)).manifest).toMatchObject({ census: 1, writers: [], unaccounted: [] })
    expect(archived(disk)).toBe('one\ntwo\n')
  })
})

describeWhere('a publisher', () => {
  it('that uploads nothing and removes what it should have, loses nothing', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    disk.program('publishLogs.py', `#!/bin/sh\nrm -f ${disk.root}/var/log/my/*.gz\n`)
    const first = await flush(disk)
    expect(first.paths).toHaveLength(1)
    const second = await flush(disk, { parameters: { Upload: '*' } })
    expect(second.paths).toEqual(first.paths)
    expect(archived(disk)).toBe('one\ntwo\n')
  })

  it('that removes a file which grows all the same ends nothing', async () => {
    const disk = instance('/var/log/my/*', COPY)
    const held = 'var/lib/termination-guard/*/held/*/var/log/my/app.log*'
    const meddle = `rm var/log/my/app.log*; for held in ${held}; do echo more >>"$held"; done`
    disk.program('publishLogs.py', `#!/bin/sh\ncd ${disk.root}\n${meddle}\n`)
    const { manifest } = await flush(disk)
    expect(manifest.live).toEqual([{ path: manifest.files[0]?.path, size: 13 }])
  })

  it('cannot make two files of one key: both are named and neither is uploaded', async () => {
    const disk = makeDisk()
    disk.write('/var/log/a_b/c', '1')
    disk.write('/var/log/a/b_c', '2')
    const { manifest } = await flush(disk, {
      profile: quick('files', { publishGlobs: ['/var/log/*/*'], keyRule: 'underscores' }),
    })
    expect(manifest.unaccounted.map(({ path }) => path).sort()).toEqual(['/var/log/a/b_c', '/var/log/a_b/c'])
    expect(disk.keys()).toEqual([])
  })

  it('that writes a file takes no other file out of the inventory, where two share a key', async () => {
    const disk = makeDisk()
    for (const name of ['a/b_c', 'a_b/c', 'z/1', 'z/2']) disk.write(`/var/log/${name}`, name)
    disk.program('publishLogs.py', `#!/bin/sh\necho new >${disk.root}/var/log/z/3\n`)
    const { publisher } = quick('beanstalk')
    const { paths } = await flush(disk, {
      profile: quick('files', { publishGlobs: ['/var/log/*/*'], keyRule: 'underscores', publisher }),
    })
    expect(paths).toEqual(['/var/log/z/1', '/var/log/z/2', '/var/log/z/3'])
  })
})

describeWhere('what cannot be asked about', () => {
  it('is named, never skipped', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    disk.program('stat', '#!/bin/bash\ncase "$*" in *app.log*) exit 1 ;; esac\nexec /usr/bin/stat "$@"\n')
    expect((await flush(disk)).manifest.unaccounted).toEqual([
      { path: LOG, size: 0, why: 'cannot be asked about' },
    ])
  })

  it('is everything where there is no stat: there is no manifest then', async () => {
    const disk = instance('/var/log/my/*.gz', COPY)
    disk.program('stat', '#!/bin/sh\nexit 127\n')
    expect(await flush(disk)).toMatchObject({ exitCode: 1, stdout: '' })
  })
})

describe('the AWS CLI', () => {
  it('that hangs is found at once, and told', async () => {
    const disk = makeDisk()
    for (let i = 0; i < 100; i++) disk.write(`/var/log/app/${i}`, 'x')
    disk.program('aws', '#!/bin/sh\nexec sleep 100\n')
    const { manifest } = await flush(disk, {
      profile: quick('files'),
      parameters: { ExecutionTimeout: '20' },
    })
    expect(manifest.notes.join()).toContain('the AWS CLI does not answer')
    rmSync(disk.s3, { recursive: true })
  })

  it('that hangs with each file is found with the first', async () => {
    const disk = makeDisk()
    for (let i = 0; i < 100; i++) disk.write(`/var/log/app/${i}`, 'x')
    disk.program('aws', '#!/bin/sh\ncase $* in *skeleton*) exit ;; esac\nexec sleep 100\n')
    const parameters = { ExecutionTimeout: '9' }
    const { manifest } = await flush(disk, { profile: quick('files'), parameters })
    expect(manifest.notes).toEqual(['nothing is uploaded directly: the AWS CLI does not answer'])
    rmSync(disk.s3, { recursive: true })
  })
})

describeWhere('a log whose old folder is another disk', () => {
  for (const [what, ...mount] of [
    ['', '-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs'],
    [', also where it is another mount of the same one', '--bind'],
  ])
    itWhere(process.getuid?.() === 0, 'needs the right to mount')(
      `is renamed where it is, not copied${what}`,
      async () => {
        const disk = instance('/var/log/none/*', ['olddir rotated', 'rotate 5'])
        const folder = `${disk.root}/var/log/my/rotated`
        mkdirSync(`${disk.root}/srv`)
        const source = mount[0] === '--bind' ? [`${disk.root}/srv`] : []
        execFileSync('mount', [...mount, ...source, folder])
        const { paths } = await flush(disk).finally(() => execFileSync('umount', [folder]))
        expect(paths).toEqual([`${LOG}.1`])
        expect(archived(disk)).toBe('one\ntwo\n')
      },
    )
})

describeWhere('what a flush holds that is killed is archived by the next one:', () => {
  /** Killed as it hashes; then all logs are removed. */
  const nextOf = async (disk: Disk) => {
    disk.program('md5sum', `#!/bin/sh\n: >${disk.root}/reached\nexec sleep 60\n`)
    const reached = async () => {
      while (!existsSync(`${disk.root}/reached`)) await sleep(20)
    }
    await flush(disk, { killed: reached })
    disk.program('md5sum', '#!/bin/sh\nexec /usr/bin/md5sum "$@"\n')
    execFileSync('find', [`${disk.root}/var/log`, '-type', 'f', '!', '-path', '*/held/*', '-delete'])
    return (await flush(disk)).manifest
  }

  it('of a folder whose name begins with a dot', async () => {
    const disk = instance('/var/log/none/*', ['missingok'], '/var/log/.my/app.log')
    expect(await nextOf(disk)).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archived(disk)).toBe('one\ntwo\n')
  })

  itWhere(process.getuid?.() === 0, 'needs the right to mount')('of another disk', async () => {
    const disk = instance('/var/log/none/*', ['missingok'])
    const folder = `${disk.root}/var/log/my`
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs', folder])
    try {
      disk.write(LOG, 'one\ntwo\n')
      expect(await nextOf(disk)).toMatchObject({ live: [], unaccounted: [], writers: [] })
      expect(archived(disk)).toBe('one\ntwo\n')
    } finally {
      execFileSync('umount', [folder])
    }
  })
})
