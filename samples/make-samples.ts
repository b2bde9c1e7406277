import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import type { Exif, Sharp } from "sharp";
import { evening, paint } from "./draw.ts";
import type { Drawing } from "./draw.ts";
import { drawing, emptyPdf, pixelBomb } from "./hostile.ts";

/*
 * Makes samples/files/, which the demo uploads as samples/expected.json says: `node samples/make-samples.ts [FOLDER]`.
 * Everything is drawn here, so that nothing has another's rights in it, and comes out the same each time.
 */

const HARBOUR_EXIF: Exif = {
  IFD0: { Make: "Slipway", Model: "Slipway Sample Camera", Software: "make-samples" },
  IFD2: {
    DateTimeOriginal: "2026:06:21 22:14:05",
    OffsetTimeOriginal: "+02:00",
    LensModel: "Slipway 35mm f/2",
    FNumber: "2/1",
    ExposureTime: "1/60",
  },
  IFD3: {
    GPSLatitudeRef: "N",
    GPSLatitude: "57/1 42/1 1512/100",
    GPSLongitudeRef: "E",
    GPSLongitude: "11/1 57/1 3024/100",
  },
};

/** South and west, and no offset of the clock. */
const BAY_EXIF: Exif = {
  IFD0: { Make: "Slipway", Model: "Pocket 2" },
  IFD2: { DateTimeOriginal: "2025:01:03 18:45:30" },
  IFD3: {
    GPSLatitudeRef: "S",
    GPSLatitude: "33/1 2/1 4488/100",
    GPSLongitudeRef: "W",
    GPSLongitude: "71/1 37/1 1092/100",
  },
};

/** What has to be done to upright pixels so that the tag undoes it: flip over, mirror, then turn clockwise by degrees. */
const ORIENTATIONS = [
  { tag: 1, mirrored: false, turn: 0 },
  { tag: 2, mirrored: true, turn: 0 },
  { tag: 3, mirrored: false, turn: 180 },
  { tag: 4, mirrored: true, turn: 180 },
  { tag: 5, mirrored: true, turn: 270 },
  { tag: 6, mirrored: false, turn: 270 },
  { tag: 7, mirrored: true, turn: 90 },
  { tag: 8, mirrored: false, turn: 90 },
] as const;

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "files"));
await mkdir(folder, { recursive: true });
for (const [name, body] of Object.entries(await makeSamples()))
  await writeFile(path.join(folder, name), body);

async function makeSamples(): Promise<Record<string, Buffer | string>> {
  const bay = await image(evening(240, 160, 23))
    .jpeg({ quality: 60 })
    .withExif(BAY_EXIF)
    .toBuffer();
  return {
    "harbour-at-dusk.jpg": await image(evening(1440, 960, 11))
      .jpeg({ quality: 50, mozjpeg: true })
      .withExif(HARBOUR_EXIF)
      .toBuffer(),
    "bay.jpg": bay,
    ...(await orientations()),
    "disc-with-alpha.png": await discWithAlpha(),
    "hills.webp": await image(evening(300, 200, 31))
      .webp({ quality: 60 })
      .toBuffer(),
    "plain.avif": await image(paint(160, 90, (x) => [40, 90 + x * 80, 160]))
      .avif({ effort: 2 })
      .toBuffer(),
    "turning.gif": await turningGif(),
    "print.jpg": await image(evening(150, 100, 41))
      .toColourspace("cmyk")
      .jpeg({ quality: 60 })
      .toBuffer(),
    "scan.tiff": await image(paint(120, 170, pageAt))
      .greyscale()
      .tiff({ compression: "deflate" })
      .toBuffer(),
    "png-named.jpg": await image(flag(90, 60)).png().toBuffer(),
    "truncated.jpg": bay.subarray(0, Math.floor(bay.length * 0.6)),
    "pdf-named.jpg": emptyPdf(),
    "empty.jpg": "",
    "too-many-pixels.png": pixelBomb(30_000),
    "drawing.svg": drawing(),
    "notes.txt": "Not a picture, and no pipeline takes it.\n",
  };
}

async function orientations(): Promise<Record<string, Buffer>> {
  const made = ORIENTATIONS.map(async ({ tag, mirrored, turn }) => {
    const { data, info } = await (mirrored ? image(flag(90, 60)).flop() : image(flag(90, 60)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const turned = image({ data, width: info.width, height: info.height }).rotate(turn);
    return [
      `orientation-${tag}.jpg`,
      await turned.jpeg({ quality: 80 }).withMetadata({ orientation: tag }).toBuffer(),
    ];
  });
  return Object.fromEntries(await Promise.all(made));
}

/** Four corners of different colours, so that no two ways of turning look alike. */
function flag(width: number, height: number): Drawing {
  return paint(width, height, (x, y) => {
    if (y < 0.5) return x < 0.5 ? [200, 40, 40] : [40, 160, 60];
    return x < 0.5 ? [40, 70, 190] : [230, 210, 60];
  });
}

async function discWithAlpha(): Promise<Buffer> {
  const side = 96;
  const data = Buffer.alloc(side * side * 4);
  for (let at = 0; at < side * side; at += 1) {
    const distance = Math.hypot((at % side) - side / 2, Math.floor(at / side) - side / 2);
    data.set([220, 60, 90, distance < side / 3 ? 255 : 0], at * 4);
  }
  return sharp(data, { raw: { width: side, height: side, channels: 4 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

async function turningGif(): Promise<Buffer> {
  const frames = [0, 1, 2].map(async (turn) =>
    image(flag(48, 48))
      .rotate(turn * 90)
      .png()
      .toBuffer(),
  );
  return sharp(await Promise.all(frames), { join: { animated: true } })
    .gif({ delay: [200, 200, 200], loop: 0 })
    .toBuffer();
}

function pageAt(x: number, y: number): readonly [number, number, number] {
  const written = x > 0.12 && x < 0.88 && y > 0.1 && y < 0.9 && Math.floor(y * 60) % 3 === 0;
  return written ? [40, 40, 40] : [244, 244, 244];
}

function image({ data, width, height }: Drawing): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
