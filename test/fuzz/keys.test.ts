import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { keyOf } from '../../src/archive/keys.ts'
import { archivePrefix, environmentOf } from '../../src/archive/prefix.ts'

const path = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }).map((text) => `/${text}`)
const prefix = fc.stringMatching(/^[A-Za-z0-9_.=-]{1,20}\/$/)

describe('keys', () => {
  it('stay under their prefix, by either rule', () => {
    fc.assert(
      fc.property(
        path,
        prefix,
        fc.constantFrom('underscores' as const, 'path' as const),
        (file, under, rule) => {
          const key = keyOf(file, under, rule)
          expect(key.startsWith(under)).toBe(true)
          if (rule === 'underscores') expect(key.slice(under.length)).not.toContain('/')
        },
      ),
    )
  })

  it('that keep their folders tell any two files apart', () => {
    fc.assert(
      fc.property(path, path, prefix, (one, other, under) => {
        expect(keyOf(one, under, 'path') === keyOf(other, under, 'path')).toBe(one === other)
      }),
    )
  })
})

describe('prefixes', () => {
  it('of two instances never hold one another', () => {
    const instance = fc.stringMatching(/^i-[0-9a-f]{17}$/)
    fc.assert(
      fc.property(instance, instance, fc.string({ minLength: 1 }), (one, other, groupName) => {
        fc.pre(one !== other)
        const of = (instanceId: string) =>
          archivePrefix('logs/{group}/{environment}/{instance}/', {
            groupName,
            instanceId,
            environmentId: 'e-1',
          })
        expect(of(one).startsWith(of(other))).toBe(false)
        expect(of(one)).toMatch(/^[A-Za-z0-9_./=-]*\/$/)
      }),
    )
  })

  it('read an environment out of no name but Elastic Beanstalk’s own', () => {
    fc.assert(
      fc.property(fc.string(), (name) => environmentOf(name) === undefined || name.startsWith('awseb-e-')),
    )
  })
})
