import { describe, expect, it } from '@jest/globals'
import { columnsOf, wrap } from '../../../../testbed/local/demo/wrap.ts'

describe('a line on a terminal', () => {
  it('is left as it is where it fits, to the last column', () => {
    expect(wrap('  a  line', 9, 2)).toEqual(['  a  line'])
    expect(wrap('  a  line', Number.POSITIVE_INFINITY, 2)).toEqual(['  a  line'])
  })

  it('that is too long is broken between words, under where it began', () => {
    expect(wrap('  1.0 s  flush  nothing has been flushed yet', 30, 16)).toEqual([
      '  1.0 s  flush  nothing has',
      `${' '.repeat(15)}been flushed`,
      `${' '.repeat(15)}yet`,
    ])
  })

  it('keeps a word whole that is longer than the terminal is wide', () => {
    expect(wrap('in /var/log/tomcat8/rotated', 10, 1)).toEqual(['in', ' /var/log/tomcat8/rotated'])
  })

  it('is not made longer by its colours', () => {
    expect(wrap('\x1b[1ma line\x1b[22m', 6, 0)).toEqual(['\x1b[1ma line\x1b[22m'])
  })

  it('has no end where there is no terminal', () => {
    const stream = (properties: object) => columnsOf(properties as NodeJS.WriteStream)
    expect([stream({ isTTY: true, columns: 80 }), stream({}), stream({ isTTY: true, columns: 0 })]).toEqual([
      80,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
  })
})
