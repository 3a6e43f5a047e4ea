import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from '@jest/globals'
import { type Disk, has, hasLogrotate, makeDisk, removeDisks } from './disk.ts'
import { ACCESS_LOG, layHttpd, layTomcat, ROTATED } from './elastic-beanstalk.ts'
import { itWhere } from './it-where.ts'

afterAll(removeDisks)

/** The same facts of both, so that the stand-in cannot drift from what it stands for. */
const PROGRAMS = {
  'the stand-in for logrotate': join(import.meta.dirname, '../../testbed/local/bin/logrotate'),
  ...(hasLogrotate() ? { 'the real logrotate': 'logrotate' } : {}),
}
const CONFIG = '/etc/logrotate.elasticbeanstalk.hourly/logrotate.elasticbeanstalk.tomcat8.conf'
const HTTPD = '/etc/logrotate.conf.elasticbeanstalk.httpd'
const isRoot = process.getuid?.() === 0

for (const [name, program] of Object.entries(PROGRAMS)) {
  const environment = { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` }, encoding: 'utf8' } as const
  const rotate = (disk: Disk, force = true, config = CONFIG) => {
    const options = [...(force ? ['-f'] : []), '-s', `${disk.root}/state`]
    return spawnSync(program, [...options, disk.root + config], environment)
  }
  const collector = (log: string): Disk => {
    const disk = makeDisk()
    layTomcat(disk)
    disk.write(ACCESS_LOG, log)
    return disk
  }
  const rotated = (disk: Disk) => disk.list(ROTATED).filter((file) => file !== '.keep')

  describe(name, () => {
    it('leaves a log below its size alone, in silence, and exits 0', () => {
      const disk = collector('x\n')
      expect(rotate(disk, false)).toMatchObject({ status: 0, stdout: '', stderr: '' })
      expect(rotated(disk)).toEqual([])
    })

    it('rotates it when forced, and leaves the log empty', () => {
      const disk = collector('x\n')
      expect(rotate(disk)).toMatchObject({ status: 0, stdout: '', stderr: '' })
      expect(rotated(disk)).toEqual([expect.stringMatching(/^localhost_access_log\.txt\d{10}\.gz$/)])
      expect(disk.read(ACCESS_LOG)).toBe('')
    })

    it('leaves an empty log alone even when forced', () => {
      const disk = collector('')
      expect(rotate(disk)).toMatchObject({ status: 0 })
      expect(rotated(disk)).toEqual([])
    })

    /** A rotation whose file is there already. On a busy machine it may come after the seconds that were prepared: then once more. */
    const rotatedInTime = () => {
      for (;;) {
        const disk = collector('x\n')
        const second = Math.floor(Date.now() / 1000)
        for (let i = 0; i < 3; i++) disk.write(`${ROTATED}/localhost_access_log.txt${second + i}.gz`, '')
        const { status, stderr } = rotate(disk)
        if (Date.now() < (second + 3) * 1000) return { disk, status, stderr }
      }
    }

    it('refuses a second rotation within one second, exits 1, and keeps the data in the log', () => {
      const { disk, status, stderr } = rotatedInTime()
      expect(status).toBe(1)
      expect(stderr).toContain('already exists, skipping rotation')
      expect(disk.read(ACCESS_LOG)).toBe('x\n')
    })

    it('deletes the oldest file beyond the configured number', () => {
      const disk = collector('x\n')
      for (let i = 1; i <= 5; i++) disk.write(`${ROTATED}/localhost_access_log.txt146611446${i}.gz`, '')
      rotate(disk)
      expect(rotated(disk)).toHaveLength(5)
      expect(rotated(disk)).not.toContain('localhost_access_log.txt1466114461.gz')
    })

    it('leaves the newest file uncompressed under delaycompress', () => {
      const disk = makeDisk()
      layHttpd(disk)
      disk.write('/var/log/httpd/access_log', 'x\n')
      disk.write('/var/log/httpd/access_log-1426089661', 'earlier\n')
      expect(rotate(disk, true, HTTPD)).toMatchObject({ status: 0 })
      expect(disk.list('/var/log/httpd')).toEqual([
        'access_log',
        'access_log-1426089661.gz',
        expect.stringMatching(/^access_log-\d{10}$/),
      ])
    })

    itWhere(isRoot, 'only root has to care')(
      'fails with exit 1 in a folder that others may write to',
      async () => {
        const disk = collector('x\n')
        chmodSync(`${disk.root}/var/log/tomcat8`, 0o777)
        const { status, stderr } = rotate(disk)
        expect(status).toBe(1)
        expect(stderr).toContain('insecure permissions')
        expect(disk.read(ACCESS_LOG)).toBe('x\n')
      },
    )

    it('fails with exit 3 while another one holds the state', async () => {
      const disk = collector('x\n')
      mkdirSync(`${disk.root}/var/log/slow`)
      disk.write('/var/log/slow/a.log', 'x\n')
      disk.write(
        '/slow.conf',
        `${disk.root}/var/log/slow/*.log {\ndateext\nrotate 1\npostrotate\ntouch ${disk.root}/busy; until [ -e ${disk.root}/seen ]; do sleep 0.1; done\nendscript\n}\n`,
      )
      const slow = spawn(program, ['-f', '-s', `${disk.root}/state`, `${disk.root}/slow.conf`], {
        ...environment,
        stdio: 'ignore',
      })
      while (!existsSync(`${disk.root}/busy`)) await sleep(20)
      const { status, stderr } = rotate(disk)
      disk.write('/seen', '')
      await new Promise((resolve) => slow.on('close', resolve))
      expect(status).toBe(3)
      expect(stderr).toContain('already locked')
      expect(rotated(disk)).toEqual([])
    })
  })
}

describe('the facts above', () => {
  it(`are those of ${has('logrotate') ? 'both the real logrotate and the stand-in' : 'the stand-in only: no logrotate is installed here'}`, () => {
    expect(Object.keys(PROGRAMS).length).toBe(has('logrotate') ? 2 : 1)
  })
})
