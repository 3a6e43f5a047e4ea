// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** The history as a page. */
import { bugsIn, type Mutant } from './mutant.ts'

export const pageMutants: readonly Mutant[] = [
  ...bugsIn(
    { file: 'src/cli/history-page.ts', tests: ['test/cli/history-page.test.ts'], only: 'the page' },
    ['let a quote end an attribute', `/[&<>"']/g`, '/[&<>]/g'],
    ['tell the oldest first', 'toldAt(b) - toldAt(a)', 'toldAt(a) - toldAt(b)'],
    ['count no bytes', 'sum + provenBytes(action)', 'sum'],
    ['say not what saved the logs', 'html(saved + held + cost)', 'html(held + cost)'],
    ['leave out what is not proven', `list('Not proven', end?.unproven ?? []),`, ''],
    [
      'leave out what was done besides',
      'const moments = momentsOf(action)',
      'const moments = momentsOf({ ...action, deeds: [] })',
    ],
    ['leave the period open', 'return `${utc(toldAt(first))} to', 'return `${utc(toldAt(last))} to'],
    [
      'name the period’s group raw',
      'groups.map((name) => `<option value="${html(name)}">${html(name)}',
      'groups.map((name) => `<option value="${html(name)}">${name}',
    ],
    ['show letters that turn the writing', 'return oneLine(text).replaceAll(', 'return text.replaceAll('],
    [
      'call bytes of lost machines proven',
      `return isGood(outcome) ? (end?.bytes ?? 0) : 0`,
      'return outcome ? (end?.bytes ?? 0) : 0',
    ],
    ['let an option lose its blanks', '<option value="${html(name)}">', '<option>'],
  ),
  ...bugsIn(
    {
      file: 'src/cli/page/page.js',
      tests: ['test/cli/history-page.test.ts'],
      only: 'filters by|finds in|comes back',
    },
    ['filter by the day only', 'action.at <= to &&', ''],
    [
      'find only what is written so',
      `text: data.get('text').trim().toLowerCase()`,
      `text: data.get('text').trim()`,
    ],
    [
      'go on showing what a reset asked for',
      `filters.addEventListener('reset', () => setTimeout(filter))`,
      '',
    ],
    [
      'leave the page where Enter is pressed',
      `filters.addEventListener('submit', (event) => event.preventDefault())`,
      '',
    ],
    ['filter by the reader’s own time', '`${data.get(name)}Z`', '`${data.get(name)}`'],
    ['leave the bytes as they are', `counts.set('bytes', (counts.get('bytes') ?? 0) + action.bytes)`, ''],
  ),
  ...bugsIn(
    { file: 'src/cli/page/page.html', tests: ['test/cli/history-page.test.ts'], only: 'comes back' },
    ['ask for what it does not show', ' autocomplete="off"', ''],
  ),
  ...bugsIn(
    { file: 'src/cli/page/page.css', tests: ['test/cli/history-page.test.ts'], only: 'few colours' },
    ['have no marks in forced colours', '    background: CanvasText;', ''],
  ),
  ...bugsIn({ file: 'src/cli/page/page.css', tests: ['test/cli/history-page.test.ts'], only: 'on paper' }, [
    'have no marks on paper',
    '  print-color-adjust: exact;',
    '',
  ]),
  ...bugsIn(
    {
      file: 'src/cli/page/page.css',
      tests: ['test/cli/history-page.test.ts', 'test/cli/history.test.ts'],
      only: 'is printed',
    },
    [
      'print the filters',
      `  form#filters:not([hidden]) {
    display: none;
  }`,
      '',
    ],
  ),
]
