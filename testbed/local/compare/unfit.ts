/** What was given cannot be compared: says what is wrong with it, and what to type instead. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
}
