import { buffer } from 'node:stream/consumers'
import { streamOf } from './bodies.ts'
import { defaultAlgorithm } from './checksums.ts'
import { claimedChecksum, receiveBody } from './receive-body.ts'
import type { S3Request } from './s3-request.ts'
import { readXml, type XmlElement } from './xml-reader.ts'

/** A request's body as text, after the same checks as an object's. */
export async function receiveText(request: S3Request): Promise<string> {
  const claim = claimedChecksum(request)
  const { body } = await receiveBody(request, claim?.algorithm ?? defaultAlgorithm, claim)
  const text = (await buffer(streamOf(body))).toString('utf8')
  await body.discard()
  return text
}

export async function receiveDocument(request: S3Request, root: string): Promise<XmlElement> {
  return readXml(await receiveText(request), root)
}
