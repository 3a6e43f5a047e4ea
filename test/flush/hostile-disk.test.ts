/** A disk that is salvaged is a stranger's: nothing on it is executed, and nothing on it leads to the healthy machine. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import {
  describeWithDisks,
  expectNothingLeft,
  layDisk,
  layNumbered,
  NUMBERED,
  ownOf,
  PUBLISHED,
  salvage,
  writerAt,
} from './dead-disk.ts'
import { archivedTexts, type Disk, makeDisk } from './disk.ts'
import { type Flushed, INSTANCE } from './flush.ts'
import * as volume from './volume.ts'

const SECRET = 'a secret of the healthy machine\n'

/** The healthy machine has a secret, and must be the same afterwards. */
async function expectHarmless(lay: (at: string, healthy: Disk) => void): Promise<Flushed> {
  const healthy = makeDisk()
  for (const path of ['/secret', '/var/log/my/secret.log', '/var/log/my/secret.log.1.gz', '/etc/passwd'])
    healthy.write(path, SECRET)
  const image = layDisk((at) => {
    layNumbered(at)
    lay(at, healthy)
  })
  mkdirSync(`${healthy.root}/run`)
  const before = ownOf(healthy)
  const device = volume.attach(image)
  const flushed = await salvage(healthy, device)
  expect(flushed.manifest).toMatchObject({ instanceId: INSTANCE, files: expect.arrayContaining([]) })
  expect(archivedTexts(healthy).join()).not.toContain('secret')
  expectNothingLeft(healthy, device)
  expect(ownOf(healthy)).toEqual(before)
  return flushed
}

/** A path that climbs from a folder of the mounted disk to `/`, and down again. */
const climbing = (path: string) => `${'../'.repeat(40)}${path.slice(1)}`
const unaccountedOf = ({ manifest }: Flushed) => manifest.unaccounted.map(({ path }) => path)

describeWithDisks('nothing on the disk leads to the healthy machine:', () => {
  it.each([
    ['a log that is a link', '/var/log/my/x.log', '/secret'],
    ['a rotated log that is a link', '/var/log/my/x.log.1.gz', '/secret'],
    ['a folder that is a link', '/var/log/tomcat8', '/var/log/my'],
    ['a link to everything', '/var/log/my/x.log.d', ''],
  ])('%s, absolute or climbing', async (_name, path, target) => {
    const flushed = await expectHarmless((at, healthy) => {
      writerAt(at)('/opt/elasticbeanstalk/tasks/publishlogs.d/all.conf', '/var/log/*/*\n/var/log/*/*/*\n')
      symlinkSync(healthy.root + target, at + path)
      symlinkSync(climbing(healthy.root + target), `${at + path}.2.gz`)
      symlinkSync(`./${climbing(healthy.root + target)}`, `${at + path}.3.gz`)
    })
    expect(unaccountedOf(flushed)).toEqual([`${path}.3.gz`])
    expect(flushed.paths).toEqual(['/var/log/my/app.log', '/var/log/my/new.log'])
  })

  it('a link to what is not there yet, where the script would write', async () => {
    await expectHarmless((at, healthy) => {
      const state = `${at}/var/lib/termination-guard/${INSTANCE}`
      mkdirSync(state, { recursive: true, mode: 0o700 })
      for (const [name, target] of [
        ['logs', `${healthy.root}/absolute`],
        ['digests', climbing(`${healthy.root}/climbing`)],
        ['unaccounted', climbing(`${healthy.root}/run/../climbing`)],
        ['formed', `./../.${climbing(`${healthy.root}/dotted`)}`],
      ] as const)
        symlinkSync(target, `${state}/${name}`)
    })
  })

  it('a table that shows folders of it, or its own folders in its place', async () => {
    const flushed = await expectHarmless((at, healthy) => {
      mkdirSync(`${healthy.root}/empty`)
      mkdirSync(`${at}/var/log/of`)
      const up = climbing(healthy.root)
      const lines = [
        `/${up}/var/log/my /var/log/of`,
        `/var/log/my /${up}/empty`,
        `/../../..${healthy.root} /var/log/of`,
      ]
      writerAt(at)('/etc/fstab', lines.map((line) => `${line} none bind\n`).join(''))
    })
    expect(unaccountedOf(flushed)).toHaveLength(3)
  })

  it('a folder of ours that is a link', async () => {
    await expectHarmless((at, healthy) => symlinkSync(`${healthy.root}/var`, `${at}/var/lib`))
  })

  it('what an earlier flush is said to have held, and to have known', async () => {
    await expectHarmless((at, healthy) => {
      const write = (name: string, text: string) =>
        writerAt(at)(`/var/lib/termination-guard/${INSTANCE}/${name}`, text)
      write('hold-folders', `${healthy.root}/var\n${healthy.root}\n`)
      write('device', `1:/x/;e touch ${healthy.root}/touched;`)
      write('digests', '1:2 3 4 5|6 7 8 - -\n')
      write('logs', `/${climbing(`${healthy.root}/var/log/my/secret.log`)}\0`)
      write('unaccounted', `open\t1\twhy\t/${climbing(`${healthy.root}/secret`)}\0`)
    })
  })

  it.each([
    ['climbs', (secret: string) => `/${climbing(secret)}`],
    ['climbs by a glob', (secret: string) => `${'/.*'.repeat(40)}${secret}`],
    ['climbs by an escape', (secret: string) => `${'/.\\.'.repeat(40)}${secret}*`],
    ['climbs by another glob', (secret: string) => `${'/.?'.repeat(40)}${secret}`],
  ])('a publish glob that %s', async (_name, glob) => {
    const flushed = await expectHarmless((at, healthy) =>
      writerAt(at)(PUBLISHED, `${glob(`${healthy.root}/secret`)}\n`),
    )
    expect(flushed.manifest.unaccounted[0]).toMatchObject({ why: 'leads off the disk' })
  })

  it.each<readonly [string, (healthy: string) => readonly string[]]>([
    ['a log', (healthy) => [`/${climbing(healthy)}/var/log/my/secret.log {`, 'rotate 5', '}']],
    ['a log that is not there', (healthy) => [`/${climbing(healthy)}/var/log/my/secre {`, 'rotate 5', '}']],
    [
      'an old folder',
      (healthy) => ['/var/log/my/*.log {', `olddir /${climbing(healthy)}/var`, 'rotate 5', '}'],
    ],
    [
      'an old folder below',
      (healthy) => ['/var/log/my/*.log {', `olddir ${climbing(healthy)}/var`, 'rotate 5', '}'],
    ],
    ['a configuration to include', (healthy) => [`include /${climbing(healthy)}/include`]],
    ['an absolute one to include', (healthy) => [`include ${healthy}/include`]],
    ['one to include with a sign', (healthy) => [`include=${healthy}/include`]],
    [
      'an extension',
      (healthy) => ['/var/log/my/*.log {', `addextension /${climbing(healthy)}/made/x`, 'rotate 5', '}'],
    ],
  ])('%s that a configuration names', async (_name, lines) => {
    const { manifest } = await expectHarmless((at, healthy) => {
      healthy.write('/include', '/var/log/my/*.log {\nrotate 5\n}\n')
      writerAt(at)('/etc/logrotate.d/elasticbeanstalk.more.conf', [...lines(healthy.root), ''].join('\n'))
    })
    expect(manifest.unaccounted).not.toEqual([])
  })

  it('a configuration that cron names', async () => {
    await expectHarmless((at, healthy) => {
      healthy.write('/mine.conf', `${healthy.root}/var/log/my/*.log {\nrotate 5\n}\n`)
      writerAt(at)(
        '/etc/cron.hourly/rotate',
        `logrotate /etc/${climbing(`${healthy.root}/mine.conf`)}\n`,
        0o755,
      )
    })
  })
})

describeWithDisks('nothing of the disk is executed or opened that is no file:', () => {
  const touching = (healthy: Disk) => `#!/bin/sh\ntouch ${healthy.root}/touched\ncat\n`

  it('no script of a rotation', async () => {
    await expectHarmless((at, healthy) => {
      const script = [`touch ${healthy.root}/touched`, 'endscript']
      const scripts = ['firstaction', 'prerotate', 'postrotate', 'lastaction'].flatMap((name) => [
        name,
        ...script,
      ])
      layNumbered(at, NUMBERED.toSpliced(1, 0, ...scripts))
    })
  })

  it.each(['compresscmd /opt/evil', 'compresscmd /bin/sh', 'compresscmd=/opt/evil', 'compresscmd evil'])(
    'not by %s',
    async (directive) => {
      const flushed = await expectHarmless((at, healthy) => {
        layNumbered(at, NUMBERED.toSpliced(1, 0, directive, 'compressext .gz'))
        writerAt(at)('/var/log/my/app.log', `touch ${healthy.root}/touched\n`)
        writerAt(at)('/opt/evil', touching(healthy), 0o4755)
        healthy.program('evil', touching(healthy))
      })
      expect(flushed.paths.length).toBe(2)
    },
  )

  it('no publisher, and no service is asked or stopped', async () => {
    await expectHarmless((at, healthy) => {
      for (const path of [
        '/sbin/service',
        '/bin/systemctl',
        '/usr/bin/publishLogs.py',
        '/bin/gzip',
        '/bin/sh',
      ])
        writerAt(at)(path, touching(healthy), 0o4755)
      writerAt(at)('/etc/cron.d/publishlogs', `@hourly root touch ${healthy.root}/touched\n`)
      for (const name of ['publishLogs.py', 'service', 'systemctl']) healthy.program(name, touching(healthy))
    })
  })

  it('not even by name: the mount refuses programs, devices, their owner’s rights, and a panic', async () => {
    const healthy = makeDisk()
    healthy.program(
      'aws',
      '#!/bin/sh\ngrep termination-guard-salvage/disk /proc/self/mountinfo >>"$FAKE_S3/mounts"\n',
    )
    const image = layDisk((at) => layNumbered(at))
    volume.root('tune2fs', '-e', 'panic', image)
    await salvage(healthy, volume.attach(image))
    const ours = healthy
      .readS3('mounts')
      .split('\n')
      .find((mount) => mount.includes(` ${healthy.root}/`))
    expect(ours).toMatch(/ rw,nosuid,nodev,noexec[ ,].*errors=remount-ro/)
  })

  it('no configuration or list without an end', async () => {
    const flushed = await expectHarmless((at) => {
      const config = (name: string) => `/etc/logrotate.d/elasticbeanstalk.${name}.conf`
      writerAt(at)(config('huge'), '# for long\n'.repeat(100_000))
      writerAt(at)(config('includes-huge'), `include ${config('huge')}\n`)
      writerAt(at)(config('includes-itself'), `include ${config('includes-itself')}\n`)
      writerAt(at)(PUBLISHED, '/var/log/my/*.log\n')
      volume.root('truncate', '-s', '2M', at + PUBLISHED)
    })
    const configs = ['huge', 'includes-huge', 'includes-itself'].map(
      (name) => `/etc/logrotate.d/elasticbeanstalk.${name}.conf`,
    )
    expect(unaccountedOf(flushed).sort()).toEqual([...configs, PUBLISHED])
  })

  it('no device, pipe or socket that is named as a log', async () => {
    const flushed = await expectHarmless((at) => {
      volume.root('mknod', `${at}/var/log/my/zero.log`, 'c', '1', '5')
      volume.root('mknod', `${at}/var/log/my/disk.log.1.gz`, 'b', '7', '0')
      volume.root('mkfifo', `${at}/var/log/my/pipe.log`, `${at}/etc/logrotate.d/elasticbeanstalk.pipe.conf`)
      volume.root('mkfifo', `${at}/etc/pipe`)
      layNumbered(at, [...NUMBERED, 'include /etc/pipe', ''])
    })
    expect(flushed.paths).toEqual(['/var/log/my/app.log.1.gz', '/var/log/my/new.log.1.gz'])
  })
})
