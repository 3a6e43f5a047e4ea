// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** An audit of a healthy instance costs no line that would not have been lost without it. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'
import { endWriting, running } from './writing.ts'

const LOG = '/var/log/my/app.log'
const describeWhere = hasLogrotate() ? describe : describe.skip

afterEach(endWriting)
afterAll(removeDisks)

/** Counts into its log, up to 20,000 lines a second, and says how far it came when it is asked to end. */
const counting = (line: string): string => `
exec 5>>"$1"; count=0
trap 'echo "$count" >"$2.count"; exit' TERM
while :; do
  for n in {1..200}; do ${line}; count=$((count + 1)); done
  : >"$2"; sleep 0.01
done`

function instance(...directives: readonly string[]): Disk {
  const disk = makeDisk()
  disk.write(LOG, '')
  const block = [`${disk.root}/var/log/my/*.log {`, 'rotate 2', ...directives, '}', '']
  disk.write('/etc/logrotate.d/elasticbeanstalk.conf', block.join('\n'))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/my/*.gz\n')
  return disk
}

const numbers = (disk: Disk): Set<string> => {
  const found = disk.keys().map((key) => gunzipSync(disk.object(key) ?? Buffer.alloc(0)).toString())
  const here = disk.list('/var/log/my').map((name) => disk.read(`/var/log/my/${name}`))
  return new Set([...found, ...here].join('\n').match(/^\d+$/gm))
}

describeWhere('an audit loses no line of a log with thousands of lines a second', () => {
  it.each([
    ['that would be cut off', 'echo "$count" >&5', ['copytruncate']],
    ['that would be cut off and compressed', 'echo "$count" >&5', ['copytruncate', 'compress']],
    ['that would be compressed', 'echo "$count" >&5', ['compress', 'nocreate']],
    ['whose writer opens it for each line', 'echo "$count" >>"$1"', ['copytruncate']],
    ['of a block with shared scripts', 'echo "$count" >&5', ['sharedscripts', 'compress']],
    ['that would only be renamed', 'echo "$count" >&5', ['create', 'nocompress']],
  ])('%s', async (_what, line, directives) => {
    const disk = instance(...directives)
    disk.write('/var/log/my/quiet.log', '')
    const writer = await running(disk, counting(line), disk.root + LOG)
    const { manifest } = await flush(disk, { parameters: { Purpose: 'audit' } })
    expect(manifest).toMatchObject({ writers: [], live: [], unaccounted: [] })
    writer.kill('SIGTERM')
    while (!existsSync(`${disk.s3}/ready.count`)) await sleep(10)
    expect(numbers(disk).size).toBeGreaterThanOrEqual(Number(disk.readS3('ready.count')))
  })
})

describeWhere('an audit', () => {
  const OLD = `${LOG}.1`
  const quiet = (...directives: readonly string[]): Disk => {
    const disk = instance(...directives)
    disk.write(LOG, 'one\n')
    disk.write(OLD, 'old\n')
    execFileSync('touch', ['-d', '-9 days', disk.root + LOG, disk.root + OLD])
    return disk
  }
  const audited = async (disk: Disk) => (await flush(disk, { parameters: { Purpose: 'audit' } })).manifest

  it('rotates without what the configuration says of age', async () => {
    const disk = quiet('maxage 1')
    expect((await audited(disk)).notes).toEqual([])
    expect(disk.list('/var/log/my')).toEqual(['app.log.1', 'app.log.2'])
  })

  it('rotates nothing where an included configuration removes by age', async () => {
    const disk = quiet('dateext')
    const config = '/etc/logrotate.d/elasticbeanstalk.conf'
    const older = '/var/log/my/app.log-20200102'
    disk.write(older, 'older\n')
    execFileSync('touch', ['-d', '-9 days', disk.root + older])
    disk.write('/etc/more/one', disk.read(config).replace('rotate 2', 'maxage 1'))
    disk.write(config, `include ${disk.root}/etc/more\n`)
    expect((await audited(disk)).notes.join()).toContain('its rotation would delete')
    expect(disk.read(older)).toBe('older\n')
  })

  it('runs no script of a rotation', async () => {
    const disk = quiet('lastaction', '  rm -f $TERMINATION_GUARD_ROOT/var/log/my/app.log.*', 'endscript')
    expect((await audited(disk)).notes.join()).toContain('its rotation runs a script')
    expect(disk.list('/var/log/my')).toEqual(['app.log', 'app.log.1'])
  })
})
