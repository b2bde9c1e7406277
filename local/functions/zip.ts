import { crc32, inflateRawSync } from "node:zlib";
import { AwsError } from "../gateway/aws-error.ts";

export interface ZipEntry {
  /** Relative, with forward slashes; a folder ends with one. */
  readonly name: string;
  /** Unix permission bits; 0 where the archive was not made on Unix. */
  readonly mode: number;
  read(): Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;

/**
 * Lists a zip by its central directory, as unzip does. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.7-4.3.16
 * Zip64 is not needed: Lambda takes 250 MB unpacked.
 * @throws AwsError InvalidParameterValueException, as Lambda words it
 */
export function readZip(archive: Buffer): readonly ZipEntry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let offset = archive.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (offset + 46 > archive.length || archive.readUInt32LE(offset) !== DIRECTORY_ENTRY) throw notAZip();
    const nameLength = archive.readUInt16LE(offset + 28);
    const name = archive.toString("utf8", offset + 46, offset + 46 + nameLength);
    if (!isInside(name)) throw notAZip();
    const header = offset;
    entries.push({
      name,
      mode: (archive.readUInt32LE(header + 38) >>> 16) & 0o777,
      read: () => content(archive, header),
    });
    offset += 46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  return entries;
}

/** The end record stands last, before a comment of at most 65,535 bytes. */
function findEnd(archive: Buffer): number {
  const earliest = Math.max(0, archive.length - 22 - 0xffff);
  for (let offset = archive.length - 22; offset >= earliest; offset -= 1) {
    if (archive.readUInt32LE(offset) === END_OF_DIRECTORY) return offset;
  }
  throw notAZip();
}

function content(archive: Buffer, header: number): Buffer {
  const flags = archive.readUInt16LE(header + 8);
  const method = archive.readUInt16LE(header + 10);
  const checksum = archive.readUInt32LE(header + 16);
  const packedSize = archive.readUInt32LE(header + 20);
  const local = archive.readUInt32LE(header + 42);
  if ((flags & ENCRYPTED_FLAG) !== 0 || archive.readUInt32LE(local) !== LOCAL_ENTRY) throw notAZip();
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + packedSize);
  if (method !== STORED && method !== DEFLATED) throw notAZip();
  const bytes = method === STORED ? packed : inflateRawSync(packed);
  if (crc32(bytes) !== checksum) throw notAZip();
  return bytes;
}

/** An entry may not leave the folder it is unpacked into. */
function isInside(name: string): boolean {
  return name !== "" && !name.startsWith("/") && !name.includes("\\") && !name.split("/").includes("..");
}

function notAZip(): AwsError {
  return new AwsError(
    "InvalidParameterValueException",
    "Could not unzip uploaded file. Please check your file, then try to upload again.",
  );
}
