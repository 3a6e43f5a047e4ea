/**
 * The history as one page that needs nothing else: no network, no server, readable from a mail attachment, by keyboard and by a
 * screen reader. Everything stands in the page's own HTML; its script only hides what a person filters out.
 */
import { readFileSync } from 'node:fs'
import { isGood } from '../journal/good-end.ts'
import { type ActionHistory, standingOf, toldAt } from '../journal/history.ts'
import { oneLine } from '../visible.ts'
import { counted } from './counted.ts'
import { duration } from './duration.ts'
import { UNTOLD } from './history-lines.ts'
import { type Moment, momentsOf } from './moments.ts'

/** How terminations stand, in the order in which a person looks for them. */
const STANDINGS = ['archived', 'empty', 'retained', 'lost', 'expired', 'held', 'untold'] as const
type Standing = (typeof STANDINGS)[number]

/** `writtenAt`: epoch milliseconds. `within`: in what time, as `inThisTime` has it. */
export function historyPage(actions: readonly ActionHistory[], writtenAt: number, within = ''): string {
  const newestFirst = actions.toSorted((a, b) => toldAt(b) - toldAt(a))
  const groups = [...new Set(actions.map(({ groupName }) => groupName))].filter((name) => name !== '').sort()
  const parts: Record<string, string> = {
    style: asset('page.css'),
    script: asset('page.js'),
    period: html(period(newestFirst)),
    written: html(utc(writtenAt)),
    totals: totals(newestFirst),
    groups: groups.map((name) => `<option value="${html(name)}">${html(name)}</option>`).join(''),
    outcomes: standingsIn(actions)
      .map(
        (one) => `<label><input type="checkbox" name="outcome" value="${one}" checked> ${words(one)}</label>`,
      )
      .join('\n'),
    shown: `${html(counted(actions.length, 'termination'))}.`,
    actions: newestFirst.map((action) => item(action, within)).join('\n'),
  }
  return asset('page.html').replaceAll(
    /(?:\/\* )?\{\{(\w+)\}\}(?: \*\/)?/g,
    (_whole, name: string) => parts[name] ?? '',
  )
}

function asset(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8').trimEnd()
}

/** That of a machine only what was done besides is told is rare, and asked for where it is so. */
function standingsIn(actions: readonly ActionHistory[]): readonly Standing[] {
  const isThere = (one: Standing) => actions.some((action) => standingOf(action) === one)
  return STANDINGS.filter((one) => one !== 'untold' || isThere(one))
}

function words(standing: Standing): string {
  return standing === 'untold' ? 'not told' : standing
}

function period(newestFirst: readonly ActionHistory[]): string {
  const [first, last] = [newestFirst.at(-1), newestFirst[0]]
  if (!first || !last) return 'No terminations'
  return `${utc(toldAt(first))} to ${utc(toldAt(last))}`
}

function totals(actions: readonly ActionHistory[]): string {
  const of = (name: string) => actions.filter((action) => standingOf(action) === name).length
  const bytes = actions.reduce((sum, action) => sum + provenBytes(action), 0)
  const rows: [string, number, string][] = [
    ['all', actions.length, 'terminations'],
    ...standingsIn(actions).map((name): [string, number, string] => [name, of(name), words(name)]),
    ['bytes', bytes, 'bytes proven'],
  ]
  return rows
    .map(
      ([name, number, words]) => `<li><b data-of="${name}">${number.toLocaleString('en')}</b> ${words}</li>`,
    )
    .join('\n')
}

/** Of any other end, what was asked for and not found is among its bytes. */
function provenBytes({ end, outcome }: ActionHistory): number {
  return isGood(outcome) ? (end?.bytes ?? 0) : 0
}

function item(action: ActionHistory, within: string): string {
  const { instanceId, groupName } = action
  const at = toldAt(action)
  const standing = standingOf(action)
  const data = `data-group="${html(groupName)}" data-outcome="${standing}" data-at="${at}" data-bytes="${provenBytes(action)}"`
  const head = `<span class="outcome">${words(standing)}</span> <code>${html(instanceId)}</code> in ${html(groupName || 'a group unknown')}, ${time(at)}`
  return `<li ${data}><details><summary>${head}</summary><div>${details(action, within)}</div></details></li>`
}

function details(action: ActionHistory, within: string): string {
  const moments = momentsOf(action)
  const isTold = standingOf(action) !== 'untold'
  return [
    isTold ? endOf(action) : `<p class="reason">${html(UNTOLD + within)}</p>`,
    timeline(moments),
    timeTable(moments, action.instanceId),
  ].join('')
}

function endOf({ end, by, passes, token, awsCalls, lambdaMs }: ActionHistory): string {
  const reason = end?.reason ?? passes.at(-1)?.reason ?? ''
  const saved = by === undefined || by === 'flush' ? '' : `Saved by ${by}. `
  const held = end
    ? `Held ${duration(end.heldMs)}, ${counted(end.attempts, 'flush', 'flushes')} (${duration(end.flushMs)}), ${counted(end.files, 'file')}, ${counted(end.bytes, 'byte')}. `
    : ''
  const cost = `${counted(passes.length, 'pass', 'passes')}, ${counted(awsCalls, 'call')} besides heartbeats, ${duration(lambdaMs)} of Lambda.`
  return [
    `<p class="reason">${html(reason)}</p>`,
    `<p class="facts">${html(saved + held + cost)} Token <code>${html(token ?? 'unknown (adopted by the sweep)')}</code></p>`,
    list('Not proven', end?.unproven ?? []),
    list('The instance says', end?.notes ?? []),
  ].join('')
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return `<p class="facts">${title}:</p><ul>${lines.map((line) => `<li><code>${html(line)}</code></li>`).join('')}</ul>`
}

/** One mark each, between the first and the last. For the eye only: the table below it has the same. */
function timeline(moments: readonly Moment[]): string {
  const [first, last] = [moments[0]?.at ?? 0, moments.at(-1)?.at ?? 0]
  const mark = ({ at, durationMs }: Moment, index: number) => {
    const percent = last === first ? 0 : (100 * (at - first)) / (last - first)
    const isLast = index === moments.length - 1
    const kind = durationMs === undefined ? ' class="deed"' : isLast ? ' class="last"' : ''
    return `<i${kind} style="left:min(${percent.toFixed(2)}%,100% - 3px)"></i>`
  }
  return moments.length === 0
    ? ''
    : `<div class="timeline" aria-hidden="true">${moments.map(mark).join('')}</div>`
}

function timeTable(moments: readonly Moment[], instanceId: string): string {
  if (moments.length === 0) return ''
  const rows = moments.map(
    ({ at, what, reason, durationMs }) =>
      `<tr><td>${time(at)}</td><td>${html(what)}</td><td class="number">${durationMs === undefined ? '' : duration(durationMs)}</td><td>${html(reason)}</td></tr>`,
  )
  const isAlone = moments.every(({ durationMs }) => durationMs !== undefined)
  const caption = isAlone ? 'Passes' : 'Passes, and what was done besides'
  const head =
    '<thead><tr><th scope="col">when</th><th scope="col">decided</th><th scope="col" class="number">took</th><th scope="col">why</th></tr></thead>'
  return `<div class="table" tabindex="0" role="region" aria-label="Passes of ${html(instanceId)}"><table><caption>${caption}</caption>${head}<tbody>${rows.join('')}</tbody></table></div>`
}

function time(at: number): string {
  return `<time datetime="${new Date(at).toISOString()}">${utc(at)}</time>`
}

/** To the second, as a person reads it. */
function utc(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}

/** Text from instances, groups and AWS, as it may stand in HTML and its attributes, and as a terminal would show it. */
function html(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
