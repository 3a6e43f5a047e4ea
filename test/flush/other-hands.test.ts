// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** Hands other than ours on the logs: publishers that do not keep what they take, scripts of the rotation, and people. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush, lackingOf } from './flush.ts'

afterAll(removeDisks)

const LOG = '/var/log/my/app.log'
const describeWhere = hasLogrotate() ? describe : describe.skip

function instance(publisher: string, directives: readonly string[] = []): Disk {
  const disk = makeDisk()
  disk.write(LOG, 'one\ntwo\n')
  disk.write(`${LOG}.7.gz`, execFileSync('gzip', ['-c'], { input: 'old\n' }))
  const block = [`ROOT${LOG} {`, 'compress', 'rotate 9', ...directives, '}', '']
  disk.write(
    '/etc/logrotate.elasticbeanstalk.hourly/app.conf',
    block.join('\n').replaceAll('ROOT', disk.root),
  )
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', '/var/log/my/*.gz\n')
  disk.program('publishLogs.py', `#!/bin/sh\ncd ${disk.root}/var/log/my\n${publisher}\n`)
  return disk
}

/** What two flushes leave: every line in S3, or named as not accounted for. */
async function keptOrNamed(disk: Disk): Promise<void> {
  await flush(disk)
  const { manifest } = await flush(disk, { parameters: { Upload: '*' } })
  const isNamed =
    manifest.unaccounted.length > 0 || manifest.live.length > 0 || lackingOf(disk, manifest).length > 0
  if (!isNamed) expect(archivedTexts(disk)).toEqual(expect.arrayContaining(['old\n', 'one\ntwo\n']))
}

describeWhere('no line goes with a good word where the publisher', () => {
  it.each([
    ['empties what it should have uploaded', 'for file in *.gz; do : >"$file"; done'],
    ['moves it away', 'mkdir -p ../sent; mv *.gz ../sent/'],
    ['moves the folder away and makes a new one', 'cd ..; mv my sent; mkdir my'],
    ['unpacks it', 'gzip -d *.gz'],
    ['packs it once more', 'gzip -c app.log.7.gz >app.log.7.gz.gz; rm app.log.7.gz'],
    ['puts a link to nowhere in its place', 'for file in *.gz; do ln -sf /nowhere "$file"; done'],
    ['swaps two of them', 'set -- *.gz; mv "$1" x; mv "$2" "$1"; mv x "$2"'],
    ['writes over them in place', 'for file in *.gz; do printf junk | dd of="$file" conv=notrunc; done'],
  ])('%s', async (_what, publisher) => {
    await keptOrNamed(instance(publisher))
  })
})

describeWhere('no line goes with a good word where the rotation has a script that', () => {
  const deletes = 'rm -f ROOT/var/log/my/app.log.7.gz ROOT/var/log/my/app.log.1*'
  it.each(['firstaction', 'prerotate', 'postrotate', 'lastaction', 'preremove'])(
    'deletes, as %s',
    async (script) => {
      await keptOrNamed(instance(':', [script, deletes, 'endscript']))
    },
  )
  it.each(['prerotate', 'postrotate'])('empties the log itself, as %s', async (script) => {
    await keptOrNamed(instance(':', ['copytruncate', script, `: >ROOT${LOG}`, 'endscript']))
  })
})

describeWhere('a person who deletes between two flushes', () => {
  it.each([
    ['what was rotated', (disk: Disk) => rmSync(join(disk.root, `${LOG}.7.gz`))],
    ['the whole folder', (disk: Disk) => rmSync(join(disk.root, '/var/log/my'), { recursive: true })],
  ])('takes no line, or it is owed by what the first flush named: %s', async (_what, deletes) => {
    const disk = instance(':')
    const { paths } = await flush(disk)
    deletes(disk)
    const second = await flush(disk, { parameters: { Upload: '*' } })
    const named = [...second.paths, ...second.manifest.unaccounted.map(({ path }) => path)]
    const isOwed = paths.some((path) => !named.includes(path))
    if (!isOwed && second.manifest.unaccounted.length === 0)
      expect(archivedTexts(disk)).toEqual(expect.arrayContaining(['old\n', 'one\ntwo\n']))
  })
})

describeWhere('what is deleted while it is hashed', () => {
  const deleting = async (what: string) => {
    const disk = instance(':')
    disk.program('md5sum', `#!/bin/sh\ncd ${disk.root} && ${what}\nPATH=\${PATH#*:} exec md5sum "$@"\n`)
    return { disk, flushed: await flush(disk, { parameters: { Upload: '*' } }) }
  }

  it('is archived from its hold', async () => {
    const { disk, flushed } = await deleting('rm -f var/log/my/app.log.7.gz')
    expect(flushed.manifest).toMatchObject({ live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(['old\n', 'one\ntwo\n'])
  })

  it('and its hold as well, is named', async () => {
    const { flushed } = await deleting('find . -name app.log.7.gz -delete')
    const why = 'gone, and nothing holds it'
    expect(flushed.manifest.unaccounted).toEqual([{ path: `${LOG}.7.gz`, size: 24, why }])
  })
})

describeWhere('a rotation by cron in the midst of a flush', () => {
  const ROTATE = `logrotate -f -s "$TERMINATION_GUARD_ROOT/var/lib/logrotate/STATE" "$TERMINATION_GUARD_ROOT"/etc/*/app.conf`
  const rotated = async (state: string, purpose: 'termination' | 'audit') => {
    const rotate = ROTATE.replace('STATE', state)
    const disk = instance(`setsid sleep 20 & ${rotate}; echo $? >"$FAKE_S3/said"; rm -f app.log.*`)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', '/var/log/my/app.log\n')
    disk.write(`/var/lib/logrotate/${state}`, 'logrotate state -- version 2\n', 0o640)
    const { manifest } = await flush(disk, { parameters: { Purpose: purpose } })
    return { disk, manifest, exitCode: disk.readS3('said').trim() }
  }

  it.each(['logrotate.status', 'status'])('of a termination leaves all as it is: %s', async (state) => {
    const { disk, manifest, exitCode } = await rotated(state, 'termination')
    expect(exitCode).toBe('3')
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    // Nobody who was started meanwhile holds the lock.
    execFileSync('flock', ['-n', join(disk.root, 'var/lib/logrotate', state), 'true'])
  })

  it('of a machine in service goes on', async () => {
    expect((await rotated('status', 'audit')).exitCode).toBe('0')
  })
})
