/** What the documents promise is there. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parameterNames } from '../deploy/parameters.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/design.md', 'docs/operate.md']

describe.each(documents)('%s', (document) => {
  const text = read(document)
  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link ?? '')
    const missing = links.filter(
      (link) => !/^https?:/.test(link) && !existsSync(join(root, dirname(document), link)),
    )
    expect(missing).toEqual([])
  })
  it('names only scripts that exist', () => {
    const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts
    const named = [...text.matchAll(/npm run ([a-z][a-z-]*)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe('the README', () => {
  const rows = [...read('README.md').matchAll(/^\| `([A-Za-z]+)` \| ([^|]+) \|/gm)]
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
})
