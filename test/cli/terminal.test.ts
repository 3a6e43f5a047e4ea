/** A question, on a terminal of its own. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'
import { itWhere } from '../flush/it-where.ts'

const TERMINAL = fileURLToPath(new URL('../../src/cli/terminal.ts', import.meta.url))
const ASK = `
import { processTerminal } from '${TERMINAL}'
const terminal = processTerminal(() => console.log('nobody answers'))
console.log(await terminal.ask('Really? ').catch(() => 'broken off'))`

const hasTerminals = existsSync('/usr/bin/script')
for (const [key, typed, said] of [
  ['y', 'y\n', 'y'],
  ['Ctrl-C', '\x03', 'nobody answers\r\nbroken off'],
  ['Ctrl-D', '\x04', 'nobody answers\r\nbroken off'],
] as const)
  itWhere(hasTerminals, 'script makes no terminal here')(`${key} answers a question`, async () => {
    const node = `'${process.execPath}' --input-type=module --eval "${ASK.trim().replaceAll('\n', ';')}"`
    const child = spawn('script', ['-qec', node, '/dev/null'])
    let out = ''
    child.stdout.on('data', (data) => {
      const isAsked = out.includes('Really?')
      out += data
      if (!isAsked && out.includes('Really?')) child.stdin.write(typed)
    })
    await new Promise((resolve) => child.once('close', resolve))
    expect(out.trimEnd().endsWith(said)).toBe(true)
  })
