/** Lines that can be told apart: each begins and ends with its own token, so that a line that was cut is seen. */

const TOKEN = /\[(\/?[a-z]+\d+\.\d+)\]/g

export function line(id: string, number: number): string {
  return `[${id}.${number}] GET /some/page?n=${number} 200 ${'x'.repeat((number * 7) % 40)} [/${id}.${number}]`
}

export function linesOf(id: string, count: number, from = 0): string {
  return Array.from({ length: count }, (_, i) => `${line(id, from + i)}\n`).join('')
}

/** The tokens of so many lines: `a1.0` and `/a1.0`, … */
export function tokensOf(id: string, count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => [`${id}.${from + i}`, `/${id}.${from + i}`]).flat()
}

export function tokensIn(content: Buffer): string[] {
  return [...content.toString('latin1').matchAll(TOKEN)].map(([, token]) => token ?? '')
}
