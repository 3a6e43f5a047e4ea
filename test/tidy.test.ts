/** The code's own rules, read from the code. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { circles, floorOf, importsIn, reaching, upwards } from './import-rules.ts'

const root = join(import.meta.dirname, '..')
const product = ['src', 'handlers', 'deploy'].flatMap(filesBelow)
const sources = [...product, ...['testbed', 'scripts'].flatMap(filesBelow)]

/**
 * The rooms of the product from the bottom up, and the loose files between them. A file may import from its own room and from
 * those that stand before it.
 */
const floors = [
  'src/visible.ts',
  'src/shell-word.ts',
  'src/selection.ts',
  'src/shuffled.ts',
  'src/grouped.ts',
  'src/rungs.ts',
  'src/global-timeout.ts',
  'src/model.ts',
  'src/receipt-prefix.ts',
  'src/policy.ts',
  'src/aws',
  'src/archive',
  'src/flush',
  'src/journal',
  'src/guard.ts',
  'src/termination',
  'src/recovery',
  'src/enrolment',
  'src/sweep',
  'src/audit',
  'src/cli',
]

/** The files of the product that reach AWS or wait for it. All others decide, name, read or compare, and are pure. */
const impure = new Set([
  'src/archive/archives.ts',
  'src/archive/destination.ts',
  'src/archive/listing.ts',
  'src/archive/verdict.ts',
  'src/audit/audit.ts',
  'src/aws/api.ts',
  'src/aws/ask.ts',
  'src/aws/every-page.ts',
  'src/aws/queued.ts',
  'src/aws/read-whole.ts',
  'src/aws/group-of.ts',
  'src/aws/inspection-api.ts',
  'src/aws/inspection-sdk.ts',
  'src/aws/operator-api.ts',
  'src/aws/operator-sdk.ts',
  'src/aws/persons-calls.ts',
  'src/aws/sdk.ts',
  'src/aws/time-limit.ts',
  'src/aws/while-there.ts',
  'src/enrolment/enrol.ts',
  'src/enrolment/enrolments.ts',
  'src/enrolment/withdraw.ts',
  'src/flush/commands.ts',
  'src/flush/start-flush.ts',
  'src/flush/with-report.ts',
  'src/journal/history-stream.ts',
  'src/recovery/agents.ts',
  'src/recovery/clear-away.ts',
  'src/recovery/clone.ts',
  'src/recovery/copies.ts',
  'src/recovery/described-volume.ts',
  'src/recovery/found.ts',
  'src/recovery/grow.ts',
  'src/recovery/held.ts',
  'src/recovery/mark-disks.ts',
  'src/recovery/marked-disks.ts',
  'src/recovery/proven-when-gone.ts',
  'src/recovery/recover-gone.ts',
  'src/recovery/recover-held.ts',
  'src/recovery/recover.ts',
  'src/recovery/restore-lost.ts',
  'src/recovery/retry-kept.ts',
  'src/recovery/disk-of.ts',
  'src/recovery/siblings.ts',
  'src/recovery/terminations.ts',
  'src/sweep/sweep.ts',
  'src/sweep/waiting.ts',
  'src/termination/beside.ts',
  'src/termination/beyond.ts',
  'src/termination/consume.ts',
  'src/termination/earlier-pause.ts',
  'src/termination/explain.ts',
  'src/termination/gather.ts',
  'src/termination/hook.ts',
  'src/termination/let-disk-go.ts',
  'src/termination/identify.ts',
  'src/termination/machine-state.ts',
  'src/termination/lifecycle-actions.ts',
  'src/termination/look-again.ts',
  'src/termination/observe.ts',
  'src/termination/reconcile.ts',
  'src/termination/replaced-disk.ts',
  'src/termination/root-volume.ts',
  'src/termination/scaling-activities.ts',
  'src/termination/scaling-instances.ts',
  'src/termination/machine-and-hook.ts',
  'src/termination/write-receipt.ts',
])

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cjs)$/.test(name))
    .map((name) => join(folder, name))
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')

const importsOf = (file: string) => importsIn(file, read(file))
const graphOf = (files: readonly string[]) => new Map(files.map((file) => [file, importsOf(file)]))

describe('imports of the product run downwards', () => {
  it.each(filesBelow('src'))('%s', (file) => {
    expect(floorOf(file, floors)).toBeGreaterThanOrEqual(0)
    expect(upwards(file, importsOf(file), floors)).toEqual([])
  })
})

it('nothing that ships imports the test bed', () => {
  expect(reaching(graphOf(product), ['testbed', 'test', 'scripts'])).toEqual([])
})

it('zod is imported as a namespace, or each bundle carries its forty languages', () => {
  expect(sources.filter((file) => /import \{[^}]*\} from 'zod'/.test(read(file)))).toEqual([])
})

it('src imports neither handlers nor the deployment', () => {
  expect(reaching(graphOf(filesBelow('src')), ['handlers', 'deploy'])).toEqual([])
})

describe('purity is kept per file', () => {
  it.each(
    filesBelow('src').filter(
      (file) => !impure.has(file) && !/^src\/(cli|flush\/(document|profile))/.test(file),
    ),
  )('%s has no AWS, no async, no ambient time, chance or environment', (file) => {
    expect(read(file)).not.toMatch(
      /from '@aws-sdk|\basync\b|\bawait\b|Date\.now|new Date\(\)|Math\.random|process\./,
    )
  })
  it.each([...impure])('%s is there, and is not pure', (file) => {
    expect(read(file)).toMatch(/@aws-sdk|\basync\b/)
  })
})

describe('ambient time, chance and environment stay at the edges', () => {
  const edge =
    /^handlers\/|^deploy\/|^scripts\/|^testbed\/local\/|^src\/cli\/|^src\/aws\/(sdk|inspection-sdk|timer)\.ts$|^testbed\/simulator\/main\.ts$/
  it.each(sources.filter((file) => !edge.test(file)))('%s', (file) => {
    expect(read(file)).not.toMatch(
      /Date\.now\(\)|new Date\(\)|Math\.random\(|process\.env|setTimeout\(|setInterval\(/,
    )
  })
  it('SDK clients for production are constructed in one room', () => {
    const constructing = product.filter((file) =>
      /new (AutoScaling|SSM|S3|SQS|EC2|IAM|CloudWatch|SNS)Client\(/.test(read(file)),
    )
    expect(constructing.filter((file) => !file.startsWith('src/cli/')).sort()).toEqual([
      'src/aws/inspection-sdk.ts',
      'src/aws/operator-sdk.ts',
      'src/aws/sdk.ts',
    ])
  })
})

it('no file is so large that nobody reads it', () => {
  const large = sources.filter((file) => read(file).split('\n').length > 250)
  expect(large).toEqual([])
})

it('nothing imports itself in a circle', () => {
  expect(circles(graphOf(sources))).toEqual([])
})

it('no two files have one name and two meanings', () => {
  // A handler or a command may be named for what it leads to; `main` is what a person starts.
  const named = sources.filter((file) => !/^(handlers|src\/cli)\/|\/main\.ts$/.test(file))
  const several = [...Map.groupBy(named, (file) => basename(file)).values()].filter(
    (files) => files.length > 1,
  )
  expect(several).toEqual([])
})
