/** What S3 refuses, in its words. */
import { AwsError } from '../../aws-error.ts'

/** With the elements that some errors carry besides code and message, and headers that go with them. */
export class S3Error extends AwsError {
  readonly elements: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  constructor(
    code: string,
    message: string,
    status = 400,
    more: {
      readonly elements?: Readonly<Record<string, string>>
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(code, message, status)
    this.elements = more.elements ?? {}
    this.headers = more.headers ?? {}
  }
}

export function invalidRequest(message: string): S3Error {
  return new S3Error('InvalidRequest', message)
}

export function invalidArgument(message: string, ArgumentName = '', ArgumentValue = ''): S3Error {
  return new S3Error('InvalidArgument', message, 400, { elements: { ArgumentName, ArgumentValue } })
}

export function notImplemented(what: string): S3Error {
  return new S3Error(
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
    501,
    {
      elements: { Header: what },
    },
  )
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): S3Error {
  return new S3Error('NoSuchKey', 'The specified key does not exist.', 404, {
    elements: { Key: key },
    headers,
  })
}

export function noSuchUpload(UploadId: string): S3Error {
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.'
  return new S3Error('NoSuchUpload', message, 404, { elements: { UploadId } })
}

export function malformedXml(): S3Error {
  return new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
}

export function accessDenied(message = 'Access Denied'): S3Error {
  return new S3Error('AccessDenied', message, 403)
}

export function preconditionFailed(Condition: string): S3Error {
  const message = 'At least one of the pre-conditions you specified did not hold'
  return new S3Error('PreconditionFailed', message, 412, { elements: { Condition } })
}

export function incompleteBody(): S3Error {
  return new S3Error(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  )
}
