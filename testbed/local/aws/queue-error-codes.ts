/**
 * What SQS's older protocol calls its errors, where that is another name (the service's model). The newer one says it in a header, and
 * clients show that to whoever asks for the code.
 */
const OTHERWISE: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
}
const PREFIXED = new Set([
  ...['BatchEntryIdsNotDistinct', 'BatchRequestTooLong', 'EmptyBatchRequest', 'InvalidBatchEntryId'],
  ...['MessageNotInflight', 'PurgeQueueInProgress', 'QueueDeletedRecently', 'TooManyEntriesInBatchRequest'],
  'UnsupportedOperation',
])

export function queryErrorCode(name: string): string {
  return OTHERWISE[name] ?? (PREFIXED.has(name) ? `AWS.SimpleQueueService.${name}` : name)
}
