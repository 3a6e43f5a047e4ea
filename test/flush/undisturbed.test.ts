// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** An audit of a healthy instance costs no line that would not have been lost without it: it leaves every log as it is. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'
import { endWriting, running } from './writing.ts'

const FOLDER = '/var/log/my'
const LOG = `${FOLDER}/app.log`
const describeWhere = hasLogrotate() ? describe : describe.skip

afterEach(endWriting)
afterAll(removeDisks)

function instance(...directives: readonly string[]): Disk {
  const disk = makeDisk()
  const block = [`${disk.root}${FOLDER}/*.log {`, ...directives, '}', '']
  disk.write('/etc/logrotate.d/elasticbeanstalk.conf', block.join('\n'))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', `${FOLDER}/*.gz\n`)
  disk.standIn('publishLogs.py')
  return disk
}

const audit = (disk: Disk) => flush(disk, { parameters: { Purpose: 'audit' } })

/** Each file beside the log: name, inode, content. */
const filesOf = (disk: Disk) =>
  disk
    .list(FOLDER)
    .map((name) => [
      name,
      statSync(`${disk.root}${FOLDER}/${name}`).ino,
      readFileSync(`${disk.root}${FOLDER}/${name}`).toString('latin1'),
    ])

describeWhere('an audit leaves every file of a log as it is, where a rotation', () => {
  it.each<readonly [string, readonly string[]]>([
    ['would cut it off', ['rotate 2', 'copytruncate']],
    ['would cut it off and compress the copy', ['rotate 2', 'copytruncate', 'compress']],
    ['would compress it', ['rotate 2', 'compress', 'nocreate']],
    ['would only rename it', ['rotate 2', 'create', 'nocompress']],
    ['would keep nothing', ['rotate 0']],
    ['would remove what is old', ['rotate 9', 'maxage 1']],
    ['would push the last of a row out', ['rotate 1']],
    ['would push the last of a row to its end', ['rotate 2']],
    ['would give two logs one name', ['rotate 9', 'dateext', 'dateformat -47.log', 'sharedscripts']],
    ['would remove what it rotated', ['postrotate', 'rm -f "$1".1', 'endscript']],
    ['would move what it rotated', ['rotate 9', 'postrotate', 'mv "$1".1 /tmp/', 'endscript']],
    ['would empty the log before', ['rotate 9', 'prerotate', ': >"$1"', 'endscript']],
    ['would remove at its beginning', ['rotate 9', 'firstaction', 'rm -f $1', 'endscript']],
    ['would remove at its end', ['rotate 9', 'lastaction', 'rm -f $1.*', 'endscript']],
  ])('%s', async (_what, directives) => {
    const disk = instance(...directives)
    disk.write(LOG, 'new\n')
    disk.write(`${LOG}.1`, 'old\n')
    disk.write(`${FOLDER}/empty.log`, '')
    const before = filesOf(disk)
    const { manifest } = await audit(disk)
    expect(filesOf(disk)).toEqual(before)
    expect(manifest).toMatchObject({ files: [], census: 2, writers: [], live: [], unaccounted: [] })
    expect(manifest.notes).toEqual([`logs left alone: 1, such as ${LOG}`])
  })

  it('would do any of that by an included configuration', async () => {
    const disk = instance()
    const config = '/etc/logrotate.d/elasticbeanstalk.conf'
    disk.write('/etc/more/one', disk.read(config).replace('}', 'rotate 0\n}'))
    disk.write(config, `include ${disk.root}/etc/more\n`)
    disk.write(LOG, 'new\n')
    const before = filesOf(disk)
    expect((await audit(disk)).manifest.notes.join()).toContain('logs left alone: 1')
    expect(filesOf(disk)).toEqual(before)
  })
})

describeWhere('an audit', () => {
  it('publishes what was rotated', async () => {
    const disk = instance('rotate 2', 'copytruncate')
    disk.write(LOG, 'new\n')
    disk.write(`${LOG}.1.gz`, 'old\n')
    const { paths, manifest } = await audit(disk)
    expect(paths).toEqual([`${LOG}.1.gz`])
    expect(manifest.census).toBe(2)
    expect(disk.keys()).toHaveLength(1)
  })

  it('loses no line of a log with thousands of lines a second', async () => {
    const disk = instance('rotate 2', 'copytruncate')
    disk.write(LOG, '')
    const writer = await running(disk, COUNTING, disk.root + LOG)
    await audit(disk)
    writer.kill('SIGTERM')
    while (!existsSync(`${disk.s3}/ready.count`)) await sleep(10)
    expect(disk.read(LOG).trimEnd().split('\n')).toHaveLength(Number(disk.readS3('ready.count')))
  })
})

/** Counts into its log, up to 20,000 lines a second, and says how far it came when it is asked to end. */
const COUNTING = `
exec 5>>"$1"; count=0 over=
trap 'over=yes' TERM # between two lines
while [ -z "$over" ]; do
  for n in {1..200}; do echo "$count" >&5; count=$((count + 1)); done
  : >"$2"; sleep 0.01
done
echo "$count" >"$2.counting" && mv "$2.counting" "$2.count"`
