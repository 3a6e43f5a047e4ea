/**
 * Which messages of a batch stay in the queue after the function answered, with ReportBatchItemFailures. Answering nothing,
 * or nothing failed, is success; an answer that does not make sense fails the whole batch.
 */
export function failedMessageIds(answer: unknown, messageIds: readonly string[]): readonly string[] {
  if (answer === null || answer === undefined || answer === '') return []
  if (typeof answer !== 'object' || Array.isArray(answer)) return messageIds
  const failures: unknown = 'batchItemFailures' in answer ? answer.batchItemFailures : undefined
  if (failures === null || failures === undefined) return []
  if (!Array.isArray(failures)) return messageIds
  const failed = failures.map(identifierOf)
  return failed.every((id) => id !== undefined && messageIds.includes(id)) ? (failed as string[]) : messageIds
}

function identifierOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('itemIdentifier' in failure)) return undefined
  return typeof failure.itemIdentifier === 'string' ? failure.itemIdentifier : undefined
}
