/** The command as somebody installs it: from its tarball, in an empty folder, without this project. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { JOURNAL_VERSION } from '../../src/journal/journal.ts'
import { itWhere } from '../flush/it-where.ts'

const root = join(import.meta.dirname, '..', '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
let folder: string
let packed: readonly { readonly path: string; readonly size: number }[]

const npm = (directory: string, ...words: string[]) =>
  execFileSync('npm', words, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'termination-guard-package-'))
  const [tarball] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', folder))
  packed = tarball.files
  writeFileSync(join(folder, 'package.json'), '{}')
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', join(folder, tarball.filename))
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the installed command on the Node of this folder. */
function run(node: string, ...words: string[]) {
  const PATH = [node, process.env.PATH].join(delimiter)
  const command = join(folder, 'node_modules/.bin/termination-guard')
  return spawnSync(command, words, { cwd: folder, encoding: 'utf8', env: { PATH, HOME: folder } })
}

const ENDED = `${JSON.stringify({
  ...{ timestamp: '2026-01-02T03:04:05.000Z', journal: JOURNAL_VERSION, event: 'action-ended' },
  ...{ instanceId: 'i-0123456789abcdef0', groupName: 'web', token: 'a', startedAt: 1_767_322_954_648 },
  ...{ outcome: 'archived', reason: 'its one file is in S3', by: 'completed', heldMs: 1, flushMs: 1 },
  ...{ attempts: 1, files: 1, bytes: 1, unproven: [], notes: [] },
})}\n`

/** Nodes of this machine, by their major version. */
const nodes = new Map(
  [...new Set([join(root, 'node_modules/.bin'), ...(process.env.PATH ?? '').split(delimiter)])].flatMap(
    (bin) => {
      const version = spawnSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' }).stdout ?? ''
      const major = /^v(\d+)\./.exec(version)?.[1]
      return major ? [[major, bin] as const] : []
    },
  ),
)

it('holds what is needed, and nothing of the test bed, the functions or the tests', () => {
  const parts = /^dist\/parts\/[\w-]+\.mjs$/
  expect(
    packed
      .map(({ path }) => path)
      .filter((path) => !parts.test(path))
      .sort(),
  ).toEqual([
    'LICENSE',
    'README.md',
    'dist/page/page.css',
    'dist/page/page.html',
    'dist/page/page.js',
    'dist/termination-guard.mjs',
    'package.json',
  ])
})

it('needs no other package', () => {
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'termination-guard',
  ])
})

for (const major of ['20', '24']) {
  const bin = nodes.get(major)
  itWhere(bin !== undefined, `Node ${major} is not installed`)(`runs on Node ${major}`, async () => {
    expect(run(bin ?? '', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('termination-guard [options]'),
    })
    expect(run(bin ?? '', '--version')).toMatchObject({ status: 0, stdout: `${version}\n` })
    writeFileSync(join(folder, 'journal'), ENDED)
    const told = run(bin ?? '', 'history', '--from', 'journal')
    expect(told).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('archived') })
    const page = run(bin ?? '', 'history', '--from', 'journal', '--html', 'page.html')
    expect(page).toMatchObject({ status: 0, stdout: 'page.html has 1 termination.\n' })
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('i-0123456789abcdef0')
    // AWS's clients are made, and warn of no Node that will be too old one day.
    expect(run(bin ?? '', 'status').stderr).toMatch(/^Region is missing\nName .*\n$/)
  })
}

it('reads AWS’s clients only where AWS is asked', () => {
  const parts = join(folder, 'node_modules/termination-guard/dist/parts')
  const clients = readdirSync(parts).filter((name) => name.startsWith('aws-deployment-'))
  expect(clients).toHaveLength(1)
  for (const name of clients) rmSync(join(parts, name))
  const bin = join(root, 'node_modules/.bin')
  writeFileSync(join(folder, 'journal'), '')
  for (const words of [['help'], ['completion', 'bash']])
    expect(run(bin, ...words)).toMatchObject({ status: 0, stderr: '' })
  expect(run(bin, 'history', '--from', 'journal')).toMatchObject({
    status: 0,
    stderr: 'journal is empty.\n',
  })
  expect(run(bin, 'history')).toMatchObject({ status: 1, stderr: expect.stringContaining('aws-deployment-') })
})
