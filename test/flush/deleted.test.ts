// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** A log that was deleted while its writer has it open is saved, by whatever name the writer knows its folder. */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush, quick } from './flush.ts'
import { itWhere } from './it-where.ts'
import { root, whyNoVolumes } from './volume.ts'
import { endWriting, running, writing } from './writing.ts'

const LOG = '/var/log/my/app.log'
const describeWhere = hasLogrotate() ? describe : describe.skip
const whyNot = whyNoVolumes()

afterEach(endWriting)
afterAll(removeDisks)

function instance(pattern: string): Disk {
  const disk = makeDisk()
  disk.write('/etc/logrotate.d/elasticbeanstalk.conf', `${disk.root}${pattern} {\n compress\n}\n`)
  disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/my.conf', '/var/log/*/*.gz\n')
  disk.write('/var/log/web/web.log', 'web\n')
  return disk
}

async function expectSaved(disk: Disk): Promise<void> {
  const { manifest } = await flush(disk)
  expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
  expect(archivedTexts(disk)).toContain('one\nlast\n')
}

/** A flush that comes to this point and no further. */
async function killedAt(disk: Disk, is: () => boolean): Promise<void> {
  const killed = async () => {
    while (!is()) await sleep(10)
  }
  expect((await flush(disk, { killed })).stdout).toBe('')
}

describeWhere('a log is archived that was deleted', () => {
  it('in a folder that is a link to another disk', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/mnt/data`, { recursive: true })
    symlinkSync('../../mnt/data', `${disk.root}/var/log/my`)
    await writing(disk, LOG, 'echo one >&5; rm "$1"', 'echo last >&5; exit')
    await expectSaved(disk)
  })

  it('beside a file of the root folder, though another program ends before it is known what it had deleted', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    disk.write(LOG, 'one\nlast\n')
    disk.write('/opt/elasticbeanstalk/tasks/publishlogs.d/root.conf', '/app.txt\n')
    const { pid } = await running(
      disk,
      'exec 5>>"$1"; echo x >&5; rm "$1"; : >"$2"; while :; do sleep 0.05; done',
      `${disk.root}/x`,
    )
    disk.program(
      'readlink',
      `#!/bin/sh\nkill -9 ${pid}\nwhile [ -d /proc/${pid}/root/ ]; do sleep 0.05; done\nexit 1\n`,
    )
    await expectSaved(disk)
  })

  it('with a folder that only a glob names', async () => {
    const disk = instance('/var/log/*/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    await writing(disk, LOG, 'echo one >&5; rm -r "${1%/*}"', 'echo last >&5; exit')
    await expectSaved(disk)
  })

  itWhere(whyNot === undefined, whyNot ?? '')(
    'in a container, which has the folder under another name',
    async () => {
      const disk = instance('/var/log/my/*.log')
      for (const folder of ['/var/log/my', '/container']) mkdirSync(disk.root + folder, { recursive: true })
      const inside = `mount --bind "$1" "$2"; exec 5>>"$2/app.log"; echo one >&5; rm "$2/app.log"
      trap 'echo last >&5; exit' TERM; : >"$3"; while :; do sleep 0.05; done`
      const container = 'exec unshare -m --propagation private bash -c "$1" "$0" "${@:2}"'
      await running(disk, container, inside, `${disk.root}/var/log/my`, `${disk.root}/container`)
      await expectSaved(disk)
    },
  )

  itWhere(whyNot === undefined, whyNot ?? '')(
    'from its first line on, where only one disk has room',
    async () => {
      const disk = instance('/var/log/my/*.log')
      const mounts = ['/var/log', '/var/lib'].map((folder) => disk.root + folder)
      for (const at of mounts) {
        mkdirSync(at, { recursive: true })
        root('mount', '-t', 'tmpfs', '-o', `size=${at.endsWith('lib') ? '64k' : '8m'},mode=755`, 'tmpfs', at)
      }
      try {
        disk.write('/var/log/my/other.log', 'other\n')
        await writing(disk, LOG, 'seq 100000 >&5; rm "$1"')
        await flush(disk)
        const lines = Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`)
        expect(archivedTexts(disk)).toEqual([lines.join(''), 'other\n'])
      } finally {
        for (const at of mounts) root('umount', '-l', at)
      }
    },
  )

  for (const [when, first, last] of [
    ['no disk has room', 'seq 100000 >&5', ''],
    ['no disk has room for what its writer writes as it ends', 'seq 100 >&5', 'seq 101 100000 >&5;'],
  ] as const)
    itWhere(whyNot === undefined, whyNot ?? '')(`from the hands of the flush, where ${when}`, async () => {
      const disk = instance('/var/log/my/*.log')
      const mounts = ['/var/log', '/var/lib'].map((folder) => disk.root + folder)
      for (const at of mounts) {
        mkdirSync(at, { recursive: true })
        root(
          'mount',
          '-t',
          'tmpfs',
          '-o',
          `size=${at.endsWith('lib') ? '64k' : '900k'},mode=755`,
          'tmpfs',
          at,
        )
      }
      try {
        disk.write('/var/log/my/other.log', 'other\n')
        await writing(disk, LOG, `${first}; rm "$1"`, `${last} exit`)
        const { manifest, paths } = await flush(disk)
        expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
        expect(paths).toContainEqual(expect.stringMatching(/^\/var\/log\/my\/app\.log-deleted-\d+$/))
        const lines = Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`)
        expect(archivedTexts(disk)).toEqual([lines.join(''), 'other\n'])
        expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
      } finally {
        for (const at of mounts) root('umount', '-l', at)
      }
    })

  it('before its writer is asked to end, where the flush is killed after that', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    disk.script(
      '/sbin/service',
      `#!/bin/sh\ncase $*:$(cat ${disk.s3}/pid) in 'tomcat8 status':?*) exit 0 ;; 'tomcat8 stop':*) ;; *) exit 3 ;; esac
      pid=$(cat ${disk.s3}/pid); kill $pid; while kill -0 $pid; do sleep 0.02; done; : >${disk.s3}/pid; sleep 100`,
    )
    await writing(disk, LOG, `echo $$ >${disk.s3}/pid; echo one >&5; rm "$1"`)
    await killedAt(disk, () => disk.readS3('pid') === '')
    disk.script('/sbin/service', '#!/bin/sh\nexit 3\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 1, unaccounted: [] })
    expect(archivedTexts(disk)).toContain('one\n')
  })

  it('although the first who has it open is gone before we have', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    await writing(disk, LOG, 'echo one >&5; rm "$1"; sleep 1000 & :', 'echo last >&5; exit')
    const opens = 'exec {fd}<"$3"'
    const change = (script: string) => script.replace(opens, `[ -n "$TRIED" ] && ${opens} || ! TRIED=yes`)
    const { manifest } = await flush(disk, { change })
    expect(manifest).toMatchObject({ census: 1, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toContain('one\nlast\n')
  })

  it('beside another that had its name', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    await writing(disk, LOG, 'echo one >&5; rm "$1"')
    await writing(disk, LOG, 'echo another >&5; rm "$1"')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ census: 2, live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toEqual(['another\n', 'one\n'])
  })

  it('and was held under its name by two flushes that were killed', async () => {
    const disk = instance('/var/log/my/*.log')
    disk.program('publishLogs.py', `#!/bin/sh\n: >${disk.s3}/publishing\nsleep 100\n`)
    for (const text of ['one\n', 'another\n']) {
      disk.write(`${LOG}-1.zip`, text)
      await killedAt(disk, () => existsSync(`${disk.s3}/publishing`))
      for (const gone of [`${disk.root}${LOG}-1.zip`, `${disk.s3}/publishing`]) rmSync(gone)
    }
    disk.program('publishLogs.py', '#!/bin/sh\n')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ live: [], unaccounted: [] })
    expect(archivedTexts(disk)).toEqual(expect.arrayContaining(['another\n', 'one\n']))
  })

  it('and is written to until the last moment: what came too late for one flush is in the next', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    await writing(
      disk,
      LOG,
      `echo $$ >${disk.s3}/pid; echo one >&5; rm "$1"; trap 'echo late >&5; exit' USR1`,
      ':',
    )
    disk.linkAws('other-aws')
    disk.program(
      'aws',
      `#!/bin/sh\npid=$(cat ${disk.s3}/pid)\nwhile kill -USR1 $pid; do sleep 0.1; done\nexec other-aws "$@"\n`,
    )
    const profile = quick('beanstalk', { endUnknownWriters: false, stopSeconds: 1 })
    const first = await flush(disk, { profile })
    expect(first.live).toEqual([LOG])
    const { manifest } = await flush(disk, { profile })
    expect(manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toContain('one\nlate\n')
  })

  it('although the copy of it is removed before it is hashed', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/var/log/my`)
    await writing(disk, LOG, 'echo one >&5; rm "$1"', 'echo last >&5; exit')
    const md5sum = 'PATH=${PATH#*:} exec md5sum "$@"\n'
    disk.program('md5sum', `#!/bin/sh\nrm -rf ${disk.root}/var/lib/termination-guard\n${md5sum}`)
    expect((await flush(disk)).manifest.live).toEqual([{ path: LOG, size: 9 }])
    disk.program('md5sum', `#!/bin/sh\n${md5sum}`)
    expect((await flush(disk)).manifest).toMatchObject({ live: [], unaccounted: [], writers: [] })
    expect(archivedTexts(disk)).toContain('one\nlast\n')
  })

  it('but not where no log is looked for', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/srv`)
    await writing(disk, '/srv/app.log', 'echo one >&5; rm "$1"', 'echo last >&5; exit')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ files: [], unaccounted: [] })
  })
})
