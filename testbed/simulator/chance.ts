import { type Random, seededRandom } from '../random.ts'

/** Chance that can be had again, and what a world draws with it. */
export class Chance {
  /** From 0 up to 1. */
  readonly next: Random

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring worlds.
    this.next = seededRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b))
  }

  /** Whether a thing of this probability happens. Costs no number where it cannot. */
  of(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.next()
  }

  /** Whole, both ends included. */
  whole(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1))
  }

  /** Small values as likely as large ones, order by order. */
  logBetween(min: number, max: number): number {
    return Math.exp(this.between(Math.log(min), Math.log(max)))
  }

  /** One of a list that is not empty. */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('there is nothing to pick from')
    return items[Math.floor(this.next() * items.length)] as Item
  }

  /** Hexadecimal digits. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) {
      const word = Math.floor(this.next() * 2 ** 32)
      text += `${fourDigits(word >>> 16)}${fourDigits(word & 0xffff)}`
    }
    return text.slice(0, digits)
  }
}

/** Small numbers are written much faster than large ones. */
function fourDigits(number: number): string {
  return (0x10000 + number).toString(16).slice(1)
}
