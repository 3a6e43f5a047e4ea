import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { showProgress } from '../../../../testbed/local/demo/progress.ts'

function stream(properties: { readonly isTTY: boolean; readonly columns?: number }) {
  const written = new PassThrough()
  return {
    stream: Object.assign(written, properties) as unknown as WriteStream,
    text: () => String(written.read()),
  }
}

describe('progress', () => {
  it('is plain lines where there is no terminal', () => {
    const { stream: out, text } = stream({ isTTY: false })
    const progress = showProgress(out)
    progress.status('12 events')
    progress.say('the group scales in')
    progress.end()
    expect(text()).toBe('the group scales in\n')
  })

  it('has a moving last line on a terminal, no longer than the terminal is wide, which goes away at the end', () => {
    const { stream: out, text } = stream({ isTTY: true, columns: 20 })
    const progress = showProgress(out)
    progress.status('12,345 events accepted so far')
    progress.say('the group scales in')
    progress.end()
    const shown = text()
    expect(stripVTControlCharacters(shown).split(/[\r\n]+/)).toEqual([
      '',
      'the group scales in',
      '⠋ 12,345 events ac…',
      '',
    ])
    expect(shown.endsWith('\r\x1b[2K')).toBe(true)
  })

  it('breaks a line that stays between words where the terminal is narrow', () => {
    const { stream: out, text } = stream({ isTTY: true, columns: 24 })
    const progress = showProgress(out)
    progress.say('  1.0 s  the group scales in')
    progress.end()
    expect(stripVTControlCharacters(text())).toContain('  1.0 s  the group\n         scales in\n')
  })
})
