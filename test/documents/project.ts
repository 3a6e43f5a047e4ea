/** What CONTRIBUTING.md and the other documents have people type in a checkout, without any AWS: in full, or in a form that is short. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { typeLine } from '../cli/typing.ts'
import { root } from './documented-lines.ts'
import { type Occasion, type Place, whereInstalled } from './occasions.ts'

const EARLIER = 'e83f0bc'
const hasHistory = [
  spawnSync('git', ['cat-file', '-e', EARLIER], { cwd: root }).status === 0,
  `this checkout has no commit ${EARLIER}`,
] as const
const canRotate = whereInstalled('logrotate', 'xz', 'bzip2', 'zstd')

async function set(inTheEnd: (stop: () => unknown) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'documented-lines-'))
  inTheEnd(() => rmSync(folder, { recursive: true, force: true }))
  /** The temporary directory of whatever is typed. */
  const TMPDIR = mkdtempSync(join(folder, 'tmp-'))
  return {
    folder,
    crooked: join(folder, 'crooked'),
    left: () => readdirSync(TMPDIR),
    type: (line: string) => typeLine({ TMPDIR, HOME: folder }, line).told,
  }
}

type Checkout = Awaited<ReturnType<typeof set>>

/** Where the long form draws a place by chance, the short one names it: whether a line does what its document says hangs on no luck. */
const short = (from: string, to: string, occasion: Occasion<Checkout>): Occasion<Checkout> => ({
  as: (line) => line.replace(from, to),
  ...occasion,
})
const noViolations = /^0 violations$/m
const everyLine = /every line is accounted for/

export const project: Place<Checkout> = {
  name: 'what people type in a checkout',
  set,
  type: ({ type }, line) => type(line),
  occasions: {
    'git clone REPOSITORY termination-guard': {
      where: [existsSync(join(root, '.git')), 'this is no checkout'],
      as: (line, { folder }) => `cd ${folder} && ${line.replace('REPOSITORY', root)}`,
    },
    'cd termination-guard': {
      where: [existsSync(join(root, '.git')), 'this is no checkout'],
      as: (line, { folder }) => `cd ${folder} && ${line} && npm pkg get name`,
      says: /"termination-guard"/,
    },
    'npx biome check --write .': {
      before: ({ crooked }) => {
        mkdirSync(crooked)
        symlinkSync(join(root, 'node_modules'), join(crooked, 'node_modules'))
        writeFileSync(join(crooked, 'biome.json'), readFileSync(join(root, 'biome.json')))
        writeFileSync(join(crooked, 'crooked.ts'), 'export const one   =   1;\n')
      },
      as: (line, { crooked }) => `cd ${crooked} && ${line}`,
      after: ({ crooked }) =>
        expect(readFileSync(join(crooked, 'crooked.ts'), 'utf8')).toBe('export const one = 1\n'),
    },
    'npm run jest -- test/termination': {
      as: (line) => `${line}/decide`,
      says: /^PASS test\/termination\/decide\.test\.ts/m,
    },
    'npm run simulate': { as: (line) => `${line} -- --seeds 3 --from 1`, says: noViolations },
    'npm run simulate -- --seeds 1000': short('1000', '3 --from 1', {
      says: /^3 seeds from 1 on; once more: /m,
    }),
    'npm run simulate -- --seeds 2000 --jobs 1': short('2000', '3 --from 1', { says: /on 1 threads/ }),
    'npm run simulate -- --seed 7 --trace': {
      says: /^01-02 .* world +seed 7: .*\n.* world +\{"policy"[\s\S]*^0 violations$/m,
    },
    'npm run simulate -- --fault hold-fails': {
      as: (line) => `${line} --seeds 3 --from 1`,
      says: /--fault hold-fails$[\s\S]*^0 violations$/m,
    },
    'npm run simulate -- --fault its-name': {
      as: (line) => `${line.replace('its-name', 'listing-lags')} --seeds 3 --from 1`,
      says: noViolations,
    },
    'npm run simulate -- --seed 8': { says: noViolations },
    'npm run simulate -- --seed 8 --trace | grep i-00000000000000002': {
      after: (_, { out }) => {
        for (const who of ['asg', 'sqs', 'guard'])
          expect(out).toMatch(new RegExp(`^01-02 [0-9:.]+ +${who} `, 'm'))
        expect(
          out.split('\n').filter((line) => line !== '' && !line.includes('i-00000000000000002')),
        ).toEqual([])
      },
    },
    'npm run conservation': {
      as: (line) => `${line} -- --cases 2 --from 7`,
      says: everyLine,
      where: canRotate,
    },
    'npm run conservation -- --cases 20000': short('20000', '2 --from 7', {
      says: /^conservation: 2 cases from seed 7$[\s\S]*accounted for/m,
      where: canRotate,
    }),
    'npm run conservation -- --seed 7': { says: everyLine, where: canRotate },
    'npm run conservation -- --seed 7 --shrink': { says: everyLine, where: canRotate },
    'npm run conservation -- --seed 7 --keep': {
      where: canRotate,
      says: everyLine,
      after: ({ left }) => expect(left()).not.toEqual([]),
    },
    'npm run mutants -- "past the heartbeat"': { says: /^killed +back off past the heartbeat: /m },
    'npm run bench -- --only storm': {
      as: (line) => `${line} --short`,
      says: /^\| 500 terminations at once .* 500 archived/m,
    },
    'git worktree add /tmp/before e83f0bc && ln -s "$PWD/node_modules" /tmp/before/': {
      where: hasHistory,
      // In a clone, so that nobody's checkout is told of a worktree that is gone.
      before: ({ folder, type }) =>
        type(`git clone -q -s ${root} ${folder}/clone && ln -s ${root}/node_modules ${folder}/clone/`),
      as: (line, { folder }) =>
        `cd ${folder}/clone && ${line.replaceAll('/tmp/before', join(folder, 'before'))}`,
      after: ({ folder }) => expect(existsSync(join(folder, 'before/node_modules/typescript'))).toBe(true),
    },
    'npm run bench -- --only flush --before /tmp/before': {
      where: hasHistory,
      as: (line, { folder }) => `${line.replace('/tmp/before', join(folder, 'before'))} --short`,
      says: /^\| ordinary flush ÷ that of .*before \| × \d/m,
    },
    'npm run demo -- --only scale-in': { says: /^scale-in +i-\w+ +[\s\S]*^Nothing was lost\.$/m },
    'npm run demo -- --without-guard': {
      as: (line) => `${line} --only scale-in --instances 1`,
      code: 1,
      says: /^[1-9]\d* of \d+ accepted events were lost, because nothing held the instances/m,
    },
  },
}
