import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { acceptedEventIds } from '../../../../testbed/local/instance/access-log.ts'
import { PATHS } from '../../../../testbed/local/instance/disk.ts'
import { instancePrograms } from '../../../../testbed/local/instance/programs.ts'
import { type Instance, type InstanceOptions, startInstance } from '../../../../testbed/local/instance.ts'
import { processesOf, until } from './processes.ts'

const FIRST = '00000000-0000-4000-8000-000000000001'
const SECOND = '00000000-0000-4000-8000-000000000002'
const DOOMED_PARENT = fileURLToPath(new URL('doomed-parent.ts', import.meta.url))
const NEVER_MS = 1_000_000

let directory: string
let instance: Instance

async function start(
  options: Partial<Pick<InstanceOptions, 'bufferMs' | 'publishEveryMs' | 'rootedScripts'>> = {},
) {
  instance = await startInstance({
    instanceId: 'i-0123456789abcdef0',
    groupName: 'collectors',
    disk: join(directory, 'disk'),
    programs: instancePrograms(process.env),
    environment: { EB_ENVIRONMENT_ID: 'e-test', AWS_REGION: 'eu-west-1' },
    bufferMs: options.bufferMs ?? NEVER_MS,
    publishEveryMs: options.publishEveryMs,
    fullHourAt: Date.now(),
    rootedScripts: options.rootedScripts ?? false,
  })
  return instance
}

const send = (eventId: string) => fetch(`${instance.url}/i?e=pv&eid=${eventId}`)
const accessLog = () => readFileSync(instance.disk + PATHS.accessLog, 'utf8')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'guard-instance-'))
})

afterEach(async () => {
  await instance.destroy()
  expect(processesOf(directory)).toEqual([])
  rmSync(directory, { recursive: true })
})

describe('a local instance', () => {
  it('accepts an event with 200 and a pixel, and keeps its line in memory at first', async () => {
    await start()
    const response = await send(FIRST)
    expect(response.status).toBe(200)
    expect((await response.arrayBuffer()).byteLength).toBe(43)
    expect(accessLog()).toBe('')
  })

  it('writes the buffer every so often', async () => {
    await start({ bufferMs: 20 })
    await send(FIRST)
    await until(() => accessLog() !== '')
    expect(acceptedEventIds(accessLog())).toEqual([FIRST])
  })

  it('writes the buffer when it is stopped in order', async () => {
    await start()
    await send(FIRST)
    await fetch(`${instance.url}/com.snowplowanalytics.snowplow/tp2?eid=${SECOND}`, {
      method: 'POST',
      body: '{}',
    })
    await instance.stopCollector()
    expect(acceptedEventIds(accessLog())).toEqual([FIRST, SECOND])
    await expect(send(FIRST)).rejects.toThrow()
  })

  it('loses the buffer when the plug is pulled', async () => {
    await start()
    await send(FIRST)
    await instance.powerOff()
    expect(accessLog()).toBe('')
    expect(instance.agentOnline()).toBe(false)
  })

  it('logs health checks too', async () => {
    await start()
    expect((await fetch(`${instance.url}/healthcheck`)).status).toBe(200)
    await instance.stopCollector()
    expect(accessLog().split('\t')[7]).toBe('/healthcheck')
  })

  it('refuses events once its collector is unhealthy, and says so in the log', async () => {
    await start()
    instance.inject('collector-unhealthy')
    await until(async () => (await send(FIRST)).status === 503)
    await instance.stopCollector()
    expect(accessLog()).toContain(`\t503\t`)
  })

  it.each(['service tomcat8 stop', 'systemctl stop tomcat8.service'])(
    'is quiesced by `%s`',
    async (command) => {
      await start()
      await send(FIRST)
      expect(await instance.run(command, 120_000)).toMatchObject({ exitCode: 0, timedOut: false })
      expect(acceptedEventIds(accessLog())).toEqual([FIRST])
      expect(existsSync(instance.disk + PATHS.pidFile)).toBe(false)
      expect((await instance.run('service tomcat8 status', 120_000)).exitCode).toBe(3)
    },
  )

  it('knows no services but its own', async () => {
    await start()
    expect((await instance.run('service cron stop', 120_000)).exitCode).toBe(1)
    expect((await instance.run('systemctl stop cron', 120_000)).exitCode).toBe(5)
  })

  it('tells a script who it is, as the metadata service of EC2 does', async () => {
    await start()
    const service = 'http://169.254.169.254/latest'
    const script = [
      `TOKEN=$(curl -s -X PUT ${service}/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')`,
      `curl -s -H "X-aws-ec2-metadata-token: $TOKEN" ${service}/meta-data/instance-id; echo`,
      `ZONE=$(wget -q -O - ${service}/meta-data/placement/availability-zone); echo \${ZONE::-1} &> zone; cat zone`,
      `curl -s ${service}/dynamic/instance-identity/document; echo`,
      `curl -s ${service}/meta-data/nothing || echo $?`,
    ]
    const { stdout } = await instance.run(script.join('\n'), 120_000)
    const document =
      '{"instanceId":"i-0123456789abcdef0","region":"eu-west-1","availabilityZone":"eu-west-1a"}'
    expect(stdout.split('\n')).toEqual(['i-0123456789abcdef0', 'eu-west-1', document, '22', ''])
  })

  it('has nothing more to give to sudo', async () => {
    await start()
    const { stdout } = await instance.run('sudo -n -u root X=1 sh -c "echo $0 \\$X"; sudo id -u', 120_000)
    expect(stdout).toMatch(new RegExp(` 1\n${process.getuid?.()}\n$`))
  })

  it('has the paths of a script that knows no root on its disk, if asked', async () => {
    await start({ rootedScripts: true })
    expect(await instance.run('cd /var/log && ls; echo x > /tmp/mine', 120_000)).toMatchObject({
      stdout: 'tomcat8\n',
    })
    expect(readFileSync(join(instance.disk, 'tmp/mine'), 'utf8')).toBe('x\n')
  })

  it('runs a script in the shell that its first line names, on its own disk', async () => {
    await start()
    const script = '#!/bin/bash\necho "$BASH_VERSION" | cut -c1; pwd; echo oops >&2; exit 7'
    const result = await instance.run(script, 120_000)
    expect(result).toMatchObject({ exitCode: 7, stderr: 'oops\n', timedOut: false })
    expect(result.stdout).toMatch(new RegExp(`^\\d\n.*${instance.disk}\n$`))
  })

  it('kills a script at its time-out with everything that it started', async () => {
    await start()
    const script = '#!/bin/bash\nsleep 1000 & timeout 1000 sleep 1000; echo late'
    const result = await instance.run(script, 300)
    expect(result).toMatchObject({ timedOut: true, stdout: '' })
    expect(processesOf(directory).length).toBeLessThanOrEqual(1)
  })

  it('kills a running script when the plug is pulled', async () => {
    await start()
    const running = instance.run('#!/bin/bash\ntouch started; (sleep 1000 &); sleep 1000', 1_000_000)
    await until(() => existsSync(join(instance.disk, 'started')))
    await instance.powerOff()
    expect(await running).toMatchObject({ exitCode: 137, timedOut: false })
    expect(processesOf(directory)).toEqual([])
  })

  it('kills a script that was called off before it began', async () => {
    await start()
    const running = instance.run('#!/bin/bash\nsleep 1000', 1_000_000, AbortSignal.abort())
    expect(await running).toMatchObject({ exitCode: 137, timedOut: false })
  })

  it('leaves nothing running when the program that pretends to be its hardware is killed', async () => {
    await start()
    const parent = spawn(process.execPath, [DOOMED_PARENT, join(directory, 'doomed')], { stdio: 'ignore' })
    await until(() => existsSync(join(directory, 'doomed/started')))
    parent.kill('SIGKILL')
    await until(() => processesOf(join(directory, 'doomed')).length === 0)
  })

  it('keeps its disk when it is off, until it is destroyed', async () => {
    await start()
    await instance.powerOff()
    expect(existsSync(instance.disk)).toBe(true)
    await instance.destroy()
    expect(existsSync(instance.disk)).toBe(false)
  })

  it('rotates its logs by itself', async () => {
    await start({ bufferMs: 10, publishEveryMs: 50 })
    await send(FIRST)
    await until(() =>
      readdirSync(instance.disk + PATHS.rotated).some((name) =>
        /^localhost_access_log.txt\d+.gz$/.test(name),
      ),
    )
  })

  it('rotates nothing once logrotate is broken', async () => {
    await start({ bufferMs: 10 })
    instance.inject('rotation-broken')
    expect((await instance.run(`logrotate -f ${instance.disk}${PATHS.rotation}`, 120_000)).exitCode).toBe(1)
  })
})
