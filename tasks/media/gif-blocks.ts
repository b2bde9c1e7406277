import { ByteCursor } from "./byte-cursor.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/**
 * Whether a GIF holds every block that it begins (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). The decoder leaves out
 * what is cut off and would not tell. A missing trailer alone is no loss.
 */
export async function isGifComplete(path: string): Promise<boolean> {
  await using cursor = await ByteCursor.open(path);
  const header = await cursor.read(13);
  if (header === undefined || !cursor.skip(colourTableBytes(header[10] ?? 0))) return false;
  while (!cursor.atEnd) {
    const introducer = (await cursor.read(1))?.[0];
    if (introducer === TRAILER) return true;
    if (introducer === IMAGE) {
      const descriptor = await cursor.read(9);
      const minimumCodeBytes = 1;
      if (descriptor === undefined || !cursor.skip(colourTableBytes(descriptor[8] ?? 0) + minimumCodeBytes))
        return false;
      if (!(await skipSubBlocks(cursor))) return false;
    } else if (introducer === EXTENSION) {
      cursor.skip(1);
      if (!(await skipSubBlocks(cursor))) return false;
    } else {
      // What follows the last block is not ours to judge.
      return true;
    }
  }
  return true;
}

/** The highest bit says whether there is a table, the lowest three how large. */
function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}

async function skipSubBlocks(cursor: ByteCursor): Promise<boolean> {
  for (;;) {
    const size = (await cursor.read(1))?.[0];
    if (size === undefined) return false;
    if (size === 0) return true;
    cursor.skip(size);
  }
}
