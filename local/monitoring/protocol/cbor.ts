/**
 * As much of CBOR (RFC 8949) as AWS's rpc-v2-cbor protocol sends: maps with text keys, arrays, texts, bytes, numbers,
 * booleans, null, and tag 1 for a time in seconds since 1970. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */

const TIME_TAG = 1;
const INDEFINITE = 31;
const BREAK = Symbol("break");

/** Dates become times; absent members are left out. */
export function encodeCbor(value: unknown): Buffer {
  const chunks: Buffer[] = [];
  write(value, chunks);
  return Buffer.concat(chunks);
}

function write(value: unknown, chunks: Buffer[]): void {
  if (value === null || value === undefined) chunks.push(Buffer.of(0xf6));
  else if (typeof value === "boolean") chunks.push(Buffer.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "number") writeNumber(value, chunks);
  else if (typeof value === "string") {
    const bytes = Buffer.from(value, "utf8");
    chunks.push(head(3, bytes.length), bytes);
  } else if (value instanceof Date) {
    chunks.push(head(6, TIME_TAG));
    writeNumber(value.getTime() / 1000, chunks);
  } else if (Array.isArray(value)) {
    chunks.push(head(4, value.length));
    for (const item of value) write(item, chunks);
  } else {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    chunks.push(head(5, members.length));
    for (const [name, member] of members) {
      write(name, chunks);
      write(member, chunks);
    }
  }
}

function writeNumber(value: number, chunks: Buffer[]): void {
  if (Number.isSafeInteger(value)) {
    chunks.push(value < 0 ? head(1, -1 - value) : head(0, value));
    return;
  }
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(0xfb, 0);
  bytes.writeDoubleBE(value, 1);
  chunks.push(bytes);
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.of((major << 5) | argument);
  if (argument < 0x1_0000_0000) {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt8((major << 5) | 26, 0);
    bytes.writeUInt32BE(argument, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8((major << 5) | 27, 0);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  return bytes;
}

/** Times become Dates. @throws RangeError where the bytes are not a whole CBOR document */
export function decodeCbor(bytes: Buffer): unknown {
  let at = 0;
  const take = (count: number): Buffer => {
    if (at + count > bytes.length) throw new RangeError("The CBOR document ends too early.");
    at += count;
    return bytes.subarray(at - count, at);
  };
  const argument = (info: number): number => {
    if (info < 24) return info;
    if (info === 24) return take(1).readUInt8();
    if (info === 25) return take(2).readUInt16BE();
    if (info === 26) return take(4).readUInt32BE();
    if (info === 27) return Number(take(8).readBigUInt64BE());
    throw new RangeError(`The CBOR document holds the unknown length ${info}.`);
  };
  const items = (info: number): unknown[] => {
    if (info !== INDEFINITE) return Array.from({ length: argument(info) }, read);
    const found: unknown[] = [];
    for (let item = read(); item !== BREAK; item = read()) found.push(item);
    return found;
  };
  const members = (info: number): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    const count = info === INDEFINITE ? Infinity : argument(info);
    for (let index = 0; index < count; index++) {
      const name = read();
      if (name === BREAK) break;
      found[String(name)] = read();
    }
    return found;
  };
  const special = (info: number): unknown => {
    if (info === 20 || info === 21) return info === 21;
    if (info === 25) return half(take(2).readUInt16BE());
    if (info === 26) return take(4).readFloatBE();
    if (info === 27) return take(8).readDoubleBE();
    return info === INDEFINITE ? BREAK : undefined;
  };
  function read(): unknown {
    const initial = take(1).readUInt8();
    const info = initial & 31;
    switch (initial >> 5) {
      case 0:
        return argument(info);
      case 1:
        return -1 - argument(info);
      case 2:
        return info === INDEFINITE ? Buffer.concat(items(info) as Buffer[]) : take(argument(info));
      case 3:
        return info === INDEFINITE ? items(info).join("") : take(argument(info)).toString("utf8");
      case 4:
        return items(info);
      case 5:
        return members(info);
      case 6:
        return argument(info) === TIME_TAG ? new Date(Number(read()) * 1000) : read();
      default:
        return special(info);
    }
  }
  return read();
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
