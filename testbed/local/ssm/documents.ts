/** Command documents and their versions. */
import { createHash } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import type { Document, DocumentVersion, Ssm } from './command-store.ts'
import { parseContent } from './document-content.ts'

interface WriteInput {
  readonly Name?: string
  readonly Content?: string
  readonly DocumentType?: string
  readonly DocumentFormat?: string
  readonly DocumentVersion?: string
}

interface NameInput {
  readonly Name?: string
  readonly DocumentVersion?: string
}

export function createDocument(ssm: Ssm, input: WriteInput): object {
  const { Name: name = '' } = input
  if (!/^[a-zA-Z0-9_\-.]{3,128}$/.test(name) || /^(aws|amazon|amzn)/i.test(name))
    throw new AwsError('ValidationException', `The document name ${name} is not allowed.`)
  if (ssm.documents.has(name))
    throw new AwsError('DocumentAlreadyExists', `Document with same name ${name} already exists`)
  if ((input.DocumentType ?? 'Command') !== 'Command')
    throw new AwsError('InvalidDocumentContent', 'The local Systems Manager takes Command documents.')
  const document: Document = {
    name,
    owner: ssm.options.accountId,
    versions: [newVersion(ssm, input)],
    standard: 1,
  }
  ssm.documents.set(name, document)
  return { DocumentDescription: describe(document, 1) }
}

/** A new version, which is the latest; the default stays what it was. */
export function updateDocument(ssm: Ssm, input: WriteInput): object {
  const document = ownDocument(ssm, input.Name)
  const latest = document.versions.length
  if (versionNumber(document, input.DocumentVersion ?? '$LATEST') !== latest)
    throw new AwsError('InvalidDocumentVersion', 'Only the latest version of a document can be updated.')
  if (document.versions.at(-1)?.text === input.Content)
    throw new AwsError(
      'DuplicateDocumentContent',
      'The content of the association document matches another document. Change the content of the document and try again.',
    )
  document.versions.push(newVersion(ssm, input))
  return { DocumentDescription: describe(document, latest + 1) }
}

export function updateDocumentDefaultVersion(ssm: Ssm, input: NameInput): object {
  const document = ownDocument(ssm, input.Name)
  document.standard = versionNumber(document, input.DocumentVersion)
  return { Description: { Name: document.name, DefaultVersion: String(document.standard) } }
}

export function describeDocument(ssm: Ssm, input: NameInput): object {
  const document = documentNamed(ssm, input.Name)
  return { Document: describe(document, versionNumber(document, input.DocumentVersion)) }
}

export function getDocument(ssm: Ssm, input: NameInput): object {
  const document = documentNamed(ssm, input.Name)
  const number = versionNumber(document, input.DocumentVersion)
  return {
    Name: document.name,
    Content: document.versions[number - 1]?.text,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    DocumentVersion: String(number),
    Status: 'Active',
  }
}

export function listDocuments(
  ssm: Ssm,
  input: {
    readonly Filters?: readonly { readonly Key?: string; readonly Values?: readonly string[] }[]
    readonly DocumentFilterList?: readonly { readonly key?: string; readonly value?: string }[]
  },
): object {
  const older = (input.DocumentFilterList ?? []).map(({ key, value = '' }) => ({ Key: key, Values: [value] }))
  const found = [...ssm.documents.values()].filter((document) =>
    [...(input.Filters ?? []), ...older].every(({ Key, Values = [] }) => {
      switch (Key) {
        case 'Owner':
          return Values.some(
            (value) =>
              value === 'All' || value === 'Public' || (value === 'Self') === (document.owner !== 'Amazon'),
          )
        case 'Name':
          return Values.some((value) => document.name.startsWith(value))
        case 'DocumentType':
          return Values.includes('Command')
        case 'PlatformTypes':
          return Values.some((value) => value === 'Linux' || value === 'MacOS')
      }
      throw new AwsError('InvalidFilterKey', `${Key ?? ''} is not a filter here.`)
    }),
  )
  return {
    DocumentIdentifiers: found.map((document) => {
      const { Parameters: _, Hash: __, HashType: ___, ...identifier } = describe(document, document.standard)
      return identifier
    }),
  }
}

export function listDocumentVersions(ssm: Ssm, { Name }: NameInput): object {
  const document = documentNamed(ssm, Name)
  return {
    DocumentVersions: document.versions.map(({ createdAt }, index) => ({
      Name: document.name,
      DocumentVersion: String(index + 1),
      CreatedDate: new Date(createdAt),
      IsDefaultVersion: index + 1 === document.standard,
      DocumentFormat: 'JSON',
      Status: 'Active',
    })),
  }
}

export function deleteDocument(ssm: Ssm, { Name }: NameInput): object {
  ssm.documents.delete(ownDocument(ssm, Name).name)
  return {}
}

/** By name or by ARN. */
export function documentNamed(ssm: Ssm, nameOrArn: string | undefined): Document {
  const document = ssm.documents.get(nameOrArn?.split('/').at(-1) ?? '')
  if (document !== undefined) return document
  throw new AwsError('InvalidDocument', `Document with name ${nameOrArn ?? ''} does not exist.`)
}

/** One that the account may change. */
function ownDocument(ssm: Ssm, nameOrArn: string | undefined): Document {
  const document = documentNamed(ssm, nameOrArn)
  if (document.owner !== 'Amazon') return document
  throw new AwsError('AccessDeniedException', `${document.name} is AWS's own.`)
}

/** What `$DEFAULT`, `$LATEST` or a number means. Throws for one that is not there. */
export function versionNumber({ versions, standard }: Document, asked = '$DEFAULT'): number {
  if (asked === '$DEFAULT') return standard
  if (asked === '$LATEST') return versions.length
  const number = Number(asked)
  if (/^[1-9]\d*$/.test(asked) && versions[number - 1] !== undefined) return number
  throw new AwsError('InvalidDocumentVersion', `The document version ${asked} does not exist.`)
}

export function hashOf({ text }: Pick<DocumentVersion, 'text'>, algorithm: 'sha256' | 'sha1'): string {
  return createHash(algorithm).update(text).digest('hex')
}

function newVersion(ssm: Ssm, { Content: text = '', DocumentFormat: format = 'JSON' }: WriteInput) {
  if (format !== 'JSON')
    throw new AwsError('InvalidDocumentContent', 'The local Systems Manager takes documents in JSON.')
  return { text, content: parseContent(text), createdAt: ssm.options.now() }
}

function describe({ name, owner, versions, standard }: Document, number: number) {
  const version = versions[number - 1] as DocumentVersion
  const { content, createdAt } = version
  return {
    Name: name,
    Hash: hashOf(version, 'sha256'),
    HashType: 'Sha256',
    Owner: owner,
    CreatedDate: new Date(createdAt),
    Status: 'Active',
    DocumentVersion: String(number),
    DefaultVersion: String(standard),
    LatestVersion: String(versions.length),
    Description: content.description,
    SchemaVersion: content.schemaVersion,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    PlatformTypes: ['Linux', 'MacOS'],
    Parameters: Object.entries(content.parameters).map(
      ([Name, { type, description, default: fallback }]) => ({
        Name,
        Type: type,
        Description: description,
        DefaultValue: Array.isArray(fallback) ? JSON.stringify(fallback) : fallback,
      }),
    ),
  }
}
