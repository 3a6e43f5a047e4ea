/** Everything that AWS answers in pages. */
export async function* pages<Item>(
  ask: (more: { NextToken?: string }) => Promise<{
    readonly items: readonly Item[]
    readonly NextToken: string | undefined
  }>,
): AsyncGenerator<Item> {
  let next: string | undefined
  do {
    const { items, NextToken } = await ask(next === undefined ? {} : { NextToken: next })
    yield* items
    next = NextToken
  } while (next)
}
