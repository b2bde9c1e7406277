import { crc32 } from "node:zlib";

/** A zip with one stored file. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zipOfText(name: string, source: string): Buffer {
  const content = Buffer.from(source, "utf8");
  const fileName = Buffer.from(name, "utf8");
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(fileName.length, 22);
  const local = Buffer.concat([signature(0x04034b50), common, fileName, content]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  const directory = Buffer.concat([signature(0x02014b50), madeByUnix(), common, attributes, fileName]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, directory, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function madeByUnix(): Buffer {
  return Buffer.from([20, 3]);
}
