// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** Ways in which a line can go with a good word: empty logs, odd names, files that are cut or written over. */
import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush, quick } from './flush.ts'
import { endWriting, writing } from './writing.ts'

afterEach(endWriting)
afterAll(removeDisks)

const describeWhere = hasLogrotate() ? describe : describe.skip

/** An instance whose logrotate is about these patterns, and whose collector takes all that is compressed. */
function instance(patterns: string, directives: readonly string[]): Disk {
  const disk = makeDisk()
  disk.write('/var/log/my/.keep', '')
  disk.write(
    '/etc/logrotate.d/elasticbeanstalk.conf',
    [patterns, '{', 'missingok', ...directives, '}', ''].join('\n').replaceAll('ROOT', disk.root),
  )
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
  return disk
}

describeWhere('a rotated file is in the census', () => {
  it.each([
    ['of an added extension', 'addextension .log', 'app-47.log.gz'],
    ['whose date touches the name', 'extension .log', 'app1795573725.log'],
    ['whose name goes on with an underscore', 'extension .log', 'app_20261125.log'],
  ])('%s', async (_what, directive, name) => {
    const disk = instance('ROOT/var/log/my/app.log', ['compress', directive])
    disk.write('/var/log/my/app.log', '')
    disk.write(
      `/var/log/my/${name}`,
      name.endsWith('.gz') ? execFileSync('gzip', { input: 'old\n' }) : 'old\n',
    )
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['old\n'])
  })

  it.each([
    ['of the same folder', 'olddir rotated', '/var/log/my/app.log', '/var/log/my/rotated/app.1.log'],
    [
      'named from the root',
      'olddir ROOT/var/log/old',
      '/var/log/my/app.log',
      '/var/log/old/app-20261125.log',
    ],
    ['although its log is gone', 'olddir rotated', '/var/log/my/other.txt', '/var/log/my/rotated/app.1.log'],
  ])('in an old folder, its extension at the end: %s', async (_what, directive, log, name) => {
    const disk = instance('ROOT/var/log/my/*.log', [directive, 'extension .log'])
    disk.write(log, '')
    disk.write(name, 'old\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['old\n'])
  })

  it.each([
    ['a pattern that matches nothing', 'ROOT/var/log/my/*.log', '/var/log/my/access.log'],
    ['a name with a space', '"ROOT/var/log/my app/access.log"', '/var/log/my app/access.log'],
    ['two names on two lines', 'ROOT/none/x.log\nROOT/var/log/my/access.log', '/var/log/my/access.log'],
  ])('although its log was removed while it is written: %s', async (_what, pattern, log) => {
    const disk = instance(pattern, ['compress'])
    disk.write(log, 'one\n')
    disk.write(`${log}-47`, 'old\n')
    await writing(disk, log, 'rm "$1"; echo two >&5')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['old\n', 'one\ntwo\n'])
  })
})

describeWhere('a rotated file whose log is gone is in the census', () => {
  it('by the pattern that its configuration has, where nobody publishes', async () => {
    const disk = instance('ROOT/var/log/other/*.log', ['compress'])
    disk.write('/var/log/other/app.log.1', 'old\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['old\n'])
  })
})

describeWhere('an empty log', () => {
  it.each([
    ['that is removed at the end', ':', 'echo buffered >&5; rm "$1"; exit'],
    ['that was removed before', 'rm "$1"', 'echo buffered >&5; exit'],
  ])('%s takes no buffer with it', async (_what, first, last) => {
    const disk = instance('ROOT/var/log/my/*.log', ['compress'])
    disk.write('/var/log/my/app.log', '')
    await writing(disk, '/var/log/my/app.log', first, last)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['buffered\n'])
  })
})

describeWhere('what was hashed', () => {
  const LOG = '/var/log/my/app.log'
  const published = (publisher: string): Disk => {
    const disk = instance('ROOT/var/log/my/*.log', ['compress'])
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.log\n')
    disk.write(LOG, 'one\ntwo\n')
    disk.program('publishLogs.py', `#!/bin/sh\nlog=${disk.root}${LOG}\n${publisher}\n`)
    return disk
  }
  it.each([
    ['written over', 'printf ONE | dd of="$log" conv=notrunc'],
    ['cut, and grows beyond its old size', ': >"$log"; echo what is new is longer >>"$log"'],
  ])('and is then %s is named, for ever', async (_what, publisher) => {
    const disk = published(publisher)
    const lost = [{ path: LOG, size: 8, why: expect.stringContaining('cut or written over') }]
    expect((await flush(disk)).manifest.unaccounted).toEqual(lost)
    disk.program('publishLogs.py', '#!/bin/sh\n')
    expect((await flush(disk)).manifest.unaccounted).toEqual(lost)
  })

  it('and is written over, and then replaced by its copy, is named', async () => {
    const disk = published('printf ONE | dd of="$log" conv=notrunc; cp "$log" "$log~" && mv "$log~" "$log"')
    disk.write(LOG, `one\n${'-'.repeat(100)}\n`) // it ends as before
    const lost = [{ path: LOG, size: 105, why: expect.stringContaining('cut or written over') }]
    expect((await flush(disk)).manifest.unaccounted).toMatchObject(lost)
  })

  it.each([
    ['a longer one', 'rm "$log"; echo what is new is longer >"$log"', 'what is new is longer\n'],
    ['a shorter one', 'echo new >"$log~"; mv "$log~" "$log"', 'new\n'],
    ['one of its length', 'echo ONE >"$log~"; echo TWO >>"$log~"; mv "$log~" "$log"', 'ONE\nTWO\n'],
  ])('and is then replaced by another file is archived beside it: %s', async (_what, publisher, other) => {
    const disk = published(publisher)
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    const { manifest } = await flush(disk, { parameters: { Upload: '*' } })
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['one\ntwo\n', other].sort())
  })

  it('and is written over between two flushes is named', async () => {
    const disk = published('')
    expect((await flush(disk)).manifest.unaccounted).toEqual([])
    disk.write(LOG, 'new\nand longer\n')
    expect((await flush(disk)).manifest.unaccounted).toMatchObject([{ path: LOG, size: 8 }])
  })

  it('and could not be held may be another file in the next flush, and is not compared', async () => {
    const disk = published('')
    disk.program('cp', '#!/bin/sh\nexit 1\n')
    await flush(disk)
    disk.write(LOG, 'new\nand longer\n')
    expect((await flush(disk)).manifest.unaccounted).toEqual([])
  })

  it('and only grows is not, but who writes it is', async () => {
    const disk = published(
      'echo three >>"$log"; (sleep 0.5; while sleep 0.05; do echo more >>"$log"; done) &',
    )
    const { manifest } = await flush(disk, { profile: quick('beanstalk', { bufferSeconds: 1 }) })
    expect(manifest.unaccounted).toEqual([])
    expect(manifest.writers).toEqual([{ path: LOG, name: expect.anything() }])
  })
})

/** An instance whose service does this as it is stopped, in the folder of its log. */
function stopping(commands: string, directives: readonly string[] = ['compress']): Disk {
  const disk = instance('ROOT/var/log/my/*.log', directives)
  disk.write('/var/log/my/app.log', 'one\ntwo\n')
  disk.write('/var/log/my/app.log.1', 'older\n')
  const service = [
    `cd ${disk.root}/var/log/my`,
    'case "$1 $2" in',
    '"tomcat8 status") [ ! -e ../stopped ] ;;',
  ]
  disk.script(
    '/sbin/service',
    [
      '#!/bin/sh',
      ...service,
      `"tomcat8 stop") ${commands}; : >../stopped ;;`,
      '*) exit 3 ;;',
      'esac',
      '',
    ].join('\n'),
  )
  return disk
}

describeWhere('what somebody does to the files before they are hashed is named:', () => {
  it.each([
    ['a rotated one is written over by a longer one', 'seq 99 >app.log.1', 'app.log.1'],
    ['a log is cut, and what is new is longer', ': >app.log; seq 99 >>app.log', 'app.log'],
    [
      'a log is cut, and only the half of it was copied',
      'head -c 4 app.log >app.log.2; : >app.log',
      'app.log',
    ],
  ])('%s', async (_what, commands, name) => {
    const { unaccounted } = (await flush(stopping(commands))).manifest
    expect(unaccounted.map(({ path }) => path)).toEqual([`/var/log/my/${name}`])
  })

  it('a log is cut that is alike an older one, which is no copy of it', async () => {
    const disk = stopping(': >app.log')
    disk.write('/var/log/my/app.log.1', 'one\ntwo\nolder\n')
    const { unaccounted } = (await flush(disk)).manifest
    expect(unaccounted.map(({ path }) => path)).toEqual(['/var/log/my/app.log'])
  })

  it('also where nothing can be held', async () => {
    const disk = stopping('seq 99 >app.log.1')
    disk.program('cp', '#!/bin/sh\nexit 1\n')
    const { unaccounted } = (await flush(disk)).manifest
    expect(unaccounted.map(({ path }) => path)).toEqual(['/var/log/my/app.log.1'])
  })
})

describeWhere('what has its name no more is archived once:', () => {
  it('beside what takes the name while others are published', async () => {
    const disk = stopping('rm app.log; : >app.log')
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/app.log\n')
    disk.program('publishLogs.py', `#!/bin/sh\necho new >${disk.root}/var/log/my/app.log\n`)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(manifest.files.map(({ size }) => size).sort()).toEqual([4, 6, 8])
  })

  it('as somebody else has compressed it', async () => {
    const disk = stopping('gzip app.log.1', [])
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['older\n', 'one\ntwo\n'])
  })
})

describeWhere('a log is archived that an old logrotate of cron', () => {
  it.each([
    ['copies and cuts', 'cp app.log app.log.2; : >app.log', []],
    ['copies, compresses and cuts', 'gzip -c app.log >app.log.2.gz; : >app.log', []],
    ['copies and cuts, and whose writer goes on', 'cp app.log app.log.2; echo new >app.log', []],
    [
      'copies and cuts, and which is compressed then',
      'cp app.log app.log.2; echo new >app.log',
      ['compress'],
    ],
  ])('%s', async (_what, commands, directives) => {
    const disk = stopping(commands, directives)
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(expect.arrayContaining(['one\ntwo\n', 'older\n']))
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
  })
})

describeWhere('a log of the census', () => {
  const LOG = '/var/log/my/app.log'
  /** The log, with one of a hundred bytes before it and after it. */
  const amongOthers = (bytes: number): Disk => {
    const disk = instance('ROOT/var/log/my/*.log', ['compress'])
    disk.write('/var/log/my/a.log', 'a'.repeat(100))
    disk.write(LOG, 'm'.repeat(bytes))
    disk.write('/var/log/my/z.log', 'z'.repeat(100))
    return disk
  }
  const reading = (disk: Disk, meanwhile: string) =>
    disk.program(
      'tail',
      `#!/bin/sh\ncd ${disk.root}/var/log/my\n[ "$1" != -q ] || ${meanwhile}\nexec /usr/bin/tail "$@"\n`,
    )

  it.each([8, 63, 64, 65, 200])(
    'of %d bytes, that its writer cuts at its end and fills beyond its old size, is named',
    async (size) => {
      const disk = amongOthers(size)
      await writing(disk, LOG, ':', ': >"$1"; seq 999 >&5; exit')
      const { manifest } = await flush(disk)
      expect(manifest.unaccounted).toEqual([{ path: LOG, size, why: 'cut or written over by somebody' }])
    },
  )

  it.each([8, 63, 64, 65, 200])(
    'of %d bytes, that its writer only goes on with, is archived',
    async (size) => {
      const disk = amongOthers(size)
      await writing(disk, LOG, ':', 'seq 999 >&5; exit')
      expect((await flush(disk)).manifest).toMatchObject({
        census: 3,
        live: [],
        unaccounted: [],
        writers: [],
      })
    },
  )

  it('is named though it is one of more than a thousand files: logs come first', async () => {
    const disk = amongOthers(100)
    for (let i = 0; i < 1001; i++) disk.write(`/var/log/my/z.log.${i}.gz`, `old ${i}`)
    await writing(disk, LOG, ':', ': >"$1"; seq 999 >&5; exit')
    expect((await flush(disk)).manifest.unaccounted).toMatchObject([{ path: LOG, size: 100 }])
  })

  it('is not called cut where it grew while it was read how the logs end', async () => {
    const disk = amongOthers(100)
    reading(disk, 'echo more >>app.log')
    expect((await flush(disk)).manifest).toMatchObject({ unaccounted: [], writers: [{ path: LOG }] })
  })

  it('is not called cut where another was, while it was read how the logs end', async () => {
    const disk = amongOthers(100)
    reading(disk, 'echo cut >a.log')
    await writing(disk, LOG, ':', 'seq 999 >&5; exit')
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted).toMatchObject([{ path: '/var/log/my/a.log', size: 100 }])
  })
})
