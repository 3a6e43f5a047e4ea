// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is shell
/** A log that was deleted while its writer has it open is saved, by whatever name the writer knows its folder. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { archivedTexts, type Disk, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { flush } from './flush.ts'
import { itWhere } from './it-where.ts'
import { whyNoVolumes } from './volume.ts'
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

describeWhere('a log is archived that was deleted', () => {
  it('in a folder that is a link to another disk', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/mnt/data`, { recursive: true })
    symlinkSync('../../mnt/data', `${disk.root}/var/log/my`)
    await writing(disk, LOG, 'echo one >&5; rm "$1"', 'echo last >&5; exit')
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

  it('but not where no log is looked for', async () => {
    const disk = instance('/var/log/my/*.log')
    mkdirSync(`${disk.root}/srv`)
    await writing(disk, '/srv/app.log', 'echo one >&5; rm "$1"', 'echo last >&5; exit')
    const { manifest } = await flush(disk)
    expect(manifest).toMatchObject({ files: [], unaccounted: [] })
  })
})
