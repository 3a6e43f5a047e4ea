/** What the flush of an ordinary Elastic Beanstalk instance costs in CPU seconds, beside what a person would type. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Disk, makeDisk } from '../flush/disk.ts'
import { ACCESS_LOG, CONSOLE, layHttpd, layTomcat, ROTATED } from '../flush/elastic-beanstalk.ts'
import { INSTANCE, PREFIX } from '../flush/flush.ts'
import { median, type Row, ratio } from './row.ts'

const values: Readonly<Record<string, string>> = {
  InstanceId: INSTANCE,
  Region: 'us-east-1',
  Purpose: 'termination',
  Bucket: 'bucket',
  Prefix: PREFIX,
  Upload: '',
  ManifestPrefix: 'manifests/',
  Encryption: '',
  ExecutionTimeout: '1800',
}

/** The three commands of the guide for an instance that is about to go. */
const byHand = (disk: Disk) =>
  [
    '#!/bin/bash',
    `logrotate -f -s ${disk.root}/state ${disk.root}/etc/logrotate.elasticbeanstalk.hourly/*.conf`,
    `logrotate -f -s ${disk.root}/state ${disk.root}/etc/logrotate.conf.elasticbeanstalk.httpd`,
    "publishLogs.py --de-dupe --conf-path '/opt/elasticbeanstalk/tasks/publishlogs.d/*' --location-prefix resources/environments/logs/publish/ --num-concurrent 2",
  ].join('\n')

/** `before`: the folder of an earlier checkout, whose script is run in turn with this one. */
export async function ordinaryFlush(rounds: number, before?: string): Promise<Row[]> {
  const now = await scriptOf(join(import.meta.dirname, '../..'))
  const earlier = before === undefined ? undefined : await scriptOf(resolve(before))
  const costs = { now: [] as number[], earlier: [] as number[], byHand: [] as number[] }
  let published = 0
  for (let round = 0; round < rounds; round++) {
    const flushed = run(() => now)
    costs.now.push(flushed.seconds)
    published = flushed.keys
    if (earlier !== undefined) costs.earlier.push(run(() => earlier).seconds)
    costs.byHand.push(run(byHand).seconds)
  }
  const rows = [
    row('ordinary flush ÷ the three commands by hand', '≤ 1.3', costs.now, costs.byHand, published === 12),
  ]
  if (earlier !== undefined)
    rows.push(row(`ordinary flush ÷ that of ${before}`, '≤ 1.10', costs.now, costs.earlier))
  return rows
}

function row(what: string, wanted: string, ours: number[], theirs: number[], holds?: boolean): Row {
  const [a, b] = [median(ours), median(theirs)]
  const figures = `${a.toFixed(2)} s to ${b.toFixed(2)} s of CPU, median of ${ours.length}`
  return { what, measured: ratio(a, b), wanted, figures, ...(holds === undefined ? {} : { holds }) }
}

async function scriptOf(checkout: string): Promise<string> {
  const { buildDocument } = await import(join(checkout, 'src/flush/document.ts'))
  const { loadProfile } = await import(join(checkout, 'src/flush/profile.ts'))
  const document = buildDocument({ ...loadProfile('beanstalk'), bufferSeconds: 0 })
  const lines: string[] = document.mainSteps[0].inputs.runCommand
  return lines.join('\n').replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => values[name] ?? '')
}

/** Four logs with something in them, and eight that were rotated earlier. */
function lay(): Disk {
  const disk = makeDisk()
  const line = 'GET /i?e=pv 200 - - 2f1c0c9e-7d5f-4c60-9a6c-0a8e7a3c1a55\n'
  layTomcat(disk)
  layHttpd(disk)
  disk.write(ACCESS_LOG, line.repeat(20_000))
  disk.write(CONSOLE, line.repeat(2000))
  disk.write('/var/log/httpd/access_log', line.repeat(5000))
  disk.write('/var/log/httpd/error_log', line.repeat(50))
  const old = (age: number) => gzipSync(`${line.repeat(3000)}${age}`)
  for (let age = 0; age < 5; age++)
    disk.write(`${ROTATED}/localhost_access_log.txt146611446${age}.gz`, old(age))
  for (let age = 0; age < 3; age++) disk.write(`/var/log/httpd/access_log-146611446${age}.gz`, old(age))
  disk.standIn('publishLogs.py')
  return disk
}

function run(script: (disk: Disk) => string): { seconds: number; keys: number } {
  const disk = lay()
  const file = join(dirname(disk.root), 'flush.sh')
  writeFileSync(file, script(disk), { mode: 0o700 })
  const { stderr } = spawnSync('/bin/bash', ['-c', `${file}; times >&2`], {
    env: {
      PATH: disk.path,
      TERMINATION_GUARD_ROOT: disk.root,
      FAKE_S3: disk.s3,
      EB_ENVIRONMENT_ID: 'e-abc',
      EB_INSTANCE_ID: INSTANCE,
      EB_BUCKET: 'bucket',
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'], // with a socket there, bash would read ~/.bashrc
  })
  const [user, system] = [...stderr.matchAll(/(\d+)m([\d.]+)s/g)]
    .slice(-2)
    .map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds))
  return { seconds: (user ?? 0) + (system ?? 0), keys: disk.keys().length }
}
