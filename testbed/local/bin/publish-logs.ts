/**
 * Stands in for Elastic Beanstalk's publishLogs.py on a local instance: the same command line, the same keys, a local record
 * of what it published. It finds its surroundings in EB_ENVIRONMENT_ID, EB_INSTANCE_ID and EB_BUCKET, uploads with the `aws`
 * on PATH, and misbehaves on request: PUBLISHER_FAULT=half|nothing|truncate|fail, only once where PUBLISHER_FAULT_ONCE names a
 * marker file that does not exist yet. TERMINATION_GUARD_ROOT is a directory that stands for /.
 */
import { execFile } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs, promisify } from 'node:util'

type Fault = 'half' | 'nothing' | 'truncate' | 'fail' | 'none'

const env = process.env
const root = env.TERMINATION_GUARD_ROOT ?? ''
const recordFile = rooted('/var/lib/elasticbeanstalk/published.json')

const { values } = parseArgs({
  options: {
    'de-dupe': { type: 'boolean', default: false },
    'conf-path': { type: 'string', default: '' },
    'location-prefix': { type: 'string', default: '' },
    'num-concurrent': { type: 'string', default: '2' },
  },
})

function rooted(path: string): string {
  return path.startsWith(`${root}/`) ? path : root + path
}

/** The files that the configuration names, and a fingerprint that changes when a file does. */
function candidates(): { file: string; fingerprint: string }[] {
  const globs = globSync(rooted(values['conf-path'])).flatMap((conf) =>
    readFileSync(conf, 'utf8').split('\n'),
  )
  const files = globs.filter((glob) => glob.startsWith('/')).flatMap((glob) => globSync(rooted(glob.trim())))
  return [...new Set(files)].sort().flatMap((file) => {
    const facts = statSync(file, { throwIfNoEntry: false })
    return facts?.isFile() ? [{ file, fingerprint: `${facts.size} ${facts.mtimeMs}` }] : []
  })
}

function readRecord(): Record<string, string> {
  return values['de-dupe'] && existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : {}
}

function writeRecord(record: Record<string, string>): void {
  mkdirSync(dirname(recordFile), { recursive: true })
  writeFileSync(recordFile, JSON.stringify(record))
}

function faultNow(): Fault {
  const fault = (env.PUBLISHER_FAULT || 'none') as Fault
  const once = env.PUBLISHER_FAULT_ONCE
  if (fault === 'none' || !once) return fault
  if (existsSync(once)) return 'none'
  writeFileSync(once, fault)
  return fault
}

async function upload(file: string, truncated: boolean): Promise<void> {
  const path = file.slice(root.length)
  const key = `${values['location-prefix']}${env.EB_ENVIRONMENT_ID}/${env.EB_INSTANCE_ID}/${path.replaceAll('/', '_')}`
  const folder = truncated ? mkdtempSync(join(tmpdir(), 'publish-')) : undefined
  try {
    const body = folder ? join(folder, 'body') : file
    if (folder) writeFileSync(body, readFileSync(file).subarray(0, Math.floor(statSync(file).size / 2)))
    const args = ['s3api', 'put-object', '--bucket', env.EB_BUCKET ?? '', '--key', key, '--body', body]
    await promisify(execFile)('aws', args)
  } finally {
    if (folder) rmSync(folder, { recursive: true })
  }
}

/** Uploads what was not published yet. The exit code says little, as with the real one. */
async function publish(): Promise<number> {
  const record = readRecord()
  const found = candidates().filter(({ file, fingerprint }) => record[file] !== fingerprint)
  // A fault that is meant to happen once waits for something to spoil.
  const fault = found.length > 0 ? faultNow() : 'none'
  if (fault === 'fail') return 1
  if (fault === 'nothing') return 0
  const queue = fault === 'half' ? found.filter((_, index) => index % 2 === 1) : found
  let failed = 0
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      try {
        await upload(next.file, fault === 'truncate')
        record[next.file] = next.fingerprint
      } catch (error) {
        failed++
        console.error((error as Error).message)
      }
    }
  }
  await Promise.all(Array.from({ length: Number(values['num-concurrent']) || 1 }, worker))
  writeRecord(record)
  return failed === 0 ? 0 : 1
}

process.exitCode = await publish()
