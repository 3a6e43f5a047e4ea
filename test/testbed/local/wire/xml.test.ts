import { describe, expect, it } from '@jest/globals'
import { parseQuery, typed } from '../../../../testbed/local/wire/query.ts'
import { xmlOf } from '../../../../testbed/local/wire/xml.ts'

describe('XML', () => {
  it('escapes everything that is not a name', () => {
    expect(xmlOf({ A: `<b>&"'\r` }, 'member')).toBe('<A>&#60;b&#62;&#38;&#34;&#39;&#13;</A>')
  })

  it('has no place for control characters', () => {
    expect(xmlOf({ A: 'a\u0000b' }, 'member')).toBe('<A>a?b</A>')
  })

  it('writes lists as members or items, dates as ISO 8601, and leaves out what is absent', () => {
    expect(xmlOf({ L: [1, { B: true }], D: new Date(0), U: undefined, E: [] }, 'item')).toBe(
      '<L><item>1</item><item><B>true</B></item></L><D>1970-01-01T00:00:00.000Z</D><E></E>',
    )
  })
})

describe('a query', () => {
  it('nests as its names say, in the order of its numbers', () => {
    expect(parseQuery('F.member.2.N=b&F.member.1.N=a&F.member.1.V.member.1=x&G=1')).toEqual({
      F: [{ N: 'a', V: ['x'] }, { N: 'b' }],
      G: '1',
    })
  })

  it('of EC2 numbers its lists without `member`', () => {
    expect(parseQuery('InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Value.1=v')).toEqual({
      InstanceId: ['i-1', 'i-2'],
      Filter: [{ Value: ['v'] }],
    })
  })

  it('with an empty list is an empty list', () => {
    expect(parseQuery('Tags.member=')).toEqual({ Tags: [] })
  })

  it('gets its types from the names of the fields', () => {
    expect(typed(parseQuery('MinSize=3&ForceDelete=true&Name=3'))).toEqual({
      MinSize: 3,
      ForceDelete: true,
      Name: '3',
    })
  })

  it('cannot reach anything but itself', () => {
    const parsed = parseQuery('__proto__.polluted=1&constructor.prototype.polluted=1')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
  })
})
