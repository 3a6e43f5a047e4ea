/**
 * The Clojure Collector's access log: 17 tab-separated fields, no header, one event a line. What the collector writes
 * and what the ledger reads back, in one place, so that they cannot drift apart.
 */
const VERSION = 'clj-2.1.2-tom-0.2.0'
export const ACCESS_LOG_FIELDS = 17

export interface Hit {
  /** Epoch milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  /** Without `?`. */
  readonly query: string
  readonly status: number
  /** Bytes of the answer's body. */
  readonly bytes: number
  readonly client: string
  readonly referer: string | undefined
  readonly userAgent: string | undefined
  /** The network user id: the cookie `sp`. */
  readonly networkUserId: string | undefined
  readonly contentType: string | undefined
  readonly body: Buffer
}

/** One line, with its line feed. */
export function accessLogLine(hit: Hit): string {
  const [date = '', time = ''] = new Date(hit.at).toISOString().split(/[T.]/)
  const fields = [
    date,
    time,
    '-',
    hit.bytes > 0 ? String(hit.bytes) : '-',
    hit.client,
    hit.method,
    hit.client,
    hit.path,
    String(hit.status),
    rawOrDash(hit.referer),
    encodedOrDash(hit.userAgent),
    `${oneLine(hit.query)}&cv=${VERSION}&nuid=${rawOrDash(hit.networkUserId)}`,
    '-',
    '-',
    '-',
    encodedOrDash(hit.contentType),
    hit.body.length > 0 ? hit.body.toString('base64url') : '-',
  ]
  return `${fields.join('\t')}\n`
}

/**
 * The ids of the events that a log holds: field 12's `eid`, of lines answered with 200 only, since an event that was
 * refused is not the collector's to keep. Lines that are not whole (a cut file) are no events.
 */
export function acceptedEventIds(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    const fields = line.split('\t')
    if (fields.length !== ACCESS_LOG_FIELDS || fields[8] !== '200') return []
    const eventId = /(?:^|&)eid=([0-9a-f-]{36})(?:&|$)/.exec(fields[11] ?? '')?.[1]
    return eventId === undefined ? [] : [eventId]
  })
}

/** A header can hold a tab, and a query a raw control character: either would break the line apart. */
function oneLine(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return value.replace(/[\u0000-\u0020\u007f]/g, '+')
}

function rawOrDash(value: string | undefined): string {
  return value === undefined || value === '' ? '-' : oneLine(value)
}

/** As java.net.URLEncoder writes it: form encoding, of which only letters, digits and `.-*_` are spared. */
function encodedOrDash(value: string | undefined): string {
  if (value === undefined || value === '') return '-'
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(value)
    .replace(/[!'()~]/g, percent)
    .replaceAll('%20', '+')
}
