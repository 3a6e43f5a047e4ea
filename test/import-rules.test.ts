import { describe, expect, it } from '@jest/globals'
import { circles, floorOf, importsIn, reaching, upwards } from './import-rules.ts'

const floors = ['src/model.ts', 'src/aws', 'src/termination', 'src/cli']

describe('the imports of a file', () => {
  it.each([
    ["import { a } from '../aws/api.ts'", ['src/aws/api.ts']],
    ["import type { A } from './decide.ts'", ['src/termination/decide.ts']],
    ["export type { A } from './decide.ts'", ['src/termination/decide.ts']],
    ["import {\n  a,\n  type B,\n} from '../model.ts'", ['src/model.ts']],
    ["const later = await import('../../testbed/random.ts')", ['testbed/random.ts']],
    ["import '../model.ts'", ['src/model.ts']],
    ["const { a } = require('../model.ts')", ['src/model.ts']],
    ["import { join } from 'node:path'", []],
  ])('are found in %j', (source, found) => {
    expect(importsIn('src/termination/pass.ts', source)).toEqual(found)
  })
})

describe('imports run downwards', () => {
  it('is kept by an import from below and from the same room', () => {
    expect(upwards('src/termination/pass.ts', ['src/model.ts', 'src/termination/hold.ts'], floors)).toEqual(
      [],
    )
  })

  it('is broken by an import from above, whether of a room or of a loose file', () => {
    expect(upwards('src/aws/api.ts', ['src/termination/hold.ts'], floors)).toEqual([
      'src/termination/hold.ts',
    ])
    expect(upwards('src/model.ts', ['src/aws/api.ts'], floors)).toEqual(['src/aws/api.ts'])
  })

  it('has no place for a file that stands nowhere, and does not take a like name for a room', () => {
    expect(floorOf('src/attic/box.ts', floors)).toBe(-1)
    expect(floorOf('src/aws-extras/box.ts', floors)).toBe(-1)
  })
})

describe('rooms that must not be reached', () => {
  it('are reached by those that import from them, and by no others', () => {
    const graph = new Map([
      ['src/a.ts', ['testbed/local/b.ts']],
      ['src/c.ts', ['src/testbed-like.ts']],
    ])
    expect(reaching(graph, ['testbed', 'scripts'])).toEqual(['src/a.ts'])
  })
})

describe('circles', () => {
  it('are found, however long, and told as the way round', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['d']],
    ])
    expect(circles(graph)).toEqual(['a → b → c → a', 'd → d'])
  })

  it('are not two ways to one file', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d']],
    ])
    expect(circles(graph)).toEqual([])
  })
})
