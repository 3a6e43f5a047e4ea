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
import { playDay } from '../testbed/local/demo/day.ts'

const PICTURE = fileURLToPath(new URL('../docs/history.png', import.meta.url))
const WINDOW = '1120,880'

const folder = mkdtempSync(join(tmpdir(), 'termination-guard-picture-'))
try {
  const options = { seed: 1, instances: 3, only: 'dead-agent', guarded: true, json: false }
  const narrator = { tell: console.error, status: () => undefined }
  const { actions } = await playDay(options, narrator, new AbortController().signal)
  const page = join(folder, 'history.html')
  // The first action is shown opened, as a click on it opens it.
  const html = historyPage(
    actions.map(({ history }) => history),
    Date.now(),
  )
  writeFileSync(page, html.replace('<details>', '<details open>'))
  execFileSync('chromium', [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--window-size=${WINDOW}`],
    ...[`--user-data-dir=${join(folder, 'profile')}`, `--screenshot=${PICTURE}`, pathToFileURL(page).href],
  ])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
