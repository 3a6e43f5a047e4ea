/** The history as a page: what it holds, and how it behaves in a real browser where there is one. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { historyPage } from '../../src/cli/history-page.ts'
import type { ActionHistory } from '../../src/journal/history.ts'
import type { ActionEndedEvent } from '../../src/journal/journal.ts'
import type { Outcome } from '../../src/model.ts'
import { itWhere } from '../flush/it-where.ts'

const START = Date.UTC(2026, 0, 2)
const outcomes: readonly Outcome[] = ['archived', 'empty', 'retained', 'lost', 'expired']
const groups = ['web', 'jobs', '<img src=x onerror=alert(1)>']

function history(number: number): ActionHistory {
  const outcome = outcomes[number % outcomes.length] ?? 'archived'
  const name = {
    instanceId: `i-${number.toString(16).padStart(17, '0')}`,
    groupName: groups[number % groups.length] ?? '',
    token: `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`,
  }
  const end: ActionEndedEvent = {
    ...{ event: 'action-ended', ...name, outcome, reason: `reason </script> & ${number}`, by: 'completed' },
    ...{
      heldMs: 60_000,
      flushMs: 5000,
      attempts: 1,
      files: 2,
      bytes: 100,
      unproven: [],
      notes: ['"quoted"'],
    },
  }
  const at = START + number * 60_000
  const passes = [
    { at, decided: 'flush' as const, reason: 'nothing has been flushed yet', durationMs: 40 },
    { at: at + 9000, decided: 'continue' as const, reason: 'all 2 files are in S3', durationMs: 60 },
  ]
  const by = outcome === 'archived' ? ('flush' as const) : undefined
  const costs = { lambdaMs: 100, awsCalls: 8, heartbeats: 2 }
  return { ...name, end, outcome, by, endedAt: at + 9000, passes, ...costs, deeds: [] }
}

const many = Array.from({ length: 1000 }, (_, number) => history(number))

describe('the page', () => {
  const page = historyPage(many, START)

  it('has every action, newest first, and its totals', () => {
    expect(page.match(/<li data-group=/g)).toHaveLength(1000)
    expect(page.indexOf(history(999).instanceId)).toBeLessThan(page.indexOf(history(0).instanceId))
    expect(page).toContain('<b data-of="archived">200</b>')
  })

  it('needs no network', () => {
    expect(page).not.toMatch(/(src|href)="(?!#)/)
    expect(page).not.toMatch(/url\(|@import|https?:/)
  })

  it('lets nothing that AWS or an instance says become markup', () => {
    expect(page).not.toContain('<img')
    expect(page.match(/<\/script>/g)).toHaveLength(1)
    expect(page).not.toContain('{{')
  })

  it('says so when there is nothing', () => {
    expect(historyPage([], START)).toContain('No terminations')
  })
})

describe('in a browser', () => {
  const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  )
  const flags = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
    ...['--disable-background-networking', '--disable-component-update', '--enable-logging=stderr'],
  ]
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'termination-guard-page-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  /** Runs the page and then what a person would do to it; answers what `seen` was and what the console said. */
  async function inBrowser(deeds: string): Promise<{ readonly seen: unknown; readonly console: string[] }> {
    const file = join(directory, `${Math.abs(deeds.length)}.html`)
    const probe = `<pre id="seen"></pre><script>{${deeds}\ndocument.getElementById('seen').textContent = JSON.stringify(seen)}</script>`
    writeFileSync(file, historyPage(many, START).replace('</body>', `${probe}</body>`))
    const profile = mkdtempSync(join(directory, 'profile-'))
    const { stdout, stderr } = await promisify(execFile)(
      chromium ?? '',
      [...flags, `--user-data-dir=${profile}`, '--dump-dom', pathToFileURL(file).href],
      { maxBuffer: 64 * 1024 * 1024 },
    )
    const json = /<pre id="seen">(.*?)<\/pre>/s.exec(stdout)?.[1] ?? 'null'
    return { seen: JSON.parse(json), console: stderr.split('\n').filter((line) => line.includes('CONSOLE')) }
  }
  const choose = `
    const filters = document.getElementById('filters')
    const put = (name, value) => { filters.elements[name].value = value; filters.dispatchEvent(new Event('input', { bubbles: true })) }
    const visible = () => [...document.querySelectorAll('#actions > li')].filter((item) => item.checkVisibility()).length
    const only = (outcome) => { for (const box of filters.elements.outcome) box.checked = box.value === outcome; filters.dispatchEvent(new Event('input', { bubbles: true })) }`
  const itInBrowser = itWhere(chromium !== undefined, 'Chromium is not installed')

  itInBrowser('filters by group, outcome, text and time, and its totals follow', async () => {
    const { seen, console } = await inBrowser(`${choose}
      const seen = { all: visible() }
      put('group', 'web'); seen.web = visible()
      only('lost'); seen.lostInWeb = visible(); seen.total = document.querySelector('[data-of="lost"]').textContent
      put('group', ''); seen.lost = visible()
      put('text', '${history(3).instanceId}'); seen.one = visible()
      put('text', ''); put('from', '2026-01-02T16:00'); put('to', '2026-01-02T15:00'); seen.never = visible()
      seen.said = document.getElementById('shown').textContent`)
    const lostInWeb = many.filter(
      ({ outcome, groupName }) => outcome === 'lost' && groupName === 'web',
    ).length
    expect(seen).toEqual({
      ...{ all: 1000, web: 334, lostInWeb, total: String(lostInWeb), lost: 200, one: 1, never: 0 },
      said: '0 of 1,000 terminations are shown.',
    })
    expect(console).toEqual([])
  })

  itInBrowser('can be used by keyboard and by a screen reader, and fits a phone', async () => {
    const { seen, console } = await inBrowser(`
      const named = (field) => field.labels?.length > 0 || field.textContent.trim() !== ''
      const fields = [...document.querySelectorAll('input, select, button')]
      const first = document.querySelector('#actions summary')
      first.focus()
      const seen = {
        unnamed: fields.filter((field) => !named(field)).length,
        focus: document.activeElement === first,
        status: document.getElementById('shown').getAttribute('role'),
        language: document.documentElement.lang,
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      }`)
    expect(seen).toEqual({ unnamed: 0, focus: true, status: 'status', language: 'en', wide: false })
    expect(console).toEqual([])
  })

  itInBrowser('filters 1,000 actions without a hitch: quicker than the browser can read them', async () => {
    // The best of several: whatever else the machine does, one of each goes undisturbed.
    const { seen } = await inBrowser(`${choose}
      const best = (deed) => Math.min(...[1, 2, 3, 4, 5].map(() => { const began = performance.now(); deed(); return performance.now() - began }))
      const list = document.getElementById('actions').innerHTML
      const reading = best(() => { document.createElement('div').innerHTML = list })
      let text = 0
      const filtering = best(() => { put('text', text++ % 2 ? '' : 'nothing has this'); document.body.offsetHeight })
      const seen = filtering / reading`)
    expect(seen).toBeGreaterThan(0)
    expect(seen).toBeLessThan(1)
  })
})
