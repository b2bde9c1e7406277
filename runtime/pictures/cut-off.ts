import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

/**
 * What is missing of a file that ends before its own header says so. Of a WebP the decoder only says that it cannot parse it, and a TIFF
 * without its directory looks like nothing to the sniffer.
 * @returns undefined where nothing is missing, and for files of other kinds
 */
export async function whatIsCutOff(path: string): Promise<string | undefined> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  const head = await read(file, 0, 16);
  if (head.toString("latin1", 0, 4) === "RIFF" && head.toString("latin1", 8, 12) === "WEBP") {
    // https://developers.google.com/speed/webp/docs/riff_container#webp_file_header
    const whole = head.readUInt32LE(4) + 8;
    return size < whole ? `it has ${size} of its ${whole} bytes` : undefined;
  }
  const directory = directoryOf(head);
  if (directory === undefined) return undefined;
  const count = directory.countIn(await read(file, directory.offset, directory.countBytes));
  const end = directory.offset + directory.countBytes + (count ?? 0) * directory.entryBytes;
  return count === undefined || end > size ? "its directory is missing" : undefined;
}

interface Directory {
  readonly offset: number;
  readonly countBytes: number;
  readonly entryBytes: number;
  /** How many entries it says to have; undefined where the file ends before. */
  readonly countIn: (bytes: Buffer) => number | undefined;
}

/** The first directory of a TIFF (https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf) or BigTIFF. */
function directoryOf(head: Buffer): Directory | undefined {
  const order = head.toString("latin1", 0, 2);
  if (head.length < 16 || (order !== "II" && order !== "MM")) return undefined;
  const isLittle = order === "II";
  const short = (bytes: Buffer, at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (bytes: Buffer, at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const longer = (bytes: Buffer, at: number) =>
    Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  switch (short(head, 2)) {
    case 42:
      return {
        offset: long(head, 4),
        countBytes: 2,
        entryBytes: 12,
        countIn: (bytes) => (bytes.length < 2 ? undefined : short(bytes, 0)),
      };
    case 43:
      return {
        offset: longer(head, 8),
        countBytes: 8,
        entryBytes: 20,
        countIn: (bytes) => (bytes.length < 8 ? undefined : longer(bytes, 0)),
      };
    default:
      return undefined;
  }
}

async function read(file: FileHandle, position: number, count: number): Promise<Buffer> {
  if (!Number.isSafeInteger(position)) return Buffer.alloc(0);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, position);
  return buffer.subarray(0, bytesRead);
}
