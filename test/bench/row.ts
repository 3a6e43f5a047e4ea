/** One line of the table: what was compared, the ratio (or a count that does not hang on the machine), what is wanted, and the figures. */
export interface Row {
  readonly what: string
  readonly measured: string
  readonly wanted: string
  readonly figures: string
  /** What must hold on any machine. Undefined where only a quiet machine can tell, or nothing was run. */
  readonly holds?: boolean
}

export function ratio(a: number, b: number): string {
  return `× ${(a / b).toFixed(2)}`
}

export const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

/** A table in Markdown, ready for docs/benchmarks.md. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, measured, wanted, figures }) => [what, measured, wanted, figures])
  return [['what', 'measured', 'wanted', 'figures'], ['---', '---:', '---:', '---'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
