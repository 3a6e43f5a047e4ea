/** A logrotate configuration drawn by chance from the directives of the manual page of logrotate 3.21, and how it names what it rotates. */
import type { Chance } from '../../../testbed/simulator/chance.ts'
import type { Form } from './situation.ts'

export interface Configuration {
  readonly text: string
  /** Where its rotated files lie. */
  readonly rotated: string
  readonly dateFormat: string | undefined
  readonly extension: string | undefined
  readonly start: number
  readonly form: Form
  readonly suffix: string
  readonly delays: boolean
  /** Whether one of its scripts takes files away, or a cron that runs it could. */
  readonly destroys: boolean
}

/** What the scripts in a configuration do besides marking their moment. */
const SCRIPTS: readonly { readonly does: string; readonly destroys?: true; readonly rare?: true }[] = [
  { does: ':' },
  { does: 'if true; then { :; }; fi' },
  { does: 'service tomcat8 restart >/dev/null 2>&1 || true', rare: true },
  { does: 'for pid in "$WORLD"/services/*/*.pid; do kill -HUP "$(cat "$pid")" 2>/dev/null; done; true' },
  { does: 'rm -f ROTATED/*.gz', destroys: true, rare: true },
  {
    does: 'for f in ROTATED/*.gz; do [ -f "$f" ] && mkdir -p "$FAKE_S3/bucket/elsewhere" && head -c 9 "$f" >"$FAKE_S3/bucket/elsewhere/$(basename "$f")" && rm -f "$f"; done; true',
    destroys: true,
    rare: true,
  },
  { does: 'exit 1', rare: true },
  { does: 'echo "}" >/dev/null; true' },
]
const HOOKS = ['prerotate', 'postrotate', 'firstaction', 'lastaction', 'preremove'] as const
const DATE_FORMATS = [
  '-%Y%m%d',
  '%s',
  '-%s',
  '.%Y-%m-%dT%H%M%SZ',
  '-%Y%m%d-%H%M%S',
  '_%Y-%m-%d_%H-%M-%S.old',
  '-%Y%m%d%H',
  '-%V',
  '-%Y%m%d.log',
] as const
const COMPRESSORS: readonly (readonly [Form, string, string])[] = [
  ['gz', '/bin/gzip', '.gz'],
  ['xz', '/usr/bin/xz', '.xz'],
  ['bz2', '/bin/bzip2', '.bz2'],
  ['zst', '/usr/bin/zstd', '.zst'],
  ['gz', '/bin/gzip', '.Z-ed'],
]
/** What makes no difference to where bytes go, or must make none. */
const HARMLESS = [
  'missingok',
  'nomissingok',
  'notifempty',
  'ifempty',
  'nomail',
  'noshred',
  'norenamecopy',
  'dateyesterday',
  'datehourago',
  'ignoreduplicates',
  'noallowhardlink',
  'maillast',
  'shredcycles 1',
  '# } a comment with a brace {',
] as const
/** What makes logrotate do nothing, or less, without -f; and sometimes with it. */
const RELUCTANT = ['minage 3', 'maxage 1', 'size 10M', 'size = 1G', 'minsize 5k', 'maxsize 1k'] as const
const DELETING = [
  'rotate 0',
  'rotate 1',
  'rotate=2',
  'rotate = 3',
  'rotate 5',
  'rotate -1',
  'maxage 2',
  'shred',
] as const
const PERIODS = ['hourly', 'daily', 'weekly', 'weekly 3', 'monthly', 'yearly'] as const

export function drawConfiguration(
  chance: Chance,
  folder: string,
  patterns: readonly string[],
): Configuration {
  if (chance.of(0.08)) return oneLine(chance, folder, patterns)
  const rotated = chance.of(0.5) ? `${folder}/${chance.pick(['rotated', 'old'])}` : folder
  const lines: string[] = [chance.pick(PERIODS)]
  const some = (list: readonly string[], probability: number) => {
    for (const item of list) if (chance.of(probability)) lines.push(item)
  }
  some(HARMLESS, 0.1)
  some(RELUCTANT, 0.08)
  some(DELETING, 0.12)
  const dateFormat = chance.of(0.6) ? chance.pick(DATE_FORMATS) : undefined
  if (dateFormat)
    lines.push('dateext', ...(dateFormat === '-%Y%m%d' ? [] : [assigned(chance, 'dateformat', dateFormat)]))
  const extension = chance.of(0.12) ? '.log' : undefined
  if (extension) lines.push(assigned(chance, chance.pick(['extension', 'addextension']), extension))
  const start = chance.of(0.1) ? chance.pick([0, 9]) : 1
  if (start !== 1) lines.push(`start ${start}`)
  const compresses = chance.of(0.65)
  const [form, command, suffix] = chance.of(0.7)
    ? (COMPRESSORS[0] ?? chance.pick(COMPRESSORS))
    : chance.pick(COMPRESSORS)
  if (compresses) {
    lines.push('compress')
    if (suffix !== '.gz')
      lines.push(assigned(chance, 'compresscmd', command), assigned(chance, 'compressext', suffix))
    if (chance.of(0.1)) lines.push('compressoptions -1')
  }
  const delays = compresses && chance.of(0.4)
  if (delays) lines.push('delaycompress')
  if (rotated !== folder) {
    lines.push(`olddir ${chance.of(0.3) ? rotated.slice(folder.length + 1) : `@ROOT@${rotated}`}`)
    if (chance.of(0.9)) lines.push('createolddir 0755 root root')
  }
  const manner = chance.pick([
    'copytruncate',
    'copytruncate',
    'create',
    'create',
    'copy',
    'renamecopy',
    'nocreate',
    'allowhardlink',
    'su root root',
  ])
  lines.push(manner === 'create' ? chance.pick(['create', 'create 0640 root root']) : manner)
  const scripts = drawScripts(chance, rotated)
  if (chance.of(0.3)) lines.push('sharedscripts')
  lines.push(...scripts.lines)
  return {
    text: blockOf(chance, patterns, lines),
    rotated,
    dateFormat,
    extension,
    start,
    form: compresses ? form : 'plain',
    suffix: compresses ? suffix : '',
    delays,
    destroys: scripts.destroys,
  }
}

function drawScripts(chance: Chance, rotated: string): { lines: string[]; destroys: boolean } {
  const lines: string[] = []
  let destroys = false
  for (const hook of HOOKS) {
    const isMarked = hook === 'prerotate' || hook === 'postrotate'
    if (!isMarked && !chance.of(0.12)) continue
    const script = chance.pick(SCRIPTS)
    if (script.rare && chance.of(0.7)) continue
    destroys ||= script.destroys === true
    const mark = isMarked ? [`  moment ${hook === 'prerotate' ? 'rotating' : 'rotated'} || true`] : []
    lines.push(hook, ...mark, `  ${script.does.replaceAll('ROTATED', `"@ROOT@${rotated}"`)}`, 'endscript')
  }
  return { lines, destroys }
}

/** A block on one line, which says next to nothing. */
function oneLine(chance: Chance, folder: string, patterns: readonly string[]): Configuration {
  const directive = chance.pick(['copytruncate', 'rotate 2', 'missingok', 'daily', 'create'])
  return {
    text: patterns.map((pattern) => `${named(chance, `@ROOT@${pattern}`)} { ${directive} }\n`).join(''),
    rotated: folder,
    dateFormat: undefined,
    extension: undefined,
    start: 1,
    form: 'plain',
    suffix: '',
    delays: false,
    destroys: false,
  }
}

/** Both forms of assignment. */
function assigned(chance: Chance, name: string, value: string): string {
  return chance.pick([`${name} ${value}`, `${name} ${value}`, `${name}=${value}`, `${name} = ${value}`])
}

/** The many ways to write one block. A block with scripts needs lines of its own. */
function blockOf(chance: Chance, patterns: readonly string[], directives: readonly string[]): string {
  const names = patterns.map((pattern) => named(chance, `@ROOT@${pattern}`))
  const heads = chance.of(0.5) ? names.join(' ') : names.join('\n')
  const isTop = (line: string) =>
    chance.of(0.2) && /^(daily|weekly|rotate|dateext|compress$|missingok)/.test(line)
  const inScript = scriptLines(directives)
  const taboo = chance.of(0.1) ? [chance.pick(['tabooext + .tmp', 'taboopat + *.bad'])] : []
  const above = directives.filter((line, index) => !inScript[index] && isTop(line))
  const within = directives.filter((line, index) => inScript[index] || !above.includes(line))
  return [
    ...taboo,
    ...above,
    chance.of(0.5) ? `${heads} {` : `${heads}\n{`,
    ...within.map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n')
}

function scriptLines(directives: readonly string[]): boolean[] {
  let inside = false
  return directives.map((line) => {
    if ((HOOKS as readonly string[]).includes(line)) inside = true
    const is = inside
    if (line === 'endscript') inside = false
    return is
  })
}

function named(chance: Chance, pattern: string): string {
  if (/[\s']/.test(pattern)) return `"${pattern}"`
  return chance.of(0.2) ? `"${pattern}"` : pattern
}
