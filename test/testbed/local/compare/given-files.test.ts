/** What is read of somebody's folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { findHandler } from '../../../../testbed/local/compare/find-handler.ts'
import { readDocument } from '../../../../testbed/local/compare/given-document.ts'
import { adviceOn } from '../../../../testbed/local/compare/loading-advice.ts'
import { fillIn } from '../../../../testbed/local/compare/placeholders.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'theirs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

describe('the handler of a folder', () => {
  it.each([
    ['backup.py', 'import os\n\ndef lambda_handler(event, context):\n    pass\n', 'lambda_handler'],
    ['backup.py', 'def handler(event, context): pass\ndef lambda_handler_of(x): pass\n', 'handler'],
    ['index.mjs', 'export const handler = async (event) => {}\n', 'handler'],
    ['index.js', 'exports.handler = function (event, context, callback) {}\n', 'handler'],
    ['index.cjs', 'module.exports.handler = async () => {}\n', 'handler'],
    ['index.ts', 'async function handler() {}\nexport { handler }\n', 'handler'],
    ['index.mjs', 'export async function handler(event) {}\n', 'handler'],
  ])('is found in %s', (file, text, name) => {
    write(file, text)
    write('helper.py', 'def help(event):\n    handler(event)\n')
    write('other.js', 'exports.other = () => handler()\n')
    write('README.md', 'def lambda_handler(event, context):\n')
    mkdirSync(join(folder, 'more.py'))
    expect(findHandler(folder, undefined)).toEqual({ file: join(folder, file), name })
  })

  it('is the one that is named, also below, and whatever it is called', () => {
    mkdirSync(join(folder, 'src'))
    write('src/main.py', 'def terminate(event, context): pass\n')
    expect(findHandler(folder, 'src/main.terminate')).toEqual({
      file: join(folder, 'src/main.py'),
      name: 'terminate',
    })
  })

  it('is asked for where there is none, or several, with what to type', () => {
    write('a.py', 'def handle(event, context): pass\n')
    expect(() => findHandler(folder, undefined)).toThrow(
      /^No file in .* has a handler: .* --handler file\.function$/,
    )
    write('b.py', 'def handler(event, context): pass\n')
    write('c.mjs', 'export const handler = () => {}\n')
    expect(() => findHandler(folder, undefined)).toThrow(
      `Several files in ${folder} have a handler. Choose one: --handler b.handler or --handler c.handler`,
    )
    expect(() => findHandler(folder, 'd.handler')).toThrow(
      /there is no d\.py in .*, nor d with mjs, js, cjs, ts\.$/,
    )
    expect(() => findHandler(folder, 'handler')).toThrow('Write it as Lambda does: file.function')
  })

  it('needs a folder', () => {
    write('a.py', '')
    expect(() => findHandler(join(folder, 'nowhere'), undefined)).toThrow(/^There is no folder .*nowhere\.$/)
    expect(() => findHandler(join(folder, 'a.py'), undefined)).toThrow('Name the folder that it is in.')
  })
})

describe('a document', () => {
  const read = (file: string) => readDocument({ name: 'backup', file }, folder)

  it('is read from JSON and from YAML', () => {
    write('a.json', '{ "schemaVersion": "2.2", "mainSteps": [] }')
    write('a.yaml', "schemaVersion: '2.2'\nmainSteps: []\n")
    const expected = { name: 'backup', text: '{"schemaVersion":"2.2","mainSteps":[]}' }
    expect(read('a.json')).toEqual(expected)
    expect(read('a.yaml')).toEqual(expected)
    expect(read(join(folder, 'a.yaml'))).toEqual(expected)
  })

  it.each([
    ['{ "schemaVersion": ', /^--document backup=a: that is neither JSON nor YAML: \S/],
    ['Resources: {}\n', /has no schemaVersion\. Where it is within a template/],
    ['', /has no schemaVersion/],
  ])('that is none is refused: %j', (text, advice) => {
    write('a', text)
    expect(() => read('a')).toThrow(advice)
  })

  it('must be there', () => {
    expect(() => read('nowhere.json')).toThrow(
      `--document backup=nowhere.json: there is no such file, neither in ${folder} nor here.`,
    )
  })
})

it('fills names in, and leaves variables of a shell and parameters of a document alone', () => {
  const names = { bucket: 'B', prefix: 'P', group: 'G', hook: 'H', region: 'R', topic: 'T' }
  expect(fillIn('s3://{bucket}/{prefix}/{group} {hook} {region} {topic}', names)).toBe('s3://B/P/G H R T')
  const theirs = '$' + '{bucket} {{bucket}} {{ bucket }} {bucket:-x} {other}'
  expect(fillIn(theirs, names)).toBe(theirs)
})

describe('what to type where a file cannot be loaded', () => {
  it.each([
    ['spawn python3 ENOENT', 'apt-get install python3'],
    [
      "ModuleNotFoundError: No module named 'boto3' (a.py, line 1)",
      'pip install boto3, or apt-get install python3-boto3',
    ],
    ["ModuleNotFoundError: No module named 'requests'", 'pip install requests --target theirs'],
    ["Error: Cannot find module 'aws-sdk'", 'npm install aws-sdk --prefix theirs'],
    ["Error: Cannot find package 'lodash' imported from", 'npm install lodash --prefix theirs'],
    ["KeyError: 'S3BUCKET' (a.py, line 3)", '--env NAME=VALUE'],
  ])('%s', (words, advice) => {
    expect(adviceOn(words, 'theirs')).toContain(advice)
  })

  it('is nothing where nobody knows', () => {
    expect(adviceOn('ValueError: no', 'theirs')).toBe('')
  })
})
