/** Keys in S3's order: by the bytes of their UTF-8. */

interface Entry {
  readonly key: string
  readonly bytes: Buffer
}

export class OrderedKeys {
  readonly #entries: Entry[] = []

  add(key: string): void {
    const bytes = Buffer.from(key)
    const at = this.#firstNotBefore(bytes)
    if (this.#entries[at]?.key !== key) this.#entries.splice(at, 0, { key, bytes })
  }

  remove(key: string): void {
    const at = this.#firstNotBefore(Buffer.from(key))
    if (this.#entries[at]?.key === key) this.#entries.splice(at, 1)
  }

  /** Keys from `first` on, in order. */
  *from(first: Uint8Array): Generator<string> {
    for (let at = this.#firstNotBefore(first); at < this.#entries.length; at += 1)
      yield this.#entries[at]?.key ?? ''
  }

  #firstNotBefore(bytes: Uint8Array): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const { bytes: there = Buffer.alloc(0) } = this.#entries[middle] ?? {}
      if (Buffer.compare(there, bytes) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The smallest bytes that come after a text. */
export function justAfter(text: string): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.of(0)])
}

/** The smallest bytes that come after everything that begins with a text: UTF-8 has no byte 0xff. */
export function afterAllWith(prefix: string): Buffer {
  return Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)])
}
