/** S3's checksums: what they are called in headers and in XML, how they are computed, and how those of parts combine. */
import { createHash } from 'node:crypto'
import { type CrcName, combineCrc, crcBytes, createCrc } from './crc.ts'

export const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const

export type Algorithm = (typeof algorithms)[number]

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** What S3 keeps with an object. */
export interface Checksum {
  readonly algorithm: Algorithm
  readonly type: ChecksumType
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string
}

/** What S3 computes where the uploader named nothing. */
export const defaultAlgorithm: Algorithm = 'CRC64NVME'

const checksumHeader = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/

export function headerOf(algorithm: Algorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`
}

/** The algorithm that a header, or a trailer, carries the value of. */
export function algorithmOfHeader(name: string): Algorithm | undefined {
  const [, found] = checksumHeader.exec(name.toLowerCase()) ?? []
  return found === undefined ? undefined : algorithmNamed(found)
}

export function algorithmNamed(name: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm === name.toUpperCase())
}

/** As elements of XML answers. */
export function checksumElements(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {}
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {}
  return { [headerOf(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
}

/** Whether text can be a value of the algorithm at all. */
export function isChecksumValue(algorithm: Algorithm, text: string): boolean {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === byteLength(algorithm) && bytes.toString('base64') === text
}

export interface Digest {
  update(piece: Uint8Array): void
  updateZeros(zeros: Uint8Array): void
  /** Base64. */
  value(): string
}

export function createDigest(algorithm: Algorithm | 'MD5'): Digest {
  if (isCrc(algorithm)) {
    const crc = createCrc(algorithm)
    return {
      update: crc.update,
      updateZeros: (zeros) => crc.updateZeros(zeros.length),
      value: () => base64Of(algorithm, crc.value()),
    }
  }
  const hash = createHash(algorithm)
  const update = (piece: Uint8Array) => void hash.update(piece)
  return { update, updateZeros: update, value: () => hash.digest('base64') }
}

interface PartSum {
  readonly size: number
  readonly value: string
}

/** Of the bytes of all parts in a row, which only a CRC can tell without reading them again. */
export function fullObjectChecksum(algorithm: Algorithm, parts: readonly PartSum[]): Checksum {
  if (!isCrc(algorithm)) throw new Error(`${algorithm} of parts does not combine`)
  const sum = parts.reduce(
    (before, { value, size }) => combineCrc(algorithm, before, numberOf(value), size),
    0n,
  )
  return { algorithm, type: 'FULL_OBJECT', value: base64Of(algorithm, sum) }
}

/** Of the checksums of the parts. */
export function compositeChecksum(algorithm: Algorithm, parts: readonly PartSum[]): Checksum {
  const digest = createDigest(algorithm)
  for (const { value } of parts) digest.update(Buffer.from(value, 'base64'))
  return { algorithm, type: 'COMPOSITE', value: `${digest.value()}-${parts.length}` }
}

/** What a multipart upload's algorithm is combined to where its creator did not say. */
export function defaultTypeOf(algorithm: Algorithm): ChecksumType {
  return algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE'
}

/** CRC64NVME is never composite, a hash always. */
export function allowsType(algorithm: Algorithm, type: ChecksumType): boolean {
  return type === 'FULL_OBJECT' ? isCrc(algorithm) : algorithm !== 'CRC64NVME'
}

function isCrc(algorithm: string): algorithm is CrcName {
  return algorithm.startsWith('CRC')
}

function byteLength(algorithm: Algorithm): number {
  if (isCrc(algorithm)) return crcBytes(algorithm)
  return algorithm === 'SHA1' ? 20 : 32
}

function base64Of(algorithm: CrcName, sum: bigint): string {
  return Buffer.from(sum.toString(16).padStart(crcBytes(algorithm) * 2, '0'), 'hex').toString('base64')
}

function numberOf(value: string): bigint {
  return BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
}
