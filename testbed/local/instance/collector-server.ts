import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { accessLogLine } from './access-log.ts'

export interface CollectorServerOptions {
  readonly healthy: () => boolean
  /** Takes one line of the access log. */
  readonly record: (line: string) => void
  readonly now: () => number
}

/** The transparent pixel that a tracker asks for: 43 bytes, as in the collector's logs. */
const PIXEL = Buffer.from('R0lGODlhAQABAPAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')
const BODY_LIMIT_BYTES = 1_000_000
/** Longer than the load balancer keeps an idle connection (60 s), as AWS says to set it: or a request meets one that is just closed. */
const KEEP_ALIVE_MS = 75_000

/**
 * The collector without its process: an event is accepted by an answer of 200, and its line is recorded before that
 * answer leaves, so that nobody is told 200 for an event that the log never saw.
 */
export function collectorServer(options: CollectorServerOptions): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const pieces: Buffer[] = []
    let bytes = 0
    request.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes <= BODY_LIMIT_BYTES) pieces.push(piece)
    })
    request.on('end', () => answer(options, request, response, Buffer.concat(pieces)))
  })
}

function answer(
  { healthy, record, now }: CollectorServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?')
  const status = !healthy() ? 503 : isKnown(path) ? 200 : 404
  const isEvent = status === 200 && path !== '/healthcheck'
  const pixel = isEvent && request.method === 'GET' ? PIXEL : Buffer.alloc(0)
  const networkUserId = isEvent ? (cookie(request, 'sp') ?? randomUUID()) : undefined
  record(
    accessLogLine({
      at: now(),
      method: request.method ?? 'GET',
      path,
      query,
      status,
      bytes: pixel.length,
      client: firstForwardedFor(request),
      referer: request.headers.referer,
      userAgent: request.headers['user-agent'],
      networkUserId,
      contentType: request.headers['content-type'],
      body,
    }),
  )
  if (networkUserId !== undefined) response.setHeader('Set-Cookie', `sp=${networkUserId}; Path=/`)
  if (pixel.length > 0) response.setHeader('Content-Type', 'image/gif')
  response.writeHead(status).end(pixel)
}

/** The pixel's two names, the health check, and `/<vendor>/<version>` of the tracker protocol. */
function isKnown(path: string): boolean {
  return ['/i', '/ice.png', '/healthcheck'].includes(path) || /^\/[\w.-]+\/tp\d+$/.test(path)
}

function firstForwardedFor(request: IncomingMessage): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')[0]
    ?.trim()
  return forwarded || (request.socket.remoteAddress ?? '-')
}

function cookie(request: IncomingMessage, name: string): string | undefined {
  return new RegExp(`(?:^|;\\s*)${name}=([^;\\s]+)`).exec(request.headers.cookie ?? '')?.[1]
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
