/** The part of logrotate's configuration language that Elastic Beanstalk's files use. */
import { readFileSync } from 'node:fs'

/** The logs of one block, and how they are rotated. */
export interface Rotation {
  readonly globs: readonly string[]
  readonly count: number
  /** Bytes from which a log is rotated without being forced; `undefined` = by time, which the stand-in never does. */
  readonly size: number | undefined
  readonly ifEmpty: boolean
  readonly missingOk: boolean
  readonly compress: boolean
  readonly delayCompress: boolean
  readonly copyTruncate: boolean
  readonly create: boolean
  /** Names by date only: numbered names are not of Elastic Beanstalk's shape. */
  readonly dateFormat: string
  readonly oldDir: string | undefined
  readonly su: boolean
  readonly postRotate: string
}

/** The blocks of a configuration, each with the directives that stand before it. Throws on what it does not know. */
export function readConfig(file: string): Rotation[] {
  const rotations: Rotation[] = []
  const global = new Map<string, string>()
  let block: { globs: string[]; directives: Map<string, string> } | undefined
  let script: { name: string; lines: string[] } | undefined
  let pending = ''
  for (const raw of readFileSync(file, 'utf8').split('\n')) {
    const line = raw.trim()
    if (script) {
      if (line !== 'endscript') script.lines.push(raw)
      else {
        block?.directives.set(script.name, script.lines.join('\n'))
        script = undefined
      }
    } else if (line === '' || line.startsWith('#')) {
    } else if (block && line.startsWith('}')) {
      rotations.push(rotationOf(block.globs, new Map([...global, ...block.directives])))
      block = undefined
    } else if (/^(prerotate|postrotate|firstaction|lastaction|preremove)$/.test(line)) {
      script = { name: line, lines: [] }
    } else if (!block && /^["'/{]/.test(line)) {
      pending += ` ${line.replace('{', '')}`
      if (line.includes('{')) {
        block = { globs: wordsOf(pending), directives: new Map() }
        pending = ''
      }
    } else {
      const [name = '', ...rest] = line.split(/\s+/)
      ;(block?.directives ?? global).set(name, rest.join(' '))
    }
  }
  return rotations
}

function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
}

function rotationOf(globs: readonly string[], directives: ReadonlyMap<string, string>): Rotation {
  const size = directives.get('size')
  if (!directives.has('dateext')) throw new Error('this stand-in for logrotate needs dateext')
  return {
    globs,
    count: Number(directives.get('rotate') ?? 0),
    size: size === undefined ? undefined : bytesOf(size),
    ifEmpty: !directives.has('notifempty'),
    missingOk: directives.has('missingok'),
    compress: directives.has('compress'),
    delayCompress: directives.has('delaycompress'),
    copyTruncate: directives.has('copytruncate'),
    create: directives.has('create'),
    dateFormat: directives.get('dateformat') ?? '-%Y%m%d',
    oldDir: directives.get('olddir'),
    su: directives.has('su'),
    postRotate: directives.get('postrotate') ?? '',
  }
}

function bytesOf(size: string): number {
  const unit = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[size.slice(-1)]
  return unit ? Number(size.slice(0, -1)) * unit : Number(size)
}
