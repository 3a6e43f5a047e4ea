/** Times as an API tells them that has no others: cut off, never rounded. */
export function inWholeSeconds<Answer>(answer: Answer): Answer {
  return cut(answer) as Answer
}

function cut(value: unknown): unknown {
  if (value instanceof Date) return new Date(1000 * Math.floor(value.getTime() / 1000))
  if (Array.isArray(value)) return value.map(cut)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one)]))
}
