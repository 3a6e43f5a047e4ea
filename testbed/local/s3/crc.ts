/**
 * The cyclic redundancy checks that S3 keeps with objects. Written on its own and not taken from the SDK, whose sums they
 * are compared with: two that agree were not wrong in the same way.
 */
import { crc32 } from 'node:zlib'

export type CrcName = 'CRC32' | 'CRC32C' | 'CRC64NVME'

/** A sum that grows with what is fed to it. */
export interface Crc {
  update(piece: Uint8Array): void
  /** `count` bytes of zero, without reading them. */
  updateZeros(count: number): void
  value(): bigint
}

interface Kind {
  readonly bits: 32n | 64n
  /** Reflected: the lowest bit stands for the highest power. */
  readonly polynomial: bigint
}

const kinds: Record<CrcName, Kind> = {
  CRC32: { bits: 32n, polynomial: 0xedb88320n },
  CRC32C: { bits: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
}

export function crcBytes(name: CrcName): number {
  return Number(kinds[name].bits / 8n)
}

export function createCrc(name: CrcName): Crc {
  const add = adders[name]
  let sum = 0n
  return {
    update: (piece) => {
      sum = add(sum, piece)
    },
    updateZeros: (count) => {
      sum = combineCrc(name, sum, zerosSum(name, count), count)
    },
    value: () => sum,
  }
}

/** The sum of two pieces in a row from the sums of each, and the length of the second. */
export function combineCrc(name: CrcName, first: bigint, second: bigint, secondLength: number): bigint {
  return multiply(kinds[name], powerOf(name, secondLength), first) ^ second
}

const powers = new Map<string, bigint>()
const zeroSums = new Map<string, bigint>()

/** x to the power of 8 × `length`. */
function powerOf(name: CrcName, length: number): bigint {
  return remembered(powers, `${name} ${length}`, () => {
    const kind = kinds[name]
    let result = 1n << (kind.bits - 1n)
    let square = 1n << (kind.bits - 9n)
    for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = multiply(kind, square, result)
      square = multiply(kind, square, square)
    }
    return result
  })
}

function zerosSum(name: CrcName, length: number): bigint {
  return remembered(zeroSums, `${name} ${length}`, () => {
    const all = (1n << kinds[name].bits) - 1n
    return multiply(kinds[name], powerOf(name, length), all) ^ all
  })
}

const rememberAtMost = 1000

function remembered(known: Map<string, bigint>, key: string, compute: () => bigint): bigint {
  const before = known.get(key)
  if (before !== undefined) return before
  if (known.size >= rememberAtMost) known.clear()
  const computed = compute()
  known.set(key, computed)
  return computed
}

function multiply({ bits, polynomial }: Kind, a: bigint, b: bigint): bigint {
  let product = 0n
  let shifted = b
  for (let bit = bits - 1n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}

/** Eight tables, so that eight bytes take one step: `low` and `high` are the halves of each entry. */
function tablesOf({ polynomial }: Kind): { readonly low: Uint32Array; readonly high: Uint32Array } {
  const entries: bigint[] = []
  for (let byte = 0n; byte < 256n; byte += 1n) {
    let entry = byte
    for (let bit = 0; bit < 8; bit += 1) entry = entry & 1n ? (entry >> 1n) ^ polynomial : entry >> 1n
    entries.push(entry)
  }
  for (let at = 256; at < 8 * 256; at += 1) {
    const before = entries[at - 256] ?? 0n
    entries.push((before >> 8n) ^ (entries[Number(before & 255n)] ?? 0n))
  }
  return {
    low: Uint32Array.from(entries, (entry) => Number(entry & 0xffffffffn)),
    high: Uint32Array.from(entries, (entry) => Number(entry >> 32n)),
  }
}

function tableAdder(kind: Kind): (sum: bigint, piece: Uint8Array) => bigint {
  const { low: lows, high: highs } = tablesOf(kind)
  const all = (1n << kind.bits) - 1n
  return (sum, piece) => {
    const state = sum ^ all
    let low = Number(state & 0xffffffffn)
    let high = Number(state >> 32n)
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength)
    const end = piece.length - (piece.length % 8)
    for (let at = 0; at < end; at += 8) {
      const a = low ^ view.getUint32(at, true)
      const b = high ^ view.getUint32(at + 4, true)
      const i0 = 1792 + (a & 255)
      const i1 = 1536 + ((a >>> 8) & 255)
      const i2 = 1280 + ((a >>> 16) & 255)
      const i3 = 1024 + (a >>> 24)
      const i4 = 768 + (b & 255)
      const i5 = 512 + ((b >>> 8) & 255)
      const i6 = 256 + ((b >>> 16) & 255)
      const i7 = b >>> 24
      low =
        at32(lows, i0) ^
        at32(lows, i1) ^
        at32(lows, i2) ^
        at32(lows, i3) ^
        at32(lows, i4) ^
        at32(lows, i5) ^
        at32(lows, i6) ^
        at32(lows, i7)
      high =
        at32(highs, i0) ^
        at32(highs, i1) ^
        at32(highs, i2) ^
        at32(highs, i3) ^
        at32(highs, i4) ^
        at32(highs, i5) ^
        at32(highs, i6) ^
        at32(highs, i7)
    }
    for (let at = end; at < piece.length; at += 1) {
      const entry = (low ^ (piece[at] ?? 0)) & 255
      low = ((low >>> 8) | (high << 24)) ^ at32(lows, entry)
      high = (high >>> 8) ^ at32(highs, entry)
    }
    return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) ^ all
  }
}

function at32(table: Uint32Array, index: number): number {
  return table[index] as number
}

const adders: Record<CrcName, (sum: bigint, piece: Uint8Array) => bigint> = {
  CRC32: (sum, piece) => BigInt(crc32(piece, Number(sum))),
  CRC32C: tableAdder(kinds.CRC32C),
  CRC64NVME: tableAdder(kinds.CRC64NVME),
}
