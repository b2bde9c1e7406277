import { ByteCursor } from "./byte-cursor.ts";

const SIGNATURE_BYTES = 8;
const CHECKSUM_BYTES = 4;

/** What the chunks of a PNG tell without decoding: https://www.w3.org/TR/png-3/#11Chunks */
export interface PngChunks {
  /** 1 for a still picture, else what acTL says of an animated one. */
  readonly frames: number;
  /** Whether the file goes on to its IEND chunk. The decoder stops after the first picture and would not notice. */
  readonly complete: boolean;
}

export async function readPngChunks(path: string): Promise<PngChunks> {
  await using cursor = await ByteCursor.open(path);
  let frames = 1;
  cursor.skip(SIGNATURE_BYTES);
  for (;;) {
    const head = await cursor.read(8);
    if (head === undefined) return { frames, complete: false };
    const type = head.toString("latin1", 4, 8);
    let length = head.readUInt32BE(0);
    if (type === "acTL") {
      frames = Math.max(1, (await cursor.read(4))?.readUInt32BE(0) ?? 1);
      length -= 4;
    }
    const whole = cursor.skip(length + CHECKSUM_BYTES);
    if (!whole || type === "IEND") return { frames, complete: whole };
  }
}
