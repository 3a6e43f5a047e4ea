import { describe, expect, it } from '@jest/globals'
import { oneLine, visible } from '../src/visible.ts'

describe('what a terminal would obey is shown instead', () => {
  it.each([
    ['the title of the window', '\u001b]0;all is well\u0007', '\\u001b]0;all is well\\u0007'],
    ['the clipboard', '\u001b]52;c;cm0gLXJm\u001b\\', '\\u001b]52;c;cm0gLXJm\\u001b\\'],
    ['the screen', '\u001b[2J', '\\u001b[2J'],
    ['the screen, by one character', '\u009b2J', '\\u009b2J'],
    ['the same line again', 'retained\rarchived', 'retained\\u000darchived'],
    ['a character back', 'lost\b\b\b\b', 'lost\\u0008\\u0008\\u0008\\u0008'],
    ['the direction of writing', 'gz.\u202egol', 'gz.\\u202egol'],
    ['nothing to be seen', 'a\u200bb\u007f', 'a\\u200bb\\u007f'],
    ['beyond the basic plane', 'a\u{e0041}', 'a\\udb40\\udc41'],
    ['half a character', 'a\ud800', 'a\\ud800'],
    ['a line of others', 'a\u2028b', 'a\\u2028b'],
  ])('%s', (_what, text, shown) => {
    expect([visible(text), oneLine(text)]).toEqual([shown, shown])
  })
})

it.each(['Straße № 5, “ja”', '日志/アクセス.log', '🗄️'.replace('\ufe0f', ''), '', '\\u001b'])(
  'what can be seen stays as it is: %j',
  (text) => {
    expect(oneLine(text)).toBe(text)
  },
)

it('lines end, and tabs stand, where they are not others’', () => {
  expect(visible('a\n\tb')).toBe('a\n\tb')
  expect(oneLine('a\nb')).toBe('a\\u000ab')
  expect(oneLine('a\tb')).toBe('a\\u0009b')
})

it('JSON says what it said', () => {
  const value = { name: '\u001b]0;x\u0007\u009b\u202e\u2028\u{e0041}\\' }
  expect(JSON.parse(visible(JSON.stringify(value, undefined, 2)))).toEqual(value)
})
