// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** An audit of a healthy instance costs no line that would not have been lost without it. */
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
