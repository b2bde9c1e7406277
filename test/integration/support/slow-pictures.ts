import sharp from "sharp";

let made: Promise<Buffer> | undefined;

/** A small file with so many pixels that a task has to work on it for about a second: time enough for things to go wrong. */
export function slowPicture(): Promise<Buffer> {
  made ??= sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: "#336699" } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return made;
}
