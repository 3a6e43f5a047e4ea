/**
 * What is kept costs money, and what it costs nobody knows but its owner: prices differ by Region, by contract and by day, so they are
 * named where they are asked for, and none is assumed.
 */
import { InvalidArgumentError } from 'commander'

/** By instance type, for an hour, in whatever currency. */
export type Prices = ReadonlyMap<string, number>

/** One more `--price t3.medium=0.0416`. */
export function price(text: string, before: Prices = new Map()): Prices {
  const [, type, amount] = /^([a-z0-9-]+\.[a-z0-9-]+)=([0-9]+(?:\.[0-9]+)?)$/.exec(text) ?? []
  if (!type) throw new InvalidArgumentError('Write what an hour of a type costs, such as t3.medium=0.0416.')
  return new Map([...before, [type, Number(amount)]])
}

/** `undefined`: nobody has named a price of that type. */
export function pricePerDay(instanceType: string | undefined, prices: Prices): number | undefined {
  const hourly = prices.get(instanceType ?? '')
  return hourly === undefined ? undefined : 24 * hourly
}
