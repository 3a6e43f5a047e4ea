/**
 * `node scripts/history-picture.ts`: plays a demo's day on the AWS on this machine, and takes a picture of its history as a page, for
 * the README. Needs Chromium.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { historyPage } from '../src/cli/history-page.ts'
import { type ActionHistory, toldAt } from '../src/journal/history.ts'
import { playDay } from '../testbed/local/demo/day.ts'

const PICTURE = fileURLToPath(new URL('../docs/history.png', import.meta.url))
const WINDOW = '1120,880'

const told = ({ passes, deeds }: ActionHistory) => passes.length + deeds.length

const folder = mkdtempSync(join(tmpdir(), 'termination-guard-picture-'))
try {
  const options = { seed: 1, instances: 3, only: undefined, guarded: true, json: false }
  const narrator = { tell: console.error, status: () => undefined }
  const { actions } = await playDay(options, narrator, new AbortController().signal)
  const page = join(folder, 'history.html')
  const histories = actions.map(({ history }) => history)
  // The page of the moment at which the termination ended of which there is most to tell. It stands first, opened as a click opens it.
  const most = histories.reduce((one, other) => (told(other) > told(one) ? other : one))
  const until = histories.filter((one) => toldAt(one) <= toldAt(most))
  const html = historyPage(until, Date.now())
  writeFileSync(page, html.replace('<details>', '<details open>'))
  execFileSync('chromium', [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--window-size=${WINDOW}`],
    ...[`--user-data-dir=${join(folder, 'profile')}`, `--screenshot=${PICTURE}`, pathToFileURL(page).href],
  ])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
