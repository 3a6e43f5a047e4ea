/** The history as a page: what it holds, and how it behaves in a real browser where there is one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { historyPage } from '../../src/cli/history-page.ts'
import type { ActionHistory } from '../../src/journal/history.ts'
import type { ActionEndedEvent } from '../../src/journal/journal.ts'
import type { Outcome } from '../../src/model.ts'
import { itWhere } from '../flush/it-where.ts'
import { Browser, chromium, type Looks } from './browser.ts'

const START = Date.UTC(2026, 0, 2)
const outcomes: readonly Outcome[] = ['archived', 'empty', 'retained', 'lost', 'expired']
const LONG_GROUP = 'awseb-e-demo2mxf6k-stack-AWSEBAutoScalingGroup-1KQ2ZT0V3GHXB'
const LONG_FILE = '/var/app/current/logs/of/a/service/that/keeps/them/deep/access.log-1767312000.gz'
const groups = ['web', LONG_GROUP, `"><img src=x onerror='alert(1)'>`]

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
      unproven: [`${LONG_FILE}: missing`],
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
    const quoted = '&#34;&#62;&#60;img src=x onerror=&#39;alert(1)&#39;&#62;'
    expect(page).toContain(`<li data-group="${quoted}" data-outcome=`)
    expect(page).toContain(`<option value="${quoted}">${quoted}</option>`)
  })

  it('tells of each what the lines of the terminal tell', () => {
    const told = historyPage(
      [
        {
          ...{ ...history(0), by: 'clone' },
          deeds: [{ at: START + 5000, did: 'clone', reason: 'it stays silent' }],
        },
      ],
      START,
    )
    for (const text of ['Saved by clone.', 'Held 1 min 0 s, 1 flush (5.0 s), 2 files, 100 bytes.'])
      expect(told).toContain(text)
    expect(told).toMatch(/Not proven:.*: missing.*The instance says:/)
    expect(told).toMatch(/<td>clone<\/td><td class="number"><\/td><td>it stays silent<\/td>/)
    expect(historyPage(many.slice(0, 3), START)).toContain(
      '2026-01-02 00:00:09 UTC to 2026-01-02 00:02:09 UTC',
    )
  })

  it('spells out what has no look of its own, or would turn the direction of writing, as a terminal is sent it', () => {
    const hostile = historyPage(
      [{ ...history(1), instanceId: '\u202egpj.x\u0000', groupName: 'a\ud800\u2028b\n<c>' }],
      START,
    )
    expect(hostile).toContain('\\u202egpj.x\\u0000')
    expect(hostile).toContain('a\\ud800\\u2028b\\u000a&#60;c&#62;')
    expect(hostile).not.toMatch(/[\u202e\0\ud800\u2028]/)
  })

  it('calls bytes proven only of those whose end is', () => {
    const bytes = (outcome: Outcome) => {
      const one = many.find((some) => some.outcome === outcome) ?? history(0)
      const of = historyPage([one], START)
      return [/data-of="bytes">(\d+)/.exec(of)?.[1], /data-bytes="(\d+)"/.exec(of)?.[1]]
    }
    expect(outcomes.map((outcome) => [outcome, ...bytes(outcome)])).toEqual([
      ...['archived', 'empty'].map((good) => [good, '100', '100']),
      ...['retained', 'lost', 'expired'].map((bad) => [bad, '0', '0']),
    ])
  })

  it('says so when there is nothing', () => {
    expect(historyPage([], START)).toContain('No terminations')
  })
})

describe('in a browser', () => {
  const desk: Looks = { width: 1120, height: 880, colours: 'light' }
  const phone: Looks = { width: 360, height: 760, colours: 'light' }
  let directory: string
  let file: string
  /** What looks the same however many there are, is looked at quickly. */
  let short: string
  let browser: Browser
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'termination-guard-page-'))
    file = join(directory, 'history.html')
    writeFileSync(file, historyPage(many, START))
    short = join(directory, 'short.html')
    writeFileSync(short, historyPage(many.slice(0, 10), START))
    if (chromium !== undefined) browser = await Browser.open(join(directory, 'profile'))
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const choose = `
    const filters = document.getElementById('filters')
    const put = (name, value) => { filters.elements[name].value = value; filters.dispatchEvent(new Event('input', { bubbles: true })) }
    const visible = () => [...document.querySelectorAll('#actions > li')].filter((item) => item.checkVisibility()).length
    const only = (outcome) => { for (const box of filters.elements.outcome) box.checked = box.value === outcome; filters.dispatchEvent(new Event('input', { bubbles: true })) }`
  const itInBrowser = itWhere(chromium !== undefined, 'Chromium is not installed')

  itInBrowser('filters by group, outcome, text and time, and its totals follow', async () => {
    await browser.show(file, desk)
    const seen = await browser.see(`${choose}
      const seen = { all: visible() }
      put('group', 'web'); seen.web = visible()
      only('lost'); seen.lostInWeb = visible(); seen.total = document.querySelector('[data-of="lost"]').textContent
      put('group', ''); seen.lost = visible()
      put('text', '${history(3).instanceId}'); seen.one = visible()
      put('text', ''); put('from', '2026-01-02T16:00'); put('to', '2026-01-02T15:00'); seen.never = visible()
      seen.said = document.getElementById('shown').textContent
      return seen`)
    const lostInWeb = many.filter(
      ({ outcome, groupName }) => outcome === 'lost' && groupName === 'web',
    ).length
    expect(seen).toEqual({
      ...{ all: 1000, web: 334, lostInWeb, total: String(lostInWeb), lost: 200, one: 1, never: 0 },
      said: '0 of 1,000 terminations are shown.',
    })
    expect(browser.complaints).toEqual([])
  })

  itInBrowser(
    'finds in any spelling, stays where it is at Enter, adds up what is shown, and shows all again',
    async () => {
      await browser.show(short, desk)
      const seen = await browser.see(`${choose}
      const bytes = () => document.querySelector('[data-of="bytes"]').textContent
      put('text', ' REASON </SCRIPT> & 5'); const found = [visible(), bytes()]
      let stays
      filters.addEventListener('submit', (event) => { stays = event.defaultPrevented; event.preventDefault() })
      filters.requestSubmit()
      put('text', ''); only('archived'); const archived = [visible(), bytes()]
      filters.reset(); await new Promise((resolve) => setTimeout(resolve))
      return { found, stays, archived, all: visible() }`)
      expect(seen).toEqual({ found: [1, '100'], stays: true, archived: [2, '200'], all: 10 })
      expect(browser.complaints).toEqual([])
    },
  )

  itInBrowser('is printed without what nobody can type into paper', async () => {
    await browser.show(short, { ...desk, isPrinted: true })
    expect(await browser.see(`return document.getElementById('filters').checkVisibility()`)).toBe(false)
  })

  itInBrowser('filters by a group whose name is all blanks but one letter', async () => {
    const odd = join(directory, 'odd.html')
    const named = ['  a  b ', ' a b'].map((groupName, index) => ({ ...history(index), groupName }))
    writeFileSync(odd, historyPage(named, START))
    await browser.show(odd, desk)
    const seen = await browser.see(`${choose}
      return [...filters.elements.group.options].map((option) => { put('group', option.value); return visible() })`)
    expect(seen).toEqual([2, 1, 1])
  })

  itInBrowser('filters by the times that it shows, wherever it is read', async () => {
    await browser.show(short, { ...desk, timeZone: 'Asia/Tokyo' })
    const seen = await browser.see(`${choose}
      put('from', '2026-01-02T00:05'); put('to', '2026-01-02T00:08')
      return [visible(), document.querySelector('#actions > li:not([hidden]) time').textContent]`)
    expect(seen).toEqual([3, '2026-01-02 00:07:09 UTC'])
  })

  itInBrowser('asks for nothing that it does not show, when somebody comes back to it', async () => {
    await browser.show(short, desk)
    await browser.see(`${choose}; only('lost')`)
    await browser.show(file, desk)
    await browser.back()
    const seen = await browser.see(`${choose}
      return { visible: visible(), asked: [...filters.elements.outcome].filter(({ checked }) => checked).length }`)
    expect(seen).toEqual({ visible: 10, asked: 6 })
  })

  for (const [where, looks] of [
    ['on paper', { isPrinted: true }],
    ['in the few colours of a system', { isForced: true }],
  ] as const)
    itInBrowser(`a timeline has marks ${where}`, async () => {
      await browser.show(short, { ...desk, ...looks })
      const seen = await browser.see(`
        document.querySelector('details').open = true
        const [line, mark] = ['.timeline', '.timeline i'].map((one) => getComputedStyle(document.querySelector(one)))
        return { isSeen: line.backgroundColor !== mark.backgroundColor, paper: line.printColorAdjust }`)
      expect(seen).toEqual({ isSeen: true, paper: 'exact' })
    })

  itInBrowser('can be used by keyboard alone', async () => {
    await browser.show(short, desk)
    const focused = () => browser.see('return document.activeElement.outerHTML.slice(0, 40)')
    await browser.press('Tab')
    expect(await focused()).toContain('class="skip"')
    await browser.press('Enter')
    expect(await focused()).toContain('<ol id="actions"')
    await browser.press('Tab')
    expect(await focused()).toContain('<summary>')
    await browser.press('Enter')
    expect(await browser.see('return document.activeElement.parentElement.open')).toBe(true)
    await browser.press('Tab')
    expect(await focused()).toContain('<div class="table"')
    await browser.see(`document.querySelector('[name="outcome"][value="lost"]').focus()`)
    await browser.press(' ')
    expect(await browser.see(`return document.getElementById('shown').textContent`)).toBe(
      '8 of 10 terminations are shown.',
    )
    expect(browser.complaints).toEqual([])
  })

  itInBrowser('can be used by a screen reader', async () => {
    await browser.show(short, desk)
    const seen = await browser.see(`
      const named = (field) => field.labels?.length > 0 || field.textContent.trim() !== ''
      const fields = [...document.querySelectorAll('input, select, button')]
      return {
        unnamed: fields.filter((field) => !named(field)).length,
        status: document.getElementById('shown').getAttribute('role'),
        language: document.documentElement.lang,
      }`)
    expect(seen).toEqual({ unnamed: 0, status: 'status', language: 'en' })
  })

  itInBrowser('fits a phone: nothing stands beside the screen or is cut off at its edge', async () => {
    await browser.show(short, phone)
    const seen = await browser.see(`
      for (const details of document.querySelectorAll('details')) details.open = true
      const beyond = (element) => element.getBoundingClientRect().right > innerWidth && !element.closest('.table')
      return {
        screen: innerWidth,
        page: document.documentElement.scrollWidth,
        beyond: [...document.querySelectorAll('body *')].filter(beyond).map(({ outerHTML }) => outerHTML.slice(0, 60)),
      }`)
    expect(seen).toEqual({ screen: phone.width, page: phone.width, beyond: [] })
    expect(browser.complaints).toEqual([])
  })

  for (const colours of ['light', 'dark'] as const)
    itInBrowser(`every text is legible on its ground where the system is ${colours}`, async () => {
      await browser.show(short, { ...desk, colours })
      const seen = await browser.see(`
        for (const details of document.querySelectorAll('details')) details.open = true
        const channels = (colour) => colour.match(/[0-9.]+/g).map(Number)
        const light = (colour) => {
          const [r, g, b] = channels(colour).map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        const ground = (element) => {
          const { backgroundColor } = getComputedStyle(element)
          return channels(backgroundColor)[3] === 0 ? ground(element.parentElement) : backgroundColor
        }
        const texts = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
        const contrast = (element) => {
          const [dark, bright] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b)
          return (bright + 0.05) / (dark + 0.05)
        }
        return { ground: light(ground(document.body)) > 0.5 ? 'light' : 'dark', illegible: texts.filter((element) => contrast(element) < 4.5).map(({ outerHTML }) => outerHTML.slice(0, 60)) }`)
      expect(seen).toEqual({ ground: colours, illegible: [] })
    })

  itInBrowser('filters 1,000 actions in the order of the time in which the browser reads them', async () => {
    await browser.show(file, desk)
    // The best of several: whatever else the machine does, one of each goes undisturbed.
    const seen = await browser.see(`${choose}
      const best = (deed) => Math.min(...[1, 2, 3, 4, 5].map(() => { const began = performance.now(); deed(); return performance.now() - began }))
      const list = document.getElementById('actions').innerHTML
      const reading = best(() => { document.createElement('div').innerHTML = list })
      let text = 0
      const filtering = best(() => { put('text', text++ % 2 ? '' : 'nothing has this'); document.body.offsetHeight })
      return filtering / reading`)
    expect(seen).toBeGreaterThan(0)
    // On an idle machine half of it; what would go through all of them for each of them is hundreds of times as long.
    expect(seen).toBeLessThan(5)
  })
})
