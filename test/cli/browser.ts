/** A real Chromium, driven as its own developer tools drive it: over a pipe, with the window, the keys and the colours of a person. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'

/** What it is called here, where there is one. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--remote-debugging-pipe'],
]

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly type?: string
    readonly entry?: { readonly text: string; readonly url?: string }
  }
  readonly result?: { readonly [name: string]: unknown }
  readonly error?: { readonly message: string }
}

export interface Looks {
  readonly width: number
  readonly height: number
  readonly colours: 'light' | 'dark'
  /** The system's few colours in the place of the page's own. */
  readonly isForced?: true
  readonly isPrinted?: true
  /** Of whoever reads, such as `Asia/Tokyo`. */
  readonly timeZone?: string
}

export class Browser {
  /** What the page asked the network for, and what its console said: a page in order has neither. */
  readonly complaints: string[] = []
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (message: Message) => void>()
  #session: string | undefined
  #onLoad: () => void = () => undefined
  #asked = 0

  /** `profile`: an empty folder of its own. */
  static async open(profile: string): Promise<Browser> {
    const browser = new Browser(profile)
    const { targetId } = await browser.#ask('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await browser.#ask('Target.attachToTarget', { targetId, flatten: true })
    browser.#session = String(sessionId)
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await browser.#ask(`${domain}.enable`)
    return browser
  }

  private constructor(profile: string) {
    this.#child = spawn(chromium ?? '', [...FLAGS, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    let unread = ''
    const answers = this.#child.stdio[4] as Readable
    answers.setEncoding('utf8').on('data', (text: string) => {
      const messages = (unread + text).split('\0')
      unread = messages.pop() ?? ''
      for (const message of messages) this.#hear(JSON.parse(message))
    })
  }

  async show(file: string, { width, height, ...looks }: Looks): Promise<void> {
    const mobile = width < 600
    await this.#ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile })
    const features = [
      { name: 'prefers-color-scheme', value: looks.colours },
      { name: 'forced-colors', value: looks.isForced ? 'active' : 'none' },
    ]
    await this.#ask('Emulation.setEmulatedMedia', { media: looks.isPrinted ? 'print' : 'screen', features })
    await this.#ask('Emulation.setTimezoneOverride', { timezoneId: looks.timeZone ?? 'Etc/UTC' })
    this.complaints.length = 0
    await this.#load('Page.navigate', { url: pathToFileURL(file).href })
  }

  /** To the page before, as a person goes there. */
  async back(): Promise<void> {
    // A moment later, so that there is still a page to answer.
    await this.#load('Runtime.evaluate', { expression: 'setTimeout(() => history.back())' })
  }

  async #load(method: string, params: object): Promise<void> {
    const loaded = new Promise<void>((resolve) => (this.#onLoad = resolve))
    await this.#ask(method, params)
    await loaded
  }

  /** Runs a script as a function's body in the page, and answers what it returns. */
  async see(script: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#ask('Runtime.evaluate', {
      ...{ expression: `(async () => {${script}\n})()`, awaitPromise: true, returnByValue: true },
    })
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
    return (result as { readonly value: unknown }).value
  }

  /** A key, pressed and let go. */
  async press(key: 'Tab' | 'Enter' | ' '): Promise<void> {
    const codes = { Tab: 9, Enter: 13, ' ': 32 }
    const text = { Tab: '', Enter: '\r', ' ': ' ' }[key]
    const code = key === ' ' ? 'Space' : key
    const pressed = { key, code, windowsVirtualKeyCode: codes[key] }
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyDown', ...pressed, ...(text && { text }) })
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed })
  }

  /** What stands in its window, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#ask('Page.captureScreenshot', { format: 'png' })
    return Buffer.from(String(data), 'base64')
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    await this.#ask('Browser.close')
    await closed
  }

  #hear({ id, method, params, ...answer }: Message): void {
    if (id !== undefined) this.#waiting.get(id)?.(answer)
    if (method === 'Page.loadEventFired') this.#onLoad()
    if (method === 'Runtime.consoleAPICalled' || method === 'Runtime.exceptionThrown')
      this.complaints.push(JSON.stringify(params))
    if (method === 'Log.entryAdded') this.complaints.push(params?.entry?.text ?? '')
    const asked = method === 'Network.requestWillBeSent' && JSON.stringify(params)
    if (asked && !asked.includes('"url":"file:')) this.complaints.push(asked)
  }

  async #ask(method: string, params: object = {}): Promise<NonNullable<Message['result']>> {
    const id = ++this.#asked
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve))
    const sessionId = this.#session && !method.startsWith('Browser.') ? { sessionId: this.#session } : {}
    const into = this.#child.stdio[3] as Writable
    into.write(`${JSON.stringify({ id, method, params, ...sessionId })}\0`)
    const { result, error } = await answered
    this.#waiting.delete(id)
    if (error) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }
}
