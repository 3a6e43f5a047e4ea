/**
 * The history as one page that needs nothing else: no network, no server, readable from a mail attachment, by keyboard and by a
 * screen reader. Everything stands in the page's own HTML; its script only hides what a person filters out.
 */
import { readFileSync } from 'node:fs'
import type { ActionHistory } from '../journal/history.ts'
import { counted } from './counted.ts'
import { duration } from './duration.ts'

/** In the order in which a person looks for them. `held`: not ended yet. */
const OUTCOMES = ['archived', 'empty', 'retained', 'lost', 'expired', 'held'] as const

/** `writtenAt`: epoch milliseconds. */
export function historyPage(actions: readonly ActionHistory[], writtenAt: number): string {
  const newestFirst = actions.toSorted((a, b) => timeOf(b) - timeOf(a))
  const groups = [...new Set(actions.map(({ groupName }) => groupName))].filter((name) => name !== '').sort()
  const parts: Record<string, string> = {
    style: asset('page.css'),
    script: asset('page.js'),
    period: html(period(newestFirst)),
    written: html(new Date(writtenAt).toISOString()),
    totals: totals(newestFirst),
    groups: groups.map((name) => `<option>${html(name)}</option>`).join(''),
    outcomes: OUTCOMES.map(
      (one) => `<label><input type="checkbox" name="outcome" value="${one}" checked> ${one}</label>`,
    ).join('\n'),
    shown: `${html(counted(actions.length, 'termination'))}.`,
    actions: newestFirst.map(item).join('\n'),
  }
  return asset('page.html').replaceAll(
    /(?:\/\* )?\{\{(\w+)\}\}(?: \*\/)?/g,
    (_whole, name: string) => parts[name] ?? '',
  )
}

function asset(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8').trimEnd()
}

function outcomeOf({ outcome }: ActionHistory): (typeof OUTCOMES)[number] {
  return outcome ?? 'held'
}

function timeOf({ endedAt, passes }: ActionHistory): number {
  return endedAt ?? passes.at(-1)?.at ?? 0
}

function period(newestFirst: readonly ActionHistory[]): string {
  const [first, last] = [newestFirst.at(-1), newestFirst[0]]
  if (!first || !last) return 'No terminations'
  return `${new Date(timeOf(first)).toISOString()} to ${new Date(timeOf(last)).toISOString()}`
}

function totals(actions: readonly ActionHistory[]): string {
  const of = (name: string) => actions.filter((action) => outcomeOf(action) === name).length
  const bytes = actions.reduce((sum, { end }) => sum + (end?.bytes ?? 0), 0)
  const rows: [string, number, string][] = [
    ['all', actions.length, 'terminations'],
    ...OUTCOMES.map((name): [string, number, string] => [name, of(name), name]),
    ['bytes', bytes, 'bytes proven'],
  ]
  return rows
    .map(
      ([name, number, words]) => `<li><b data-of="${name}">${number.toLocaleString('en')}</b> ${words}</li>`,
    )
    .join('\n')
}

function item(action: ActionHistory): string {
  const { instanceId, groupName, end } = action
  const at = timeOf(action)
  const outcome = outcomeOf(action)
  const data = `data-group="${html(groupName)}" data-outcome="${outcome}" data-at="${at}" data-bytes="${end?.bytes ?? 0}"`
  const head = `<span class="outcome">${outcome}</span> <code>${html(instanceId)}</code> in ${html(groupName || 'a group unknown')}, ${time(at)}`
  return `<li ${data}><details><summary>${head}</summary><div>${details(action)}</div></details></li>`
}

function details(action: ActionHistory): string {
  const { end, passes, token, awsCalls, lambdaMs } = action
  const reason = end?.reason ?? passes.at(-1)?.reason ?? ''
  const held = end
    ? `Held ${duration(end.heldMs)}, ${counted(end.attempts, 'flush', 'flushes')} (${duration(end.flushMs)}), ${counted(end.files, 'file')}, ${counted(end.bytes, 'byte')}. `
    : ''
  const cost = `${counted(passes.length, 'pass', 'passes')}, ${counted(awsCalls, 'call')} besides heartbeats, ${duration(lambdaMs)} of Lambda.`
  return [
    `<p class="reason">${html(reason)}</p>`,
    `<p class="facts">${html(held + cost)} Token <code>${html(token ?? 'unknown (adopted by the sweep)')}</code></p>`,
    list('Not proven', end?.unproven ?? []),
    list('The instance says', end?.notes ?? []),
    timeline(action),
    passTable(action),
  ].join('')
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return `<p class="facts">${title}:</p><ul>${lines.map((line) => `<li><code>${html(line)}</code></li>`).join('')}</ul>`
}

/** One mark a pass, between the first and the last. For the eye only: the table below it has the same. */
function timeline({ passes }: ActionHistory): string {
  const [first, last] = [passes[0]?.at ?? 0, passes.at(-1)?.at ?? 0]
  const mark = ({ at }: { at: number }, index: number) => {
    const percent = last === first ? 0 : (100 * (at - first)) / (last - first)
    return `<i${index === passes.length - 1 ? ' class="last"' : ''} style="left:min(${percent.toFixed(2)}%,100% - 3px)"></i>`
  }
  return passes.length === 0
    ? ''
    : `<div class="timeline" aria-hidden="true">${passes.map(mark).join('')}</div>`
}

function passTable({ passes, instanceId }: ActionHistory): string {
  if (passes.length === 0) return ''
  const rows = passes.map(
    ({ at, decided, reason, durationMs }) =>
      `<tr><td>${time(at)}</td><td>${decided}</td><td class="number">${duration(durationMs)}</td><td>${html(reason)}</td></tr>`,
  )
  const head =
    '<thead><tr><th scope="col">when</th><th scope="col">decided</th><th scope="col">took</th><th scope="col">why</th></tr></thead>'
  return `<div class="table" tabindex="0" role="region" aria-label="Passes of ${html(instanceId)}"><table><caption>Passes</caption>${head}<tbody>${rows.join('')}</tbody></table></div>`
}

function time(at: number): string {
  const iso = new Date(at).toISOString()
  return `<time datetime="${iso}">${iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`
}

/** Text from instances, groups and AWS, as it may stand in HTML and its attributes. */
function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
