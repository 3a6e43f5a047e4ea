import { describe, expect, it } from '@jest/globals'
import { acceptedEventIds, accessLogLine, type Hit } from '../../../../testbed/local/instance/access-log.ts'

const EVENT = '11111111-2222-4333-8444-555555555555'

const pageView: Hit = {
  at: Date.UTC(2016, 5, 16, 21, 58, 7, 123),
  method: 'GET',
  path: '/i',
  query: `e=pv&eid=${EVENT}&p=web`,
  status: 200,
  bytes: 43,
  client: '203.0.113.7',
  referer: 'http://shop.example/',
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) Example*Browser/1.0 ~it's!",
  networkUserId: 'network-user',
  contentType: undefined,
  body: Buffer.alloc(0),
}

describe('the access log', () => {
  it('has the 17 fields of the Clojure Collector', () => {
    expect(accessLogLine(pageView)).toBe(
      `${[
        '2016-06-16',
        '21:58:07',
        '-',
        '43',
        '203.0.113.7',
        'GET',
        '203.0.113.7',
        '/i',
        '200',
        'http://shop.example/',
        'Mozilla%2F5.0+%28X11%3B+Linux+x86_64%29+Example*Browser%2F1.0+%7Eit%27s%21',
        `e=pv&eid=${EVENT}&p=web&cv=clj-2.1.2-tom-0.2.0&nuid=network-user`,
        '-',
        '-',
        '-',
        '-',
        '-',
      ].join('\t')}\n`,
    )
  })

  it('writes a posted body as URL-safe Base64 and its type encoded', () => {
    const fields = accessLogLine({
      ...pageView,
      method: 'POST',
      bytes: 0,
      query: '',
      contentType: 'application/json; charset=utf-8',
      body: Buffer.from([0xfb, 0xff, 0xfe]),
    }).split('\t')
    expect(fields).toHaveLength(17)
    expect(fields[3]).toBe('-')
    expect(fields[11]).toBe('&cv=clj-2.1.2-tom-0.2.0&nuid=network-user')
    expect(fields[15]).toBe('application%2Fjson%3B+charset%3Dutf-8')
    expect(fields[16]).toBe('-__-\n')
  })

  it('stays one line of 17 fields whatever a client sends', () => {
    const line = accessLogLine({
      ...pageView,
      referer: 'a\tb\nc',
      userAgent: '\t\n',
      query: 'a=\t&b=\n',
      networkUserId: '',
    })
    expect(line.split('\t')).toHaveLength(17)
    expect(line.indexOf('\n')).toBe(line.length - 1)
  })

  it('gives its event ids back', () => {
    expect(acceptedEventIds(accessLogLine(pageView) + accessLogLine(pageView))).toEqual([EVENT, EVENT])
  })

  it('counts neither refused events, nor health checks, nor a line that was cut', () => {
    const refused = accessLogLine({ ...pageView, status: 503 })
    const healthCheck = accessLogLine({ ...pageView, path: '/healthcheck', query: '' })
    const cut = accessLogLine(pageView).slice(0, -20)
    expect(acceptedEventIds(refused + healthCheck + cut)).toEqual([])
  })
})
