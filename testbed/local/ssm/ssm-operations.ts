import type { Operation } from '../wire/operation.ts'
import type { Ssm } from './command-store.ts'
import { cancelCommand } from './delivery.ts'
import {
  createDocument,
  deleteDocument,
  describeDocument,
  getDocument,
  listDocuments,
  listDocumentVersions,
  updateDocument,
  updateDocumentDefaultVersion,
} from './documents.ts'
import { describeInstanceInformation } from './instance-information.ts'
import { getCommandInvocation, listCommandInvocations, listCommands } from './queries.ts'
import { sendCommand } from './send-command.ts'

const operations = {
  CancelCommand: cancelCommand,
  CreateDocument: createDocument,
  DeleteDocument: deleteDocument,
  DescribeDocument: describeDocument,
  DescribeInstanceInformation: describeInstanceInformation,
  GetCommandInvocation: getCommandInvocation,
  GetDocument: getDocument,
  ListCommandInvocations: listCommandInvocations,
  ListCommands: listCommands,
  ListDocuments: listDocuments,
  ListDocumentVersions: listDocumentVersions,
  SendCommand: sendCommand,
  UpdateDocument: updateDocument,
  UpdateDocumentDefaultVersion: updateDocumentDefaultVersion,
} as const

export const ssmOperationNames: readonly string[] = Object.keys(operations)

/** Systems Manager's operations, by AWS's names. `changed` is called after each, since it may have made something due. */
export function ssmOperations(ssm: Ssm, changed: () => void): Readonly<Record<string, Operation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (input: never) => {
        try {
          return (operation as (ssm: Ssm, input: never) => unknown)(ssm, input)
        } finally {
          changed()
        }
      },
    ]),
  )
}
