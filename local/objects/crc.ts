/**
 * CRC-32C (Castagnoli) and CRC-64/NVME, which Node does not have, eight bytes at a time over tables ("slicing by eight").
 * https://reveng.sourceforge.io/crc-catalogue/all.htm names polynomials and check values.
 */
export interface Crc {
  update(bytes: Uint8Array): void;
  /** Big-endian, as S3 writes it in base64. */
  digest(): Buffer;
}

/** The reflected polynomials, with their width in bits. */
export const CRC_POLYNOMIALS = {
  CRC32: { polynomial: 0xedb88320n, width: 32 },
  CRC32C: { polynomial: 0x82f63b78n, width: 32 },
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, width: 64 },
} as const;

export function crc32c(): Crc {
  const tables = castagnoliTables();
  let crc = 0xffffffff;
  return {
    update(bytes) {
      let value = crc;
      let at = 0;
      const words = bytes.length - (bytes.length % 8);
      for (; at < words; at += 8) {
        const low = value ^ word(bytes, at);
        const high = word(bytes, at + 4);
        value =
          lookup(tables, 7, low) ^
          lookup(tables, 6, low >>> 8) ^
          lookup(tables, 5, low >>> 16) ^
          lookup(tables, 4, low >>> 24) ^
          lookup(tables, 3, high) ^
          lookup(tables, 2, high >>> 8) ^
          lookup(tables, 1, high >>> 16) ^
          lookup(tables, 0, high >>> 24);
      }
      for (; at < bytes.length; at += 1) value = lookup(tables, 0, value ^ (bytes[at] ?? 0)) ^ (value >>> 8);
      crc = value;
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
      return result;
    },
  };
}

export function crc64nvme(): Crc {
  const { low: lows, high: highs } = nvmeTables();
  let low = 0xffffffff;
  let high = 0xffffffff;
  return {
    update(bytes) {
      let l = low;
      let h = high;
      let at = 0;
      const words = bytes.length - (bytes.length % 8);
      for (; at < words; at += 8) {
        const a = l ^ word(bytes, at);
        const b = h ^ word(bytes, at + 4);
        const i0 = 1792 + (a & 255);
        const i1 = 1536 + ((a >>> 8) & 255);
        const i2 = 1280 + ((a >>> 16) & 255);
        const i3 = 1024 + (a >>> 24);
        const i4 = 768 + (b & 255);
        const i5 = 512 + ((b >>> 8) & 255);
        const i6 = 256 + ((b >>> 16) & 255);
        const i7 = b >>> 24;
        l =
          at8(lows, i0) ^
          at8(lows, i1) ^
          at8(lows, i2) ^
          at8(lows, i3) ^
          at8(lows, i4) ^
          at8(lows, i5) ^
          at8(lows, i6) ^
          at8(lows, i7);
        h =
          at8(highs, i0) ^
          at8(highs, i1) ^
          at8(highs, i2) ^
          at8(highs, i3) ^
          at8(highs, i4) ^
          at8(highs, i5) ^
          at8(highs, i6) ^
          at8(highs, i7);
      }
      for (; at < bytes.length; at += 1) {
        const index = (l ^ (bytes[at] ?? 0)) & 255;
        l = at8(lows, index) ^ ((l >>> 8) | (h << 24));
        h = at8(highs, index) ^ (h >>> 8);
      }
      low = l;
      high = h;
    },
    digest() {
      const result = Buffer.alloc(8);
      result.writeUInt32BE((high ^ 0xffffffff) >>> 0, 0);
      result.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
      return result;
    },
  };
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function lookup(tables: Int32Array, slice: number, byte: number): number {
  return tables[slice * 256 + (byte & 255)] ?? 0;
}

function at8(table: Int32Array, index: number): number {
  return table[index] ?? 0;
}

let castagnoli: Int32Array | undefined;
function castagnoliTables(): Int32Array {
  castagnoli ??= Int32Array.from(slicedTable(CRC_POLYNOMIALS.CRC32C.polynomial), (entry) =>
    Number(BigInt.asIntN(32, entry)),
  );
  return castagnoli;
}

let nvme: { low: Int32Array; high: Int32Array } | undefined;
function nvmeTables(): { low: Int32Array; high: Int32Array } {
  if (nvme === undefined) {
    const entries = slicedTable(CRC_POLYNOMIALS.CRC64NVME.polynomial);
    nvme = {
      low: Int32Array.from(entries, (entry) => Number(BigInt.asIntN(32, entry))),
      high: Int32Array.from(entries, (entry) => Number(BigInt.asIntN(32, entry >> 32n))),
    };
  }
  return nvme;
}

/** Eight tables of 256 entries: table k holds the effect of a byte that k zero bytes follow. */
function slicedTable(polynomial: bigint): bigint[] {
  const entries: bigint[] = [];
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    entries.push(crc);
  }
  for (let index = 256; index < 2048; index += 1) {
    const before = entries[index - 256] ?? 0n;
    entries.push((before >> 8n) ^ (entries[Number(before & 255n)] ?? 0n));
  }
  return entries;
}

/**
 * The CRC of two byte strings in a row from the CRCs of each: a zero byte multiplies by x^8 modulo the polynomial, so
 * the first CRC is multiplied by x^(8 * length of the second).
 */
export function combineCrcs(
  { polynomial, width }: { polynomial: bigint; width: number },
  first: bigint,
  second: bigint,
  secondLength: number,
): bigint {
  const one = 1n << BigInt(width - 1);
  const times = (a: bigint, b: bigint): bigint => {
    let product = 0n;
    let factor = b;
    for (let mask = one; mask !== 0n; mask >>= 1n) {
      if ((a & mask) !== 0n) product ^= factor;
      factor = (factor & 1n) === 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
    }
    return product;
  };
  let power = one;
  let square = one >> 8n;
  for (let length = secondLength; length > 0; length = Math.floor(length / 2)) {
    if (length % 2 === 1) power = times(power, square);
    square = times(square, square);
  }
  return times(first, power) ^ second;
}
