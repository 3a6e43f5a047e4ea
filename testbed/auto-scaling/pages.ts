import { validationError } from '../aws-error.ts'

/** One page of a listing. The token is a position; AWS calls it opaque. */
export function page<Item>(
  items: readonly Item[],
  input: { readonly MaxRecords?: number | undefined; readonly NextToken?: string | undefined },
  max: number,
  usual = max,
): { readonly items: Item[]; readonly nextToken: string | undefined } {
  const size = input.MaxRecords ?? usual
  if (!Number.isInteger(size) || size < 1 || size > max)
    throw validationError(`The number of records to return must be between 1 and ${max}`)
  const from = input.NextToken === undefined ? 0 : Number(input.NextToken)
  if (!Number.isInteger(from) || from < 0) throw invalidToken()
  const next = from + size
  return { items: items.slice(from, next), nextToken: next < items.length ? String(next) : undefined }
}

function invalidToken(): Error {
  return Object.assign(validationError('The NextToken value is not valid.'), { name: 'InvalidNextToken' })
}
