import type { AwsError } from '../../aws-error.ts'

/** Answers an operation, or throws an `AwsError`. */
export type Operation = (input: never) => unknown

/** Looks the operation up in a service's table. */
export async function perform(
  table: Readonly<Record<string, Operation>>,
  operation: string,
  input: unknown,
  unknownOperation: (operation: string) => AwsError,
): Promise<unknown> {
  if (!Object.hasOwn(table, operation)) throw unknownOperation(operation)
  return table[operation]?.(input as never)
}
