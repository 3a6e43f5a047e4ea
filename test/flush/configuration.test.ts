/** Which logs there are is asked of logrotate, whatever its configuration looks like; where it does not say, that is named. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'

const CONFIG = '/etc/logrotate.d/elasticbeanstalk.conf'
const describeWhere = hasLogrotate() ? describe : describe.skip

afterAll(removeDisks)

/** Two logs, and a configuration in which ROOT stands for the instance's root. */
function instance(configuration: string): Disk {
  const disk = makeDisk()
  disk.write('/var/log/a/a.log', 'a\n')
  disk.write('/var/log/b/b.log', 'b\n')
  disk.write(CONFIG, configuration.replaceAll('ROOT', disk.root))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/*/*.gz\n')
  return disk
}

describeWhere('both logs are archived that are named', () => {
  it.each([
    [
      'in blocks of one line',
      'ROOT/var/log/a/a.log { copytruncate }\nROOT/var/log/b/b.log { copytruncate }\n',
    ],
    [
      'in quotes, on lines of their own',
      '"ROOT/var/log/a/a.log"\n\'ROOT/var/log/b/b.log\'\n{\n  compress\n}\n',
    ],
    [
      'with an equals sign at each directive',
      'ROOT/var/log/*/*.log {\n rotate=2\n start=7\n olddir=ROOT/var/log/a\n}\n',
    ],
    ['beside a comment with a brace', '# }\nROOT/var/log/*/*.log { # {\n  compress\n}\n'],
    [
      'after a script with braces',
      'ROOT/none {\n prerotate\n  { echo; }\n endscript\n}\nROOT/var/log/*/*.log {\n}\n',
    ],
    ['with commas', 'ROOT/var/log/a/a.log, ROOT/var/log/b/b.log {\n}\n'],
    ['of which two blocks name one', 'ROOT/var/log/a/a.log {\n}\nROOT/var/log/*/*.log {\n}\n'],
    ['of which one block names one twice', 'ROOT/var/log/a/a.log ROOT/var/log/*/*.log {\n compress\n}\n'],
    ['by Windows', 'ROOT/var/log/a/a.log\r\nROOT/var/log/b/b.log\r\n{\r\n  compress\r\n}\r\n'],
    ['by Windows, with its mark', '\ufeffROOT/var/log/*/*.log {\n}\n'],
    ['on two pages', 'ROOT/var/log/a/a.log {\n}\n\fROOT/var/log/b/b.log {\n\v}\n'],
    ['before what a crash left', 'ROOT/var/log/*/*.log {\n}\n\0\0\0\0'],
    ['with numbers that are none', 'ROOT/var/log/*/*.log {\n size 10MB\n rotate five\n maxage 7d\n}\n'],
  ])('%s', async (_what, configuration) => {
    const disk = instance(configuration)
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['a\n', 'b\n'])
  })

  it('of which one was set aside in a folder that is included, which logrotate says', async () => {
    const disk = instance('include ROOT/etc/more\n')
    disk.write('/etc/more/all', `${disk.root}/var/log/*/*.log {\n}\n`)
    for (const name of ['all.rpmsave', 'all~', 'all.dpkg-old', 'all,v'])
      disk.write(`/etc/more/${name}`, `${disk.root}/var/log/*/*.log {\n rotate 2\n}\n`)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [], writers: [] })
  })

  it('beside one in the home of nobody, which logrotate names as it is written', async () => {
    const disk = instance('~/none/x.log ROOT/var/log/*/*.log {\n missingok\n compress\n}\n')
    const { manifest } = await flush(disk, { killAfterMs: 60_000 })
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [], writers: [] })
  })

  it('of which one is a symlink, which logrotate skips', async () => {
    const disk = instance('ROOT/var/log/a/a.log ROOT/var/log/c/c.log {\n compress\n}\n')
    mkdirSync(`${disk.root}/var/log/c`)
    symlinkSync('../b/b.log', `${disk.root}/var/log/c/c.log`)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [], writers: [] })
    expect(manifest.files.map(({ path }) => path)).toContain('/var/log/c/c.log')
    expect(archivedTexts(disk)).toEqual(['a\n', 'b\n'])
  })
})

describeWhere('of a configuration that is unaccounted for, what can be is archived', () => {
  it.each([
    ['before and after a brace', 'ROOT/var/log/a/a.log {\n} ROOT/var/log/b/b.log {\n}\n'],
    [
      'before a script that never ends',
      'ROOT/var/log/a/a.log "ROOT/var/log/b/b.log" {\n postrotate\n ROOT/bin/x -HUP\n}\n',
    ],
    ['in what it includes, which anybody may write to', 'include ROOT/etc/more\n'],
  ])('%s', async (_what, configuration) => {
    const disk = instance(configuration)
    disk.write('/etc/more/all', `${disk.root}/var/log/*/*.log {\n}\n`, 0o666)
    disk.script('/bin/x', 'no log')
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted.map(({ path }) => path)).toEqual([CONFIG])
    expect(archivedTexts(disk)).toEqual(['a\n', 'b\n'])
  })
})

describeWhere('a configuration is unaccounted for', () => {
  const INCLUDED = 'include ROOT/etc/more\n'
  it.each([
    ['that goes on after a brace', 'ROOT/var/log/a/a.log {\n} ROOT/var/log/b/b.log {\n}\n', undefined],
    ['that has braces in a name', 'ROOT/var/log/{a,b}/{a,b}.log {\n}\n', undefined],
    ['that includes what is not there', 'include ROOT/etc/none\nROOT/var/log/*/*.log {\n}\n', undefined],
    ['that includes a block, with a logrotate that does nothing', INCLUDED, '#!/bin/sh\nexit 0\n'],
    [
      'that includes a block, with a logrotate that fails',
      INCLUDED,
      '#!/bin/sh\necho "error: no" >&2\nexit 2\n',
    ],
    ['that includes a block, with a logrotate that dies', INCLUDED, '#!/bin/sh\nkill -9 $$\n'],
    ['that never ends a script', 'ROOT/var/log/*/*.log {\n postrotate\n true\n}\n', undefined],
  ])('%s', async (_what, configuration, logrotate) => {
    const disk = instance(configuration)
    disk.write('/etc/more/b', `${disk.root}/var/log/b/b.log {\n  rotate 2\n}\n`)
    if (logrotate) disk.program('logrotate', logrotate)
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted.map(({ path }) => path)).toEqual([CONFIG])
  })
})
