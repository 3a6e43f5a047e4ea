import { createHash } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import type { Document, Ssm } from './command-store.ts'
import { parseContent } from './document-content.ts'

interface CreateInput {
  readonly Name?: string
  readonly Content?: string
  readonly DocumentType?: string
  readonly DocumentFormat?: string
}

export function createDocument(ssm: Ssm, input: CreateInput): object {
  const { Name: name = '', Content: text = '', DocumentFormat: format = 'JSON' } = input
  if (!/^[a-zA-Z0-9_\-.]{3,128}$/.test(name))
    throw new AwsError('ValidationException', `The document name ${name} is not allowed.`)
  if (ssm.documents.has(name))
    throw new AwsError('DocumentAlreadyExists', `Document with same name ${name} already exists`)
  if (format !== 'JSON' || (input.DocumentType ?? 'Command') !== 'Command')
    throw new AwsError('InvalidDocumentContent', 'The local Systems Manager takes Command documents in JSON.')
  const document = { name, text, content: parseContent(text), createdAt: ssm.options.now() }
  ssm.documents.set(name, document)
  return { DocumentDescription: describe(ssm, document) }
}

export function describeDocument(ssm: Ssm, { Name }: { readonly Name?: string }): object {
  return { Document: describe(ssm, documentNamed(ssm, Name)) }
}

export function getDocument(ssm: Ssm, { Name }: { readonly Name?: string }): object {
  const { name, text } = documentNamed(ssm, Name)
  return {
    Name: name,
    Content: text,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    DocumentVersion: '1',
    Status: 'Active',
  }
}

export function deleteDocument(ssm: Ssm, { Name }: { readonly Name?: string }): object {
  ssm.documents.delete(documentNamed(ssm, Name).name)
  return {}
}

/** By name or by ARN. */
export function documentNamed(ssm: Ssm, nameOrArn: string | undefined): Document {
  const document = ssm.documents.get(nameOrArn?.split('/').at(-1) ?? '')
  if (document !== undefined) return document
  throw new AwsError('InvalidDocument', `Document with name ${nameOrArn ?? ''} does not exist.`)
}

function describe({ options }: Ssm, { name, text, content, createdAt }: Document): object {
  return {
    Name: name,
    Hash: createHash('sha256').update(text).digest('hex'),
    HashType: 'Sha256',
    Owner: options.accountId,
    CreatedDate: new Date(createdAt),
    Status: 'Active',
    DocumentVersion: '1',
    DefaultVersion: '1',
    LatestVersion: '1',
    Description: content.description,
    SchemaVersion: content.schemaVersion,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    PlatformTypes: ['Linux', 'MacOS'],
    Parameters: Object.entries(content.parameters).map(([Name, { type, default: fallback }]) => ({
      Name,
      Type: type,
      DefaultValue: Array.isArray(fallback) ? JSON.stringify(fallback) : fallback,
    })),
  }
}
