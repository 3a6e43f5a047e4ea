/** What the documents promise is there, and can be read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { alarmResources } from '../deploy/alarms.ts'
import { parameterNames } from '../deploy/parameters.ts'
import { readSettings } from '../deploy/settings.ts'
import { buildDocument, MAX_DOCUMENT_BYTES } from '../src/flush/document.ts'
import { loadProfile, parseProfile } from '../src/flush/profile.ts'
import { SCENARIOS } from '../testbed/local/demo/scenarios.ts'
import { defaults } from './deploy/defaults.ts'
import { importsIn } from './import-rules.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const filesBelow = (folder: string, ending: RegExp) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name))
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...filesBelow('docs', /\.md$/),
  ...filesBelow('examples', /\.md$/),
]

/** What people write: neither code nor tables. */
const prose = (text: string) => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').replaceAll(/^\|.*$/gm, '')

/** The anchors of a document's headings, as GitHub makes them. */
const anchors = (text: string) =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

const widerThan = (columns: number, text: string) => text.split('\n').filter((line) => line.length > columns)

/** The texts of all sources, in which a quoted message must be found: quotes and line ends of the source do not matter. */
const sources = ['src', 'deploy', 'handlers', 'testbed', 'scripts']
  .flatMap((folder) => filesBelow(folder, /\.(ts|sh|cjs|json)$/))
  .map((file) => read(file).replaceAll(/\\n|\s+/g, ' '))

/**
 * The messages that a document quotes: italics of more than one word (a single word in italics is stressed). `…` stands for what
 * varies, so each part is looked for by itself.
 */
const quoted = (text: string) =>
  [...prose(text).matchAll(/(?<![*\w`/])\*([^*`\s][^*`]* [^*`]+)\*(?![*\w])/g)].map(([, message = '']) =>
    message.replaceAll(/\s+/g, ' '),
  )
const parts = (message: string) =>
  message
    .split('…')
    .map((part) => part.trim())
    .filter((part) => part !== '')

describe.each(documents)('%s', (document) => {
  const text = read(document)
  it('links to files and headings that exist', () => {
    const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    const missing = links.filter((link) => {
      if (/^https?:/.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? document : join(dirname(document), file)
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchors(read(target)).includes(anchor)
    })
    expect(missing).toEqual([])
  })
  it('names only scripts that exist', () => {
    const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts
    const named = [...text.matchAll(/npm run ([a-z][a-z-]*)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
  it('has prose of at most 100 characters a line', () => {
    expect(widerThan(100, prose(text))).toEqual([])
  })
  it('quotes only messages that a source has', () => {
    const unsaid = quoted(text).filter((message) =>
      parts(message).some((part) => !sources.some((source) => source.includes(part))),
    )
    expect(unsaid).toEqual([])
  })
})

it('quotes are found where documents have them', () => {
  expect(quoted(read('docs/operate.md'))).toContain('it has a hook named … already')
})

it('a source points only at headings of the documents that exist', () => {
  const pointers = sources.flatMap((source) => [
    ...source.matchAll(/(docs\/[a-z-]+\.md)(?:#|, )([a-z]+(?:-[a-z]+)*)/g),
  ])
  const lost = pointers.filter(([, file = '', anchor = '']) => !anchors(read(file)).includes(anchor))
  expect(lost.map(([pointer]) => pointer)).toEqual([])
})

describe('the README', () => {
  const text = read('README.md')
  it('is read in three minutes: at most 110 lines of at most 100 characters', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(110)
    expect(widerThan(100, text)).toEqual([])
  })
  it('says how to get what it says how to start', () => {
    expect(text.indexOf('git clone ')).toBeGreaterThan(0)
    expect(text.indexOf('git clone ')).toBeLessThan(text.indexOf('npm ci'))
  })
  it('names a Node that every package accepts', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { engines?: { node?: string } }>
    }
    const ranges = Object.values(packages).flatMap(({ engines }) => engines?.node ?? [])
    const [, least = '', other = ''] = /Node 22 \((22\.\d+) or newer\) or (\d+)/.exec(text) ?? []
    const refusing = (version: string) => ranges.filter((range) => !accepts(range, version))
    expect(ranges.length).toBeGreaterThan(100)
    expect(refusing(`${least}.0`)).toEqual([])
    expect(refusing(`${other}.0.0`)).toEqual([])
    expect(refusing('20.20.0')).not.toEqual([])
  })
})

it('CONTRIBUTING explains every npm script, and no other, in the order of package.json', () => {
  const rows = [...read('CONTRIBUTING.md').matchAll(/^\| `npm (?:run )?([a-z]+)[^|]*` \| [^|]{10,} \|$/gm)]
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  expect(rows.map(([, name]) => name)).toEqual(Object.keys(scripts))
})

describe('the walk in CONTRIBUTING', () => {
  const steps = [...read('CONTRIBUTING.md').matchAll(/^\d+\. (`(?:handlers|src)\/[^:]+):/gm)]
  const walk = steps.flatMap(([, named = '']) => {
    const files = [...named.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
    return files.map((file) => (file.includes('/') ? file : join(dirname(files[0] ?? ''), file)))
  })
  it('has ten lines, and meets each file once', () => {
    expect(steps).toHaveLength(10)
    expect(walk.filter((file) => !existsSync(join(root, file)))).toEqual([])
    expect(new Set(walk).size).toBe(walk.length)
  })
  it('never enters a room again', () => {
    const rooms = walk.map((file) => dirname(file)).filter((room, at, all) => room !== all[at - 1])
    expect(new Set(rooms).size).toBe(rooms.length)
  })
  it('goes only where a file before it leads', () => {
    const led = (file: string, earlier: readonly string[]) =>
      earlier.some((one) => importsIn(one, read(one)).includes(file))
    expect(walk.slice(1).filter((file, at) => !led(file, walk.slice(0, at + 1)))).toEqual([])
  })
})

describe('docs/design.md', () => {
  it('shows every room of the house, and no other', () => {
    const layout = /## Layout([\s\S]*?)\n## /.exec(read('docs/design.md'))?.[1] ?? ''
    const shown = [...layout.matchAll(/^ {2}([a-z-]+)\/ /gm)].map(([, room]) => room)
    const rooms = ['src', 'testbed'].flatMap((folder) =>
      readdirSync(join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    )
    expect(shown.sort()).toEqual(rooms.sort())
  })
})

describe('docs/deploy.md', () => {
  const rows = [...read('docs/deploy.md').matchAll(/^\| `([A-Za-z]+)` \| ([^|]+) \|/gm)]
  it('explains every parameter of the deployment, and no other', () => {
    expect(rows.map(([, name]) => name).sort()).toEqual([...parameterNames].sort())
  })
  it('gives the defaults that serverless.yml has', () => {
    const template = read('serverless.yml')
    const defaults = new Map(
      [...template.matchAll(/^ {4}([A-Za-z]+): (.*)$/gm)].map(([, name, value]) => [
        name,
        value?.replaceAll('"', ''),
      ]),
    )
    const told = rows.filter(
      ([, , value]) => !/^(\(none\)|the profile’s|the profile's|`elasticbeanstalk-)/.test(value ?? ''),
    )
    for (const [, name, value] of told)
      expect([name, value?.replaceAll('`', '').trim()]).toEqual([name, defaults.get(name)])
  })
  it('counts what the schedules start in a month', () => {
    const rates = [...read('serverless.yml').matchAll(/rate\((\d+) (minute|hour)s?\)/g)]
    const aMonth = rates.map(([, every, unit]) => (30 * 24 * (unit === 'hour' ? 1 : 60)) / Number(every))
    const sum = aMonth.reduce((one, other) => one + other, 0)
    expect(read('docs/deploy.md')).toContain(`make ${sum.toLocaleString('en-US')} Lambda invocations`)
  })
  it('counts functions and alarms', () => {
    const functions = /^functions:\n([\s\S]*?)^\S/m.exec(read('serverless.yml'))?.[1] ?? ''
    const words = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
    const count = (text: string, of: RegExp) => words[text.match(of)?.length ?? 0]
    const text = read('docs/deploy.md')
    expect(text).toContain(`the ${count(functions, /^ {2}[a-z]+:$/gm)} functions`)
    const alarms = alarmResources(readSettings('termination-guard-prod', defaults))
    expect(text).toContain(`${Object.keys(alarms).length} alarms`)
  })
})

it('docs/limits.md says how large the document is', () => {
  const bytes = Buffer.byteLength(JSON.stringify(buildDocument(loadProfile('beanstalk'))))
  const [is, most] = [bytes, MAX_DOCUMENT_BYTES].map((one) => (one / 1000).toFixed(1))
  expect(read('docs/limits.md').replaceAll(/\s+/g, ' ')).toContain(
    `${is} kB with the profile \`beanstalk\`, of the ${most} kB`,
  )
})

it('docs/local-aws.md and README.md count the scenarios of the demo', () => {
  expect(SCENARIOS).toHaveLength(9)
  expect(read('docs/local-aws.md').replaceAll(/\s+/g, ' ')).toContain('every event: nine scenarios')
  expect(read('README.md').replaceAll(/\s+/g, ' ')).toContain('terminated in nine ways')
})

describe('docs/profiles.md', () => {
  const text = read('docs/profiles.md')
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '')
  it('shows the example as it is', () => {
    expect(example).toEqual(JSON.parse(read('examples/plain-group/nginx.json')))
  })
  it('explains every name of a profile, and no other', () => {
    const rows = [...text.matchAll(/^\| `([A-Za-z]+)` \|/gm)].map(([, name]) => name)
    expect(rows.slice(0, Object.keys(example).length)).toEqual(Object.keys(example))
    expect(rows.sort()).toEqual(Object.keys(parseProfile(example)).sort())
  })
})

/** Whether a range of versions, as packages write it, holds a version. Only the forms that our packages use; others throw. */
function accepts(range: string, version: string): boolean {
  return range.split('||').some((alternative) =>
    alternative
      .trim()
      .replaceAll(/(>=|<=|<|>|\^|~)\s+/g, '$1')
      .split(/\s+/)
      .every((one) => isWithin(one, version)),
  )
}

function isWithin(comparator: string, version: string): boolean {
  const [, operator = '', text = ''] = /^(>=|<=|<|>|\^|~|=|)v?([0-9.x*]+)$/.exec(comparator) ?? []
  if (text === '') throw new Error(`'${comparator}' is a form of range that this test does not know`)
  if (text === '*') return true
  const wanted = text
    .split('.')
    .filter((part) => /^\d+$/.test(part))
    .map(Number)
  const given = version.split('.').map(Number)
  const [order = 0] = [0, 1, 2].map((at) => (given[at] ?? 0) - (wanted[at] ?? 0)).filter((by) => by !== 0)
  const isPrefix = (length: number) => wanted.slice(0, length).every((part, at) => part === given[at])
  switch (operator) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '^':
      return order >= 0 && isPrefix(1)
    case '~':
      return order >= 0 && isPrefix(2)
    default:
      return isPrefix(wanted.length)
  }
}
