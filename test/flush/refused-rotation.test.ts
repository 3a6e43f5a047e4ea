/** What logrotate refuses, however often it is asked: a log that it will never rotate must still have an end in one flush. */
import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'

afterAll(removeDisks)

const LOG = '/var/log/my/app.log'
const describeWhere = hasLogrotate() ? describe : describe.skip

function instance(directives: readonly string[]): Disk {
  const disk = makeDisk()
  disk.write(LOG, 'one\ntwo\n')
  disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', block(disk, directives))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', '/var/log/my/*\n')
  return disk
}

function block(disk: Disk, directives: readonly string[]): string {
  return [`${disk.root}${LOG} {`, 'compress', 'rotate 9', ...directives, '}', ''].join('\n')
}

describeWhere('a log is archived in one flush although', () => {
  it.each<readonly [string, readonly string[], (disk: Disk) => void]>([
    ['its folder is open to everybody', [], (disk) => chmodSync(join(disk.root, '/var/log/my'), 0o777)],
    [
      'two configurations name it',
      [],
      (disk) => disk.write('/etc/logrotate.elasticbeanstalk.hourly/b.conf', block(disk, ['copytruncate'])),
    ],
    ['its configuration names a user that is not there', ['su nobody-of-this-name nogroup'], () => {}],
    ['it is far too small', ['size 10G', 'minsize 10G'], () => {}],
    ['it is far too young', ['minage 30'], () => {}],
    ['it was rotated this hour', ['dateext', 'dateformat -%Y%m%d%H', 'hourly'], alreadyThisHour],
    ['its directive is of a logrotate to come', ['hourly', 'shine brightly'], () => {}],
    ['a word of its configuration has a comma', ['notifempty,', 'daily;'], () => {}],
    ['a word of its configuration has nothing after it', ['dateformat', 'extension'], () => {}],
    ['its configuration has a word that belongs elsewhere', ['tabooext + .bak'], () => {}],
    ['it is not of the user that it is created for', ['create 0640 nobody-of-this-name adm'], () => {}],
    ['its old folder is not there', ['olddir none', 'create 0640 root root'], () => {}],
    ['its compressor is not there', ['compresscmd /usr/bin/none'], () => {}],
  ])('%s', async (_what, directives, spoil) => {
    const disk = instance(directives)
    spoil(disk)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toContain('one\ntwo\n')
  })
})

describeWhere('what was rotated to', () => {
  it('an old folder for which logrotate refuses the configuration is archived', async () => {
    const disk = makeDisk()
    disk.write(LOG, 'one\n')
    disk.write('/var/log/the old/app.log.1', 'zero\n')
    const config = block(disk, [`olddir ${disk.root}/var/log/the old`]) // not in quotes: "bad olddir path"
    disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', config)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', '/var/log/my/*\n')
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toContain('zero\n')
  })
})

describeWhere('what was rotated to', () => {
  it.each([
    ['an old folder', 'ROOT/var/log/old', '/var/log/old/app.log.1'],
    ['one below the log', 'old', '/var/log/my/old/app.log.1'],
  ])('%s is archived, of which logrotate did not hear before it refused', async (_what, old, path) => {
    const disk = instance([])
    disk.write(path, 'zero\n')
    const directives = ['su nobody-of-this-name nogroup', `olddir ${old.replace('ROOT', disk.root)}`]
    disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', block(disk, directives))
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toContain('zero\n')
  })

  it('the extension of a name that logrotate refuses is archived', async () => {
    const disk = instance(['su nobody-of-this-name nogroup', 'extension .log'])
    disk.write('/var/log/my/app.1.log', 'zero\n')
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', '/var/log/my/*.gz\n')
    expect((await flush(disk)).manifest).toMatchObject({ census: 2, live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toContain('zero\n')
  })
})

describeWhere('nothing is said of a configuration', () => {
  it('that anybody may write to, which logrotate refuses as it lies there', async () => {
    const disk = instance([])
    chmodSync(join(disk.root, '/etc/logrotate.elasticbeanstalk.hourly/app.conf'), 0o666)
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [], notes: [] })
    expect(archivedTexts(disk)).toContain('one\ntwo\n')
  })
})

function alreadyThisHour(disk: Disk): void {
  const now = new Date()
  const two = (number: number) => String(number).padStart(2, '0')
  const hour = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}${two(now.getHours())}`
  disk.write(`${LOG}-${hour}.gz`, execFileSync('gzip', ['-c'], { input: 'earlier\n' }))
}
