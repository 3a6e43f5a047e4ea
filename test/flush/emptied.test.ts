/** What an earlier flush hashed, and is empty now: S3 has it as it was, or it is named. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush, lackingOf, PREFIX } from './flush.ts'

afterAll(removeDisks)

const FOLDER = '/var/log/my'
const OLD = `${FOLDER}/app.log.7.gz`
const NEW = `${FOLDER}/app.log.1.gz`
const NAMED = { live: [], unaccounted: [], writers: [] }
const SHIP = `for file in *.gz; do cp "$file" "$FAKE_S3/bucket/${PREFIX}_var_log_my_$file"; done`
const EMPTY = 'for file in *.gz; do : >"$file"; done'
const describeWhere = hasLogrotate() ? describe : describe.skip

function instance(): Disk {
  const disk = makeDisk()
  disk.write(`${FOLDER}/app.log`, 'one\ntwo\n')
  disk.write(OLD, gzipSync('old\n'))
  const block = [`${disk.root}${FOLDER}/app.log {`, 'compress', 'rotate 9', '}', '']
  disk.write('/etc/logrotate.elasticbeanstalk.hourly/app.conf', block.join('\n'))
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/app.conf', `${FOLDER}/*.gz\n`)
  return disk
}

const script = (disk: Disk, commands: string) =>
  `#!/bin/sh\nmkdir -p "$FAKE_S3/bucket/${PREFIX}"\ncd ${disk.root}${FOLDER}\n${commands}\n`

/** What another hand does to the logs. */
const by = (disk: Disk, commands: string) =>
  execFileSync('/bin/sh', ['-c', script(disk, commands)], { env: { ...process.env, FAKE_S3: disk.s3 } })

/** One flush with this publisher. */
async function flushed(disk: Disk, publisher = ':', upload = '') {
  disk.program('publishLogs.py', script(disk, publisher))
  return (await flush(disk, { parameters: { Upload: upload } })).manifest
}

/** A flush that is killed once it has published so, and tells nobody what it hashed. */
async function killed(disk: Disk, publisher = ':'): Promise<void> {
  const reached = join(disk.s3, 'reached')
  disk.program('publishLogs.py', script(disk, `${publisher}\n: >"${reached}"; exec sleep 60`))
  await flush(disk, {
    killed: async () => {
      while (!existsSync(reached)) await sleep(20)
    },
  })
}

describeWhere('what a flush hashed that told nobody, and somebody emptied since,', () => {
  it('is owed, with the digests that it had', async () => {
    const disk = instance()
    await killed(disk)
    by(disk, EMPTY)
    const manifest = await flushed(disk)
    expect(manifest).toMatchObject(NAMED)
    expect(lackingOf(disk, manifest)).toEqual([NEW, OLD])
    expect(manifest.files.map(({ size }) => size)).toEqual(expect.arrayContaining([24, 28]))
  })

  it('is owed under the name that it had, although it was deleted or moved after that', async () => {
    const disk = instance()
    await killed(disk)
    by(disk, `${EMPTY}; rm app.log.1.gz; mv app.log.7.gz app.log.8.gz`)
    const manifest = await flushed(disk)
    expect(manifest).toMatchObject(NAMED)
    expect(lackingOf(disk, manifest)).toEqual([NEW, OLD])
  })

  it('is named where another has its name', async () => {
    const disk = instance()
    await killed(disk)
    by(disk, ': >app.log.7.gz; mv app.log.7.gz app.log.8.gz; echo other | gzip >app.log.7.gz')
    const { unaccounted } = await flushed(disk)
    expect(unaccounted).toMatchObject([{ why: 'cut or written over by somebody after it was hashed' }])
  })

  it.each(['between the two', 'in the second'])('and wrote to, is named: %s', async (when) => {
    const disk = instance()
    await killed(disk)
    by(disk, EMPTY)
    const write = 'echo later | gzip >app.log.7.gz'
    if (when === 'between the two') by(disk, write)
    const { unaccounted } = await flushed(disk, when === 'between the two' ? ':' : write)
    expect(unaccounted).toMatchObject([{ path: OLD, size: 24 }])
  })

  it('is proven where S3 has it', async () => {
    const disk = instance()
    await killed(disk, `${SHIP}; ${EMPTY}`)
    const manifest = await flushed(disk)
    expect(manifest).toMatchObject(NAMED)
    expect(manifest.files.map(({ path }) => path).sort()).toEqual([NEW, OLD])
    expect(lackingOf(disk, manifest)).toEqual([])
  })
})

describeWhere('a publisher that empties what it has shipped', () => {
  it.each(['', '*'])('keeps no machine, and nothing empty goes over it in S3: %j', async (upload) => {
    const disk = instance()
    // So many that the AWS CLI would take them in one call, in which S3 checks no digest.
    for (let n = 10; n < 40; n++) disk.write(`${FOLDER}/app.log.${n}.gz`, gzipSync(`${n}\n`))
    await flushed(disk, `${SHIP}; ${EMPTY}`)
    const manifest = await flushed(disk, ':', upload)
    expect(manifest).toMatchObject(NAMED)
    expect(manifest.files).toHaveLength(32)
    expect(lackingOf(disk, manifest)).toEqual([])
  })
})
