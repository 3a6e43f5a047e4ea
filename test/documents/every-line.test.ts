/** Every command line of the documents is typed somewhere: with its occasion, or by another test or CI, in so many words. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { programFor } from '../../src/cli/program.ts'
import type { Surroundings } from '../../src/cli/surroundings.ts'
import { removal, whileDeployed } from './deployed.ts'
import { deploying } from './deploying.ts'
import { documentedLines, linesIn, normalised, root } from './documented-lines.ts'
import { local } from './local.ts'
import { operating } from './operating.ts'
import { project } from './project.ts'

const places = [operating, local, project, deploying].map(({ occasions }) => occasions)
const typed = [...places, whileDeployed, removal].flatMap((occasions) => Object.keys(occasions))

/** Where the line is run, and what stands there. */
const elsewhere: Readonly<Record<string, readonly (readonly [file: string, words: string])[]>> = {
  'npm ci && npm run demo': [
    ['.ci/run', '\nnpm ci '],
    ['.ci/run', '\nnpm run demo\n'],
  ],
  'npm ci && npm test': [
    ['.ci/run', '\nnpm ci '],
    ['.ci/run', '\nnpm test\n'],
  ],
  'npm test': [['.ci/run', '\nnpm test\n']],
  'npm run check': [['package.json', '"test": "npm run check && ']],
  'npm run lint': [['package.json', ' && npm run lint && ']],
  'npm run demo': [['.ci/run', '\nnpm run demo\n']],
  'npm run bench': [['.ci/run', '\nnpm run bench -- --short\n']],
  'npm run bench -- --short': [['.ci/run', '\nnpm run bench -- --short\n']],
  'npm run prepack': [['test/cli/package.test.ts', "npm(root, 'pack', "]],
  'npm run mutants': [['test/documents/project.ts', `'npm run mutants -- "past the heartbeat"': {`]],
  'npm run mutants -- "<its name>"': [
    ['test/documents/project.ts', `'npm run mutants -- "past the heartbeat"': {`],
  ],
  'npm run mutants -- src/flush/script': [
    ['test/documents/project.ts', `'npm run mutants -- "past the heartbeat"': {`],
  ],
  'npx serverless remove --region REGION': [
    ['test/documents/deployed.ts', "'npx serverless remove --region eu-west-1': {"],
  ],
  'npm run compare -- FOLDER': [
    ['package.json', '"compare": "exec node testbed/local/compare/main.ts"'],
    ['test/testbed/local/compare/compare-python.test.ts', 'await compare(folder, ...options)'],
  ],
  'npm run compare -- FOLDER --document Backup=backup.json --env DOCUMENT=Backup --env BUCKET={bucket}': [
    [
      'test/testbed/local/compare/compare-python.test.ts',
      "['--document', 'Backup=backup.yaml', '--env', 'DOCUMENT=Backup', ",
    ],
    ['test/testbed/local/compare/compare-node.test.ts', "'--env', 'BUCKET={bucket}', "],
  ],
  'npm run guard -- salvage INSTANCE --on i-0fedcba9876543210 --volume vol-0123456789abcdef0': [
    ['test/cli/salvage.test.ts', "line.run('salvage', dead, '--on', healthy, '--volume', COPY"],
  ],
  'npm run local': [
    ['package.json', '"local": "exec node testbed/local/main.ts"'],
    ['test/testbed/local/main.test.ts', "await started('--port', '0', '--storage-port', '0')"],
  ],
  'npm run local -- --groups web': [
    [
      'test/testbed/local/main.test.ts',
      "await started('--port', '0', '--storage-port', '0', '--groups', 'web')",
    ],
  ],
}

const lines = [...Map.groupBy(documentedLines, ({ line }) => normalised(line))].map(([line, all]) => ({
  line,
  documents: [...new Set(all.map(({ document }) => document))].join(', '),
}))
const known = new Set([...typed, ...Object.keys(elsewhere)])

/** What to add for lines that are typed nowhere. */
function advice(missing: readonly { readonly line: string; readonly documents: string }[]): string {
  return missing
    .map(
      ({ line, documents }) =>
        `${line}\n  (${documents}) is typed nowhere: add when it is, and what happens then, to the`,
    )
    .map(
      (text) =>
        `${text}\n  occasions of operating, local, project, deploying or deployed in test/documents/, or here where else it is run.`,
    )
    .join('\n')
}

it('every line has an occasion', () => {
  expect(advice(lines.filter(({ line }) => !known.has(line)))).toBe('')
  expect(lines.length).toBeGreaterThan(60)
})

it('no occasion is for a line that no document has', () => {
  const shown = new Set(lines.map(({ line }) => line))
  expect([...known].filter((line) => !shown.has(line))).toEqual([])
})

it('no line has two', () => {
  expect(typed.length + Object.keys(elsewhere).length).toBe(known.size)
})

describe('what is run elsewhere is run there', () => {
  it.each(Object.entries(elsewhere))('%s', (_, places) => {
    for (const [file, words] of places) expect(readFileSync(join(root, file), 'utf8')).toContain(words)
  })
})

it('a new line would be found, wherever it stands', () => {
  const block = (...inner: string[]) => ['```', ...inner, '```'].join('\n')
  expect(linesIn(block('npm run a   # why', 'curl \\', '  that', '', 'npm run b'))).toEqual([
    'npm run a',
    'curl that',
    'npm run b',
  ])
  expect(linesIn(block('  5.4 s  npm run a'))).toEqual([])
  expect(linesIn('| `npm run\na -- b` | `npm run guard` and `npx serverless` |')).toEqual(['npm run a -- b'])
  expect(advice([{ line: 'npm run a', documents: 'README.md' }])).toMatch(
    /npm run a\n {2}\(README\.md\).*add when/,
  )
})

describe('docs/operate.md', () => {
  it('has no chapter of an alarm that needs the AWS CLI', () => {
    const text = readFileSync(join(root, 'docs/operate.md'), 'utf8')
    const alarms = [...text.matchAll(/^\| \[([a-z-]+)\]\(#/gm)].map(([, alarm]) => alarm)
    const chapters = text.split(/^## /m).filter((chapter) => alarms.includes(chapter.split('\n')[0]))
    expect(alarms.length).toBeGreaterThan(10)
    expect(chapters).toHaveLength(alarms.length)
    expect(chapters.flatMap(linesIn).filter((line) => /^(sudo )?aws /.test(line))).toEqual([])
  })

  it('names every command of the guard at least once', () => {
    const lines = documentedLines.filter(({ document }) => document === 'docs/operate.md')
    const named = lines.map(({ line }) => /^npm run guard -- (\S+)/.exec(line)?.[1])
    const program = programFor({ terminal: {} } as unknown as Surroundings)
    const commands = program.commands.map((command) => command.name())
    expect(commands.length).toBeGreaterThan(9)
    const forShells = ['completion', 'manual', 'help']
    expect(commands.filter((name) => !forShells.includes(name) && !named.includes(name))).toEqual([])
  })
})
