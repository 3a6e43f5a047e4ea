import { InvalidArgumentError } from 'commander'

/** Whole minutes, as an option has them. */
export function minutes(text: string): number {
  if (/^[0-9]{1,4}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write whole minutes, such as --wait 30.')
}
