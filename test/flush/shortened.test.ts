import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { writtenParts } from '../../src/flush/document.ts'
import { shortened, shortNamesOf } from '../../src/flush/shortened.ts'

/** A part, and what is sent of it. */
const sentOf = (...lines: string[]) => shortened(`${lines.join('\n')}\n`)

describe('a part of the script is sent', () => {
  it('without its comments, indentation and empty lines', () => {
    expect(sentOf('# why', '', 'x=1 # and why', `  echo "$#" '#'`)).toBe(`x=1\necho "$#" '#'\n`)
  })

  it('with the line that names bash, and the place for the settings', () => {
    expect(sentOf('#!/bin/bash', '#@settings')).toBe('#!/bin/bash\n#@settings\n')
  })

  it('with its declarations on one line', () => {
    expect(sentOf('declare -A ONE=() # a', 'declare -A TWO=() # b')).toBe('declare -A O_=() T_=()\n')
  })

  it('with short names for its functions and variables of several words, everywhere', () => {
    const part = ['ask_all() {', 'LAST_WORD+=1', '}', 'NO_WORD=2 LAST_WORDS=$LAST_WORD', 'ask_all']
    expect(sentOf(...part)).toBe('aa_() {\nLW_+=1\n}\nNW_=2 LW_2=$LW_\naa_\n')
  })

  it('with short names for its tables, which are never text either', () => {
    expect(sentOf('declare -A LIVE=()', 'LIVE[$1]=1 LIST+=(1)')).toBe(
      'declare -A L_=()\nL_[$1]=1 LIST+=(1)\n',
    )
  })

  it('with the names of one word, of settings and of what other programs read', () => {
    const part = 'export LC_ALL=C AWS_X=1\nask() { echo "$BUCKET_NAME$LC_ALL"; }\n'
    expect(shortened(part)).toBe(part)
  })

  it('so that it says the same, and does', () => {
    const part = 'say_it() {\n  LAST_WORD=$1 # the last\n  echo "LAST $LAST_WORD"\n}\nsay_it "a say b"\n'
    const said = (script: string) => execFileSync('bash', ['-c', script], { encoding: 'utf8' })
    expect(said(shortened(part))).toBe('LAST a say b\n')
    expect(shortened(part)).not.toMatch(/say_it|LAST_WORD/)
  })
})

describe.each(['flush', 'salvage'] as const)('a short name of the %s', (kind) => {
  const written = writtenParts(kind)
  const code = written.replaceAll(/^ *#.*$| # .*$/gm, '')
  const shortNames = [...shortNamesOf(written)]

  it('is no other’s, nor that of a command or of a variable', () => {
    const short = shortNames.map(([, name]) => name)
    expect(new Set(short).size).toBe(short.length)
    for (const name of short) {
      expect(name).toMatch(/^[A-Za-z]+_\d*$/)
      expect(written).not.toMatch(new RegExp(`\\b${name}\\b`))
    }
    expect(short.length).toBeGreaterThan(100)
  })

  it('stands for what is never text: each of its places is one of code', () => {
    const calledOrRead =
      /(?:^|[;{()|&!] *|\$\{?[#!]?|\b(?:el)?if |\b(?:while|then|do|else|ask_batch|mapfile .*) )$/
    const assigned = /^(?:\+?=|\[)/
    const places = code.split('\n').flatMap((line) =>
      shortNames.flatMap(([name]) =>
        [...line.trim().matchAll(new RegExp(`\\b${name}\\b`, 'g'))].map((match) => ({
          line: line.trim(),
          name,
          ...match,
        })),
      ),
    )
    const others = places.filter(
      ({ line, name, index = 0 }) =>
        !calledOrRead.test(line.slice(0, index)) && !assigned.test(line.slice(index + name.length)),
    )
    expect(others).toEqual([])
    expect(places.length).toBeGreaterThan(500)
  })
})
