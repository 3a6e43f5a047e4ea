/** How EC2's listings are filtered and paged. */
import type { Filter } from '@aws-sdk/client-ec2'
import { AwsError } from '../aws-error.ts'

interface Tagged {
  readonly tags: ReadonlyMap<string, string>
}

/** What a filter's name stands for; `tag:<key>` and `tag-key` are known for everything. */
export type Attributes<Item> = Readonly<Record<string, (item: Item) => string | readonly string[]>>

const MOST_VALUES = 200

/** Those that pass all filters: of a filter's values any is enough. */
export function filtered<Item extends Tagged>(
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  attributes: Attributes<Item>,
): Item[] {
  if ((filters ?? []).some(({ Values = [] }) => Values.length > MOST_VALUES))
    throw new AwsError(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${MOST_VALUES}`,
    )
  const tests = (filters ?? []).map(({ Name = '', Values }) => {
    const attribute = attributeNamed(Name, attributes)
    return (item: Item) =>
      Values === undefined ||
      [attribute(item)].flat().some((value) => Values.some((wanted) => isLike(wanted, value)))
  })
  return items.filter((item) => tests.every((passes) => passes(item)))
}

function attributeNamed<Item extends Tagged>(
  name: string,
  attributes: Attributes<Item>,
): (item: Item) => string | readonly string[] {
  if (name === 'tag-key') return ({ tags }) => [...tags.keys()]
  if (name.startsWith('tag:')) return ({ tags }) => tags.get(name.slice('tag:'.length)) ?? []
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  if (attribute !== undefined) return attribute
  throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`)
}

/** In a filter's value `*` stands for any characters and `?` for one. */
function isLike(wanted: string, value: string): boolean {
  if (!/[*?]/.test(wanted)) return wanted === value
  const pattern = wanted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 's').test(value)
}

const LEAST_ASKED = 5

/** One page of a listing. Whoever asks for more than there is on a page gets a page; whoever names things gets them all, and may not page. */
export function ec2Page<Item>(
  items: readonly Item[],
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  { named, largest }: { readonly named: readonly string[] | undefined; readonly largest: number },
): { readonly items: Item[]; readonly nextToken: string | undefined } {
  const { MaxResults: asked, NextToken: token } = input
  if (named?.length && asked !== undefined)
    throw new AwsError(
      'InvalidParameterCombination',
      'The parameter with the ids cannot be used with the parameter maxResults',
    )
  if (asked !== undefined && !(asked >= LEAST_ASKED))
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${asked} ) for parameter maxResults is invalid. Expecting a value greater than ${LEAST_ASKED}.`,
    )
  const from = token === undefined ? 0 : Number(token)
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError('InvalidParameterValue', 'Unable to parse pagination token')
  const next = from + Math.min(asked ?? largest, largest)
  return { items: items.slice(from, next), nextToken: next < items.length ? String(next) : undefined }
}
