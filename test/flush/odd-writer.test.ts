/** Who writes is seen, however it does, and asked to end; who is not seen is told by what it did. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, has, makeDisk, removeDisks } from './disk.ts'
import { FILES, flush, quick } from './flush.ts'
import { itWhere } from './it-where.ts'
import { endWriting, running } from './writing.ts'

afterEach(endWriting)
afterAll(removeDisks)

const LOG = '/var/log/app/app.log'
const NOBODY = { writers: [], live: [], unaccounted: [] }

function instance(): Disk {
  const disk = makeDisk()
  disk.write(LOG, 'one\n')
  return disk
}

describe('a program is asked to end that has its log', () => {
  it('open to read and to write', async () => {
    const disk = instance()
    const program = `exec 5<>"$1"; read -u 5; trap 'echo the last >&5; exit' TERM; : >"$2"; while :; do sleep 0.05; done`
    await running(disk, program, disk.root + LOG)
    expect((await flush(disk, { profile: FILES })).manifest).toMatchObject(NOBODY)
    expect(archivedTexts(disk)).toEqual(['one\nthe last\n'])
  })

  it('open beside more than fifty others, of which as many are asked', async () => {
    const disk = instance()
    const program = 'for i in {1..52}; do sleep 1000 5>>"$1" & done; : >"$2"; wait'
    await running(disk, program, disk.root + LOG)
    const { manifest } = await flush(disk, { profile: { ...FILES, stopSeconds: 2 } })
    expect(manifest.writers).toMatchObject([{ path: LOG, name: expect.stringContaining('sleep') }])
  })

  // Of a file of overlayfs, the kernel tells the mapping by another device.
  const tellsMappings =
    has('python3') &&
    execFileSync('stat', ['-f', '-c', '%T', tmpdir()], { encoding: 'utf8' }) !== 'overlayfs\n'
  itWhere(tellsMappings, 'needs python3, and a file system of its own')(
    'mapped to write, and nowhere open',
    async () => {
      const disk = instance()
      const python = [
        'import ctypes, os, signal, sys',
        'libc = ctypes.CDLL(None)',
        'fd = os.open(sys.argv[1], os.O_RDWR)',
        'libc.mmap(None, ctypes.c_size_t(4096), 3, 1, fd, ctypes.c_long(0))',
        'os.close(fd)',
        'open(sys.argv[2], "w").close()',
        'signal.pause()',
      ].join('\n')
      await running(disk, `exec python3 -c '${python}' "$@"`, disk.root + LOG)
      const profile = { ...FILES, stopSeconds: 5 }
      expect((await flush(disk, { profile })).manifest).toMatchObject(NOBODY)
    },
  )
})

const STUBBORN = `trap '' TERM; : >"$2"; while :; do sleep 0.05; done`

it.each([
  ['a log', LOG],
  ['what a rotation left uncompressed', `${LOG}.1`],
])('%s keeps its name and its form while a program has it open that does not end', async (_what, path) => {
  const disk = makeDisk()
  disk.write(path, 'one\n')
  disk.write('/etc/logrotate.d/elasticbeanstalk.conf', `${disk.root}${LOG} {\n compress\n}\n`)
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/app/*.gz\n')
  await running(disk, `exec 5>>"$1"; ${STUBBORN}`, disk.root + path)
  const { manifest } = await flush(disk, { profile: quick('beanstalk', { stopSeconds: 1 }) })
  expect(manifest.writers.map((writer) => writer.path)).toEqual([path])
  expect(existsSync(disk.root + path)).toBe(true)
})

it.each([
  ['before', 'rm "$1";', ':'],
  ['as it is asked to end', '', `rm ${LOG}`],
])('a program that does not end is told although its log was removed %s', async (_when, first, last) => {
  const disk = instance()
  disk.write('/var/log/app/other.log', 'other\n')
  const stubborn = STUBBORN.replace("''", `'${last.replace(LOG, disk.root + LOG)}'`)
  await running(disk, `exec 5>>"$1"; ${first} ${stubborn}`, disk.root + LOG)
  const { manifest } = await flush(disk, { profile: { ...FILES, stopSeconds: 1 } })
  expect(manifest.writers.length).toBe(1)
})

describe('a program that nobody sees', () => {
  it('is told by what it wrote after the service of the log had stopped, and as long as no boot ends it', async () => {
    const disk = makeDisk()
    disk.write('/etc/logrotate.d/elasticbeanstalk.conf', `${disk.root}${LOG} {\n compress\n}\n`)
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/app/*.gz\n')
    disk.write(LOG, 'one\n')
    const stopping = '"tomcat8 stop") : >"$FAKE_S3/stopped" ;;\n*) exit 3 ;;'
    disk.script(
      '/sbin/service',
      `#!/bin/sh\ncase "$1 $2" in\n"tomcat8 status") [ ! -e "$FAKE_S3/stopped" ] ;;\n${stopping}\nesac\n`,
    )
    // The flush waits for buffers, once all are asked to end.
    disk.program(
      'sleep',
      `#!/bin/sh\n[ -e "$FAKE_S3/wrote" ] || echo late >>'${disk.root}${LOG}'\n: >"$FAKE_S3/wrote"\n`,
    )
    const profile = quick('beanstalk')
    const unknown = [{ path: LOG, name: 'unknown' }]
    expect((await flush(disk, { profile })).manifest.writers).toEqual(unknown)
    expect((await flush(disk, { profile })).manifest.writers).toEqual(unknown)
  })
})
