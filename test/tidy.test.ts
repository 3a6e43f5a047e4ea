/** The code's own rules, read from the code. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const root = join(import.meta.dirname, '..')
const sources = ['src', 'handlers'].flatMap(filesBelow)

/** Layers from the inside out. A file may import from its own layer and from those that stand before it. */
const layers = ['src/core', 'src/flush', 'src/aws', 'src', 'src/sim', 'src/local', 'src/cli']

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** What a file imports of our own, as paths from the root. */
function importsOf(file: string): string[] {
  const specifiers = [...read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, specifier]) => specifier ?? '',
  )
  return specifiers.map((specifier) => relative(root, join(root, dirname(file), specifier)))
}

function layerOf(file: string): number {
  const folder = dirname(file).split('/').slice(0, 2).join('/')
  return layers.indexOf(folder)
}

describe('imports point inwards', () => {
  it.each(sources.filter((file) => file.startsWith('src/')))('%s', (file) => {
    const outward = importsOf(file)
      .filter((imported) => imported.startsWith('src/'))
      .filter((imported) => layerOf(imported) > layerOf(file))
    expect(outward).toEqual([])
    expect(layerOf(file)).toBeGreaterThanOrEqual(0)
  })
  it('handlers import neither the simulator nor the local AWS nor the CLI', () => {
    const imported = filesBelow('handlers').flatMap(importsOf)
    expect(imported.filter((file) => /^src\/(sim|local|cli)\//.test(file))).toEqual([])
  })
})

describe('the core is pure', () => {
  it.each(filesBelow('src/core'))(
    '%s has no AWS, no async, no ambient time, chance or environment',
    (file) => {
      expect(read(file)).not.toMatch(
        /@aws-sdk|\basync\b|\bawait\b|Date\.now|new Date\(\)|Math\.random|process\./,
      )
    },
  )
})

describe('ambient time, chance and environment stay at the edges', () => {
  const edge = /^handlers\/|^src\/(local|cli)\/|^src\/aws\/sdk\.ts$|^src\/sim\/main\.ts$/
  it.each(sources.filter((file) => !edge.test(file)))('%s', (file) => {
    expect(read(file)).not.toMatch(
      /Date\.now\(\)|new Date\(\)|Math\.random\(|process\.env|setTimeout\(|setInterval\(/,
    )
  })
  it('only one file constructs SDK clients for production', () => {
    const constructing = sources.filter((file) => /new (AutoScaling|SSM|S3|SQS|EC2)Client\(/.test(read(file)))
    expect(constructing.filter((file) => !/^src\/(local|cli)\//.test(file))).toEqual(['src/aws/sdk.ts'])
  })
})

it('no file is so large that nobody reads it', () => {
  const large = sources.filter((file) => read(file).split('\n').length > 250)
  expect(large).toEqual([])
})
