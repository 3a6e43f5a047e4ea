/** What cannot be listed or read may hold anything: it is named, until it can be. */
import { chmodSync, symlinkSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { type Disk, has, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { type FlushOptions, flush } from './flush.ts'

const isRoot = process.getuid?.() === 0
/** Root, but to whom a file's mode applies, as a file system's errors do. */
const options: FlushOptions = {
  within: isRoot ? 'setpriv --bounding-set -dac_override,-dac_read_search' : '',
}
const describeWhere = hasLogrotate() && (!isRoot || has('setpriv')) ? describe : describe.skip

const closed: string[] = []
const close = (disk: Disk, path: string, mode = 0o000) => {
  chmodSync(disk.root + path, mode)
  closed.push(disk.root + path)
}
const open = () => {
  for (const path of closed.splice(0)) chmodSync(path, 0o755)
}
afterEach(open)
afterAll(removeDisks)

/** Two logs, one with rotated files, of which all is published; nothing of it is written any more. */
function instance(): Disk {
  const disk = makeDisk()
  disk.write('/var/log/my/app.log', 'one\n')
  disk.write('/var/log/my/old/app.log.1', 'older\n')
  disk.write('/var/log/web/a/hits.log', 'hit\n')
  disk.write(
    '/etc/logrotate.d/elasticbeanstalk.conf',
    `${disk.root}/var/log/my/*.log {\n olddir ${disk.root}/var/log/my/old\n}\n`,
  )
  disk.script('/etc/cron.hourly/rotate', '#!/bin/sh\nlogrotate -f /etc/logrotate.d/elasticbeanstalk.conf\n')
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/old/*\n')
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/web.conf', '/var/log/web/*/*.log\n')
  return disk
}

describeWhere('a folder that cannot be listed is unaccounted for, until it can be:', () => {
  it.each([
    ['of rotated files', '/var/log/my/old'],
    ['of published files', '/var/log/web/a'],
    ['above published files', '/var/log/web'],
    ['of configurations', '/etc/logrotate.d'],
    ['of publish lists', '/opt/elasticbeanstalk/tasks/publishlogs.d'],
  ])('%s', async (_what, folder) => {
    const disk = instance()
    disk.write('/etc/logrotate.elasticbeanstalk.hourly/none.conf', `${disk.root}/var/log/none/*.log {\n}\n`)
    disk.write('/opt/elasticbeanstalk/config/private/logtasks/publish/none.conf', '/var/log/none/*\n')
    close(disk, folder, 0o311)
    const first = (await flush(disk, options)).manifest
    expect(first.unaccounted).toContainEqual({
      path: folder,
      size: 0,
      why: 'cannot be listed (Permission denied)',
    })
    open()
    const second = (await flush(disk, options)).manifest
    expect(second).toMatchObject({ unaccounted: [], accounted: [folder], live: [], writers: [] })
    expect(second.files).toHaveLength(3)
  })

  it('of rotated files that are listed, and tell nothing of themselves', async () => {
    const disk = instance()
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
    close(disk, '/var/log/my/old', 0o444)
    const path = '/var/log/my/old/app.log.1'
    const first = (await flush(disk, options)).manifest
    expect(first.unaccounted).toEqual([{ path, size: 0, why: 'cannot be asked about (Permission denied)' }])
    open()
    expect((await flush(disk, options)).manifest).toMatchObject({ unaccounted: [], accounted: [path] })
  })

  it('of logs, which logrotate cannot list either', async () => {
    const disk = instance()
    close(disk, '/var/log/my', 0o311)
    const { manifest } = await flush(disk, options)
    expect(manifest.unaccounted.map(({ why }) => why).join()).toContain('Permission denied')
  })

  it('but one in which nothing is looked for is not', async () => {
    const disk = instance()
    close(disk, '/var/log', 0o311)
    const { manifest } = await flush(disk, options)
    expect(manifest).toMatchObject({ census: 3, unaccounted: [], live: [] })
    expect(manifest.files).toHaveLength(3)
  })
})

describeWhere('a name about which nothing can be asked', () => {
  it('since it leads in a circle, is unaccounted for, and one that leads nowhere is not', async () => {
    const disk = instance()
    symlinkSync('round.log', `${disk.root}/var/log/web/a/round.log`)
    symlinkSync('nowhere', `${disk.root}/var/log/web/a/gone.log`)
    const { manifest } = await flush(disk)
    expect(manifest.unaccounted).toEqual([
      {
        path: '/var/log/web/a/round.log',
        size: 0,
        why: 'cannot be asked about (Too many levels of symbolic links)',
      },
    ])
    expect(manifest.files).toHaveLength(3)
  })
})

describeWhere('a file that cannot be read is unaccounted for, until it can be:', () => {
  it.each([
    ['a published log', '/var/log/web/a/hits.log'],
    ['a rotated file', '/var/log/my/old/app.log.1'],
    ['a configuration', '/etc/logrotate.d/elasticbeanstalk.conf'],
    ['a list of what is published', '/opt/elasticbeanstalk/tasks/publishlogs.d/web.conf'],
    ['a file of cron', '/etc/cron.hourly/rotate'],
  ])('%s', async (_what, file) => {
    const disk = instance()
    close(disk, file)
    const first = (await flush(disk, options)).manifest
    expect(first.unaccounted.map(({ path }) => path)).toEqual([file])
    open()
    const second = (await flush(disk, options)).manifest
    expect(second).toMatchObject({ unaccounted: [], live: [], writers: [] })
    expect(second.accounted).toHaveLength(1)
    expect(second.files).toHaveLength(3)
  })
})
