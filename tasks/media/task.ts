import { stat } from "node:fs/promises";
import { BadInput } from "#flow/work-errors.ts";
import { endsEarly, openImage, readHeader, decoding } from "#runtime/pictures/decoder.ts";
import { readCameraFacts } from "./exif.ts";
import type { CameraFacts } from "./exif.ts";
import { isGifComplete } from "./gif-blocks.ts";
import { readPngChunks } from "./png-chunks.ts";
import { sniffImage } from "#runtime/pictures/sniff.ts";
import type { ImageFormat } from "#runtime/pictures/sniff.ts";
import { FirstFrame } from "./thumbnails.ts";

/** What is known of an image after the job; this is the job's `result`. */
export interface ImageDescription extends CameraFacts {
  readonly kind: "image";
  /** What the file is, whatever its name says. */
  readonly format: ImageFormat;
  /** Pixels as shown, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 to 8; 1 where the file says nothing. */
  readonly orientation: number;
  /** Frames of an animation or pages of a document, 1 for a still picture. */
  readonly frames: number;
  readonly hasAlpha: boolean;
  /** As libvips names it: srgb, rgb16, cmyk, b-w, grey16, lab... */
  readonly colourSpace: string;
  /** "#rrggbb" of the first frame. */
  readonly dominantColour: string;
  /** Base64. */
  readonly thumbhash: string;
  readonly derived: readonly DerivedImage[];
}

export interface DerivedImage {
  /** In the results bucket. */
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly format: "webp";
  readonly sizeBytes: number;
}

/** Where the derived files go; answers the key that the file has there. */
export interface Results {
  put(file: { name: string; body: Uint8Array; contentType: string }): Promise<string>;
}

/**
 * Describes one image and writes its thumbnails. The path is one of our own, never made from an object's key.
 * @throws BadInput with a plain reason, where the file is empty, cut off, too large, or no image that we know.
 */
export async function describeImage(
  path: string,
  results: Results,
  signal: AbortSignal,
): Promise<ImageDescription> {
  if ((await stat(path)).size === 0) throw new BadInput("The file is empty (0 bytes).");
  const format = await sniffImage(path);
  const header = await readHeader(path);
  const frames = await countFrames(path, format, header.pages ?? 1);
  const camera = await readCameraFacts(format === "tiff" ? path : header.exif);
  signal.throwIfAborted();
  const frame = await FirstFrame.decode(path);
  const impression = await frame.impression();
  const derived = await Promise.all(
    (await frame.thumbnails(signal)).map(async ({ name, body, width, height }): Promise<DerivedImage> => {
      const key = await results.put({ name, body, contentType: "image/webp" });
      return { key, width, height, format: "webp", sizeBytes: body.length };
    }),
  );
  return {
    kind: "image",
    format,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    orientation: header.orientation ?? 1,
    frames,
    hasAlpha: frames > 1 && header.hasAlpha ? await isSeeThrough(path) : header.hasAlpha,
    colourSpace: header.space,
    ...camera,
    ...impression,
    derived,
  };
}

async function countFrames(path: string, format: ImageFormat, pages: number): Promise<number> {
  if (format === "png") {
    const chunks = await readPngChunks(path);
    if (!chunks.complete) throw endsEarly("its last chunk (IEND) is missing");
    return chunks.frames;
  }
  if (format === "gif" && !(await isGifComplete(path))) throw endsEarly("its last frame is cut off");
  // An AVIF still may be stored as tiles with a preview, each of them a page to the decoder.
  return format === "avif" ? 1 : pages;
}

/** Animations always decode to four channels; whether one can be seen through, only its pixels tell. */
async function isSeeThrough(path: string): Promise<boolean> {
  const { isOpaque } = await decoding(() => openImage(path).stats());
  return !isOpaque;
}
