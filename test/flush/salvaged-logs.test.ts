/** The logs on a dead machine's disk: a healthy one mounts a copy of it, and archives them as the dead one would have. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import {
  CLEAN,
  describeWithDisks,
  expectNothingLeft,
  HOUR_BEFORE,
  layDisk,
  layNumbered,
  layTomcat,
  NUMBERED,
  PUBLISHED,
  salvaged,
  writerAt,
} from './dead-disk.ts'
import { archivedTexts } from './disk.ts'
import { ACCESS_LOG, ROTATED } from './elastic-beanstalk.ts'
import { INSTANCE, PREFIX } from './flush.ts'
import * as volume from './volume.ts'

describeWithDisks(
  'of a machine that died while it was writing, every byte that its kernel would show is archived from',
  () => {
    it.each([
      ['an ext4 disk', { fileSystem: 'ext4' }],
      ['an ext4 partition', { fileSystem: 'ext4', isPartitioned: true }],
      ['an XFS disk', { fileSystem: 'xfs' }],
      ['an XFS partition', { fileSystem: 'xfs', isPartitioned: true }],
    ] as const)('%s', async (_name, shape) => {
      const image = await volume.volumeOfTheDead(shape, layTomcat, ACCESS_LOG)
      const twin = volume.attach(volume.copyOf(image))
      const part = 'isPartitioned' in shape ? `${twin}p2` : twin
      expect(volume.isUnclean(part, shape.fileSystem)).toBe(true)
      const at = volume.mountAt(part) // the kernel replays the journal
      const access = readFileSync(at + ACCESS_LOG, 'utf8')
      expect(access).toContain('\nline 500 ')

      const { healthy, device, flushed } = await salvaged(image)
      expect(flushed.manifest).toMatchObject({ ...CLEAN, census: 3 })
      expect(archivedTexts(healthy)).toEqual([access, 'an hour before\n', 'started\n'].sort())
      expect(flushed.paths.map((path) => path.replace(/(?<=txt|out)[0-9]{10}/, 'N'))).toEqual(
        ['catalina.outN.gz', 'localhost_access_log.txtN.gz', 'localhost_access_log.txtN.gz'].map(
          (name) => `${ROTATED}/${name}`,
        ),
      )
      expect(healthy.keys()).toContain(`${PREFIX}${HOUR_BEFORE.replaceAll('/', '_')}`)
      expectNothingLeft(healthy, device)
    })
  },
)

describeWithDisks('a log is archived under the name that its rotation would have given it', () => {
  const nameOf = (path: string) => path.slice('/var/log/my/'.length)

  it.each([
    ['numbers', NUMBERED],
    ['dates', NUMBERED.toSpliced(1, 0, 'dateext', 'dateformat -%Y')],
    ['an extension', NUMBERED.toSpliced(1, 0, 'dateext', 'dateformat -%Y', 'extension .log')],
    ['a user of the dead machine', NUMBERED.toSpliced(1, 0, 'su tomcat tomcat', 'create 640 tomcat tomcat')],
  ])('with %s', async (_name, lines) => {
    const image = layDisk((at) => layNumbered(at, lines))
    const at = volume.mountAt(volume.attach(volume.copyOf(image)))
    const users = /^(su|create) .*\n/gm
    writerAt(at)('/conf', lines.join('\n').replaceAll('/var', `${at}/var`).replaceAll(users, ''), 0o600)
    volume.root('logrotate', '-f', '-s', `${at}/state`, `${at}/conf`)
    const rotated = readdirSync(`${at}/var/log/my`).filter(
      (name) => statSync(`${at}/var/log/my/${name}`).size > 0,
    )
    const { flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject({ ...CLEAN, notes: [] })
    expect(flushed.paths.map(nameOf)).toEqual(rotated.sort())
  })

  it('of a configuration that another includes', async () => {
    const image = layDisk((at) => {
      layNumbered(at, ['include /etc/more'])
      writerAt(at)('/etc/more/.one', NUMBERED.join('\n'))
      for (const name of ['two.rpmsave', 'two.ucf-dist', 'two.cfsaved', 'two.rhn-cfg-tmp-1'])
        writerAt(at)(`/etc/more/${name}`, 'nonsense\n{\n')
    })
    const { flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject(CLEAN)
    expect(flushed.paths.map(nameOf)).toEqual(['app.log.1.gz', 'new.log.1.gz'])
  })
})

describeWithDisks('what is archived, too', () => {
  it('is of the configuration of its whole system what somebody publishes, and nothing of this one', async () => {
    const image = layDisk((at) => {
      layNumbered(at)
      writerAt(at)('/etc/logrotate.conf', 'weekly\ncompress\ninclude /etc/logrotate.d\n')
      writerAt(at)('/etc/logrotate.d/own', '/var/log/own/*.log {\n rotate 2\n}\n')
      writerAt(at)('/var/log/own/own.log', 'own\n')
      writerAt(at)('/opt/elasticbeanstalk/tasks/publishlogs.d/own.conf', '/var/log/own/*.gz\n')
    })
    const { healthy, flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject(CLEAN)
    expect(flushed.paths).toContain('/var/log/own/own.log.1.gz')
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n', 'own\n'])
  })

  it.each([
    ['by Windows', (lines: readonly string[]) => `\ufeff${lines.join('\r\n')}`],
    [
      'beside one in a home of nobody',
      ([name, ...lines]: readonly string[]) => `~/*.log ~none/x ${name}\n${lines.join('\n')}`,
    ],
    ['a second time', (lines: readonly string[]) => `${lines.join('\n')}${lines.join('\n')}`],
  ])('is what a configuration names %s', async (_how, written) => {
    const image = layDisk((at) => layNumbered(at, [written(NUMBERED)]))
    const { healthy, flushed } = await salvaged(image)
    expect(flushed.manifest.files).toHaveLength(2)
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
  })

  it.each([
    ['', '/var/lib/termination-guard'],
    ['beside the logs ', '/.termination-guard'],
  ])(
    'is what an earlier flush of the dead machine held %s, and nobody has elsewhere',
    async (_where, folder) => {
      const image = layDisk((at) => {
        layNumbered(at)
        writerAt(at)(`${folder}/${INSTANCE}/held/1-1/var/log/my/gone.log.1.gz`, 'held\n')
      })
      const { healthy, flushed } = await salvaged(image)
      expect(flushed.manifest).toMatchObject(CLEAN)
      expect(healthy.object(`${PREFIX}_var_log_my_gone.log.1.gz`)?.toString()).toBe('held\n')
    },
  )

  it('lies behind a link to another place of the disk', async () => {
    const image = layDisk((at) => {
      layNumbered(at)
      volume.root('mkdir', '-p', `${at}/data/a`)
      volume.root('mv', `${at}/var/log`, `${at}/data/a/log`)
      symlinkSync('/data/log', `${at}/var/log`)
      symlinkSync('../data/a/log', `${at}/data/log`)
    })
    const { healthy, flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject(CLEAN)
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
  })

  it.each(['../../../srv/my', '../../../..//..//srv/my'])(
    'lies behind a link that climbs beyond the root, which is the root: %s',
    async (target) => {
      const image = layDisk((at) => {
        layNumbered(at)
        mkdirSync(`${at}/srv`)
        volume.root('mv', `${at}/var/log/my`, `${at}/srv/my`)
        symlinkSync(target, `${at}/var/log/my`)
      })
      const { healthy, flushed } = await salvaged(image)
      expect(flushed.manifest).toMatchObject(CLEAN)
      expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
    },
  )

  it('lies beside links that cannot be followed, or are in a folder that may not be changed', async () => {
    const image = layDisk((at) => {
      layNumbered(at)
      mkdirSync(`${at}/opt/fixed`)
      symlinkSync('/secret', `${at}/opt/fixed/absolute`)
      symlinkSync('../nowhere', `${at}/opt/fixed/relative`)
      symlinkSync(`../${'x'.repeat(300)}`, `${at}/opt/long`)
      volume.root('chattr', '+i', `${at}/opt/fixed`)
    })
    const { healthy, flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject(CLEAN)
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
  })

  it('lies beside links that lead in circles', async () => {
    const image = layDisk((at) => {
      layNumbered(at)
      for (const [path, target] of [
        ['/etc/absolute', '/etc/absolute'],
        ['/etc/relative', 'relative'],
        ['/etc/climbing', '../etc/climbing'],
        ['/etc/one', '/etc/another'],
        ['/etc/another', 'one'],
      ] as const)
        symlinkSync(target, at + path)
    })
    const { healthy, flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject(CLEAN)
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
  })

  it('is a log on a disk that is full to the last byte', async () => {
    const image = layDisk((at) => {
      layNumbered(at)
      volume.root(
        '/bin/sh',
        '-c',
        `cat /dev/zero >${at}/fill 2>/dev/null; echo >${at}/more 2>/dev/null; true`,
      )
    })
    const { healthy, device, flushed } = await salvaged(image)
    expect(flushed.manifest).toMatchObject({ live: [], unaccounted: [], census: 2 })
    expect(archivedTexts(healthy)).toEqual(['first\n', 'new\n'])
    expectNothingLeft(healthy, device)
  })
})

describeWithDisks('of another file system that was mounted on the disk', () => {
  const missed = (folder: string) => [{ path: folder, size: 0, why: 'was on another disk, or in memory' }]
  const withTable = async (lines: readonly string[], lay: (at: string) => void = () => undefined) => {
    const image = layDisk((at) => {
      layNumbered(at)
      writerAt(at)('/etc/fstab', `UUID=1 / ext4 defaults 0 1\n#UUID=2 /var/log ext4\n${lines.join('\n')}`)
      lay(at)
    })
    return (await salvaged(image)).flushed.manifest
  }

  it.each(['/var', '/var/log', '/var/log/', '/var/log/my'])('the logs in %s are missed', async (folder) => {
    const { unaccounted } = await withTable([`/dev/sdf\t${folder}  xfs defaults,nofail 0 2`])
    expect(unaccounted).toEqual(missed(folder.replace(/\/$/, '')))
  })

  it.each(['/data/logs', '../../data/logs', '../../../../data/logs'])(
    'the logs behind a link to it are missed: %s',
    async (target) => {
      const { unaccounted, files } = await withTable(['/dev/sdf /data xfs'], (at) => {
        mkdirSync(`${at}/data`)
        volume.root('rm', '-r', `${at}/var/log/my`)
        symlinkSync(target, `${at}/var/log/my`)
      })
      expect({ unaccounted, files }).toEqual({ unaccounted: missed('/data'), files: [] })
    },
  )

  it('a log that is a link to it is missed', async () => {
    const { unaccounted } = await withTable(['/dev/sdf /data xfs'], (at) =>
      symlinkSync('/data/more.log', `${at}/var/log/my/more.log`),
    )
    expect(unaccounted).toEqual(missed('/data'))
  })

  it('what was rotated to it is missed', async () => {
    const { unaccounted } = await withTable(['/dev/sdf /data xfs'], (at) => {
      mkdirSync(`${at}/data/old`, { recursive: true })
      layNumbered(at, NUMBERED.toSpliced(1, 0, 'olddir /data/old'))
    })
    expect(unaccounted).toEqual(missed('/data'))
  })

  it.each([
    '/etc/systemd/system/var-log-my.mount',
    '/usr/lib/systemd/system/local-fs.target.wants/var-log-my.mount',
  ])('the logs where a unit mounted it are missed: %s', async (unit) => {
    const { unaccounted } = await withTable([], (at) =>
      writerAt(at)(unit, '[Unit]\nBefore=local-fs.target\n[Mount]\nWhat=tmpfs\nWhere=/var/log/my'),
    )
    expect(unaccounted).toEqual(missed('/var/log/my'))
  })

  it('what was logged in memory is missed', async () => {
    const { unaccounted } = await withTable([], (at) => {
      mkdirSync(`${at}/run/my`, { recursive: true })
      symlinkSync('../run', `${at}/var/run`)
      writerAt(at)(PUBLISHED, '/var/run/my/*.log\n')
    })
    expect(unaccounted).toEqual(missed('/run'))
  })

  it('a table that is too large to be read is told', async () => {
    const { unaccounted } = await withTable(['# for long\n'.repeat(100_000)])
    expect(unaccounted).toEqual([{ path: '/etc/fstab', size: 0, why: 'is too large to be read' }])
  })

  it.each(['/data/my /var/log/my none bind 0 0', '/data/my\t/var/log/my/ none defaults,rbind'])(
    'none is missed that is on the disk itself, and was only shown there: %s',
    async (line) => {
      const manifest = await withTable(['#/x /y none bind', line], (at) => {
        mkdirSync(`${at}/data`)
        volume.root('mv', `${at}/var/log/my`, `${at}/data/my`)
        mkdirSync(`${at}/var/log/my`)
      })
      expect(manifest).toMatchObject(CLEAN)
      expect(manifest.files.map(({ path }) => path)).toEqual([
        '/var/log/my/app.log.1.gz',
        '/var/log/my/new.log.1.gz',
      ])
    },
  )

  it.each([
    [
      'which is none, since it is on another disk',
      ['/dev/sdf /data xfs', '/data/my /var/log/my none bind'],
      '/data',
    ],
    ['which hides what is there', ['/data /var/log/my none bind'], '/var/log/my'],
    ['which is not there', ['/none /var/log/my none bind'], '/var/log/my'],
  ])('the logs in a folder of this disk %s, are missed', async (_which, lines, missing) => {
    const { unaccounted } = await withTable(lines, (at) => {
      mkdirSync(`${at}/data/my`, { recursive: true })
      if (missing === '/data') volume.root('rm', '-r', `${at}/var/log/my`)
      mkdirSync(`${at}/var/log/my`, { recursive: true })
    })
    expect(unaccounted).toEqual(missed(missing))
  })

  it('nothing is missed where no logs were', async () => {
    const lines = ['/dev/sdf /data xfs', '/dev/sdg none swap sw 0 0', '', 'x /var/log/mybe xfs', '']
    expect(
      await withTable(lines, (at) => {
        mkdirSync(`${at}/database`)
        symlinkSync('/database', `${at}/var/log/my/elsewhere`)
        writerAt(at)('/usr/lib/systemd/system/var-log-my.mount', '[Mount]\nWhere=/var/log/my\n')
      }),
    ).toMatchObject(CLEAN)
  })
})
