/** What an earlier flush hashed, and is empty now: S3 has it as it was, or it is named. */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from '@jest/globals'
import { type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { FILES, flush, INSTANCE, lackingOf, PREFIX } from './flush.ts'

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

  it('is owed where its disk has another number now, and another disk had that', async () => {
    const disk = instance()
    await killed(disk)
    by(disk, EMPTY)
    const { dev, ino } = statSync(`${disk.root}${OLD}`)
    const now = new RegExp(`(?<=^|[|\\0])${dev}:`, 'g')
    const state = `/var/lib/termination-guard/${INSTANCE}`
    for (const name of ['device', 'formed', 'digests', 'hashed'])
      disk.write(
        `${state}/${name}`,
        disk
          .read(`${state}/${name}`)
          .replaceAll(now, '99:')
          .replace(/^\d+\n$/, '99\n'),
      )
    const others = `${dev}:${ino} 999 0 then|0 ${'0'.repeat(32)} ${'0'.repeat(64)}|/data/other.log\0`
    disk.write(`${state}/hashed`, disk.read(`${state}/hashed`) + others)
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

it('what somebody ships and empties before it is hashed is named, and nothing empty goes over it in S3', async () => {
  const disk = makeDisk()
  for (const name of ['app.log', 'other.log']) disk.write(`/var/log/app/${name}`, 'one\ntwo\n')
  const key = `${PREFIX}_var_log_app_app.log`
  const ship = `mkdir -p "$FAKE_S3/bucket/${PREFIX}"; cp app.log "$FAKE_S3/bucket/${key}"; : >app.log`
  disk.program(
    'md5sum',
    `#!/bin/sh\ncd ${disk.root}/var/log/app\n[ ! -s app.log ] || { ${ship}; }\nexec /usr/bin/md5sum "$@"\n`,
  )
  const { manifest, paths } = await flush(disk, { profile: FILES })
  expect(paths).toEqual(['/var/log/app/other.log'])
  expect(manifest.unaccounted).toMatchObject([{ path: '/var/log/app/app.log', size: 8 }])
  expect(disk.object(key)?.toString()).toBe('one\ntwo\n')
})
