/** D an AWS document or API model, N recorded on real AWS by others, R a public report, I inferred, UNCONFIRMED a guess. */
export type Certainty = 'D' | 'N' | 'R' | 'I' | 'UNCONFIRMED'

/** How certain, what, the replay, and what it must answer. */
export type Fact = readonly [Certainty, string, () => unknown, unknown]
