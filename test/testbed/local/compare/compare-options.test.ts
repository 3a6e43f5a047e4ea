import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parseOptions } from '../../../../testbed/local/compare/compare-options.ts'

const parse = (...words: string[]) => parseOptions(words)

describe("a comparison's options", () => {
  it('are a folder, and what is usual, when no more is said', () => {
    expect(parse('theirs')).toEqual({
      folder: 'theirs',
      handler: undefined,
      documents: [],
      variables: {},
      trigger: 'eventbridge',
      timeoutSeconds: 60,
      seconds: 20,
      only: undefined,
      group: 'web',
      hook: 'their-hook',
      bucket: 'elasticbeanstalk-eu-west-1-000000000000',
      json: false,
    })
  })

  it('are all understood, and some may be repeated', () => {
    const twice = [
      '--document',
      'a=a.json',
      '--document',
      'b=b=c.yaml',
      '--env',
      'A=',
      '--env',
      'B=x={bucket}',
    ]
    const names = ['--group', 'g', '--hook', 'h', '--bucket', 'b']
    const rest = ['--trigger', 'sns', '--timeout', '900', '--seconds', '3', '--only', 'agent-dead', '--json']
    expect(parse('theirs', '--handler', 'file.function', ...twice, ...names, ...rest)).toEqual({
      folder: 'theirs',
      handler: 'file.function',
      documents: [
        { name: 'a', file: 'a.json' },
        { name: 'b', file: 'b=c.yaml' },
      ],
      variables: { A: '', B: 'x={bucket}' },
      trigger: 'sns',
      timeoutSeconds: 900,
      seconds: 3,
      only: 'agent-dead',
      group: 'g',
      hook: 'h',
      bucket: 'b',
      json: true,
    })
  })

  it.each([
    [[], "missing required argument 'folder'"],
    [['theirs', 'ours'], 'too many arguments'],
    [['theirs', '--trigger', 'mail'], 'Write one of: eventbridge, sns, sqs.'],
    [['theirs', '--only', 'teatime'], 'Write one of: well, truncated, agent-dead.'],
    [['theirs', '--timeout', '901'], 'Write a whole number from 1 to 900.'],
    [['theirs', '--seconds', '0'], 'Write a whole number from 1 to 3600.'],
    [['theirs', '--document', 'backup.json'], 'Write the document’s name and its file, such as backup='],
    [['theirs', '--env', '=x'], 'Write a name and its value, such as S3BUCKET={bucket}.'],
    [['theirs', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)"],
  ])('say what to type when they are wrong: %j', (words, advice) => {
    expect(parse(...words)).toEqual({ print: expect.stringContaining(advice), exitCode: 2 })
    expect(parse(...words)).toEqual({
      print: expect.stringContaining('npm run compare -- --help'),
      exitCode: 2,
    })
  })

  it('are explained, with every case and trigger', () => {
    const explained = parse('--help')
    expect(explained).toMatchObject({ exitCode: 0 })
    expect(explained).toMatchObject({ print: expect.stringMatching(/well, truncated, agent-dead/) })
    expect(explained).toMatchObject({ print: expect.stringMatching(/eventbridge, sns, sqs/) })
  })

  it('are those of the document, whose line can be typed', () => {
    const document = readFileSync(join(import.meta.dirname, '../../../../docs/local-aws.md'), 'utf8')
    const line = /^npm run compare -- (.+)$/m.exec(document)?.[1]?.split(' ') ?? []
    expect(parse(...line)).toMatchObject({ folder: 'FOLDER', documents: [{ name: 'Backup' }] })
    const { print } = parse('--help') as { readonly print: string }
    const options = [...print.matchAll(/^ +(?:-h, )?(--[a-z]+)/gm)].map(([, option = '']) => option)
    expect(options.length).toBeGreaterThan(10)
    expect(options.filter((option) => option !== '--help' && !document.includes(`\`${option}`))).toEqual([])
  })
})
