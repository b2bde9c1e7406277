import { stat } from "node:fs/promises";
import type { Sharp } from "sharp";
import { BadInput } from "#flow/work-errors.ts";
import { decoding, openImage, readHeader } from "#runtime/pictures/decoder.ts";
import { sniffImage } from "#runtime/pictures/sniff.ts";
import type { AttemptResults, UploadReader } from "#runtime/task-context.ts";
import { type RenditionFormat, readRequest } from "./request.ts";

/** The job's `result`. */
export interface Rendition {
  readonly kind: "rendition";
  /** In the results bucket. */
  readonly key: string;
  readonly format: RenditionFormat;
  /** Pixels; a picture narrower than what was asked for is not enlarged. */
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

/** No format has more in either direction. */
const MOST_PIXELS_HIGH = 16_383;

const WRITERS: Readonly<Record<RenditionFormat, (image: Sharp) => Sharp>> = {
  webp: (image) => image.webp({ quality: 80 }),
  avif: (image) => image.avif({ quality: 55, effort: 3 }),
  // It has no transparency; what could be seen through is white.
  jpeg: (image) => image.flatten({ background: "#ffffff" }).jpeg({ quality: 82, mozjpeg: true }),
  png: (image) => image.png({ compressionLevel: 9 }),
};

/**
 * Makes the picture that a message asks for: its first frame, upright, in sRGB, as wide as asked or as it is, without anything that
 * the file says besides its pixels.
 * @throws BadInput with a plain reason, where the request is wrong, or the object is not there or no picture that we know
 */
export async function makeRendition(
  input: unknown,
  { uploads, results, signal }: { uploads: UploadReader; results: AttemptResults; signal: AbortSignal },
): Promise<Rendition> {
  const { key, width, format } = readRequest(input);
  await using original = await uploads.fetch(key);
  if ((await stat(original.path)).size === 0) throw new BadInput("The picture is an empty file (0 bytes).");
  await sniffImage(original.path);
  await readHeader(original.path);
  signal.throwIfAborted();
  const upright = openImage(original.path)
    .autoOrient()
    .resize({ width, height: MOST_PIXELS_HIGH, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb");
  const { data, info } = await decoding(() => WRITERS[format](upright).toBuffer({ resolveWithObject: true }));
  signal.throwIfAborted();
  const stored = await results.put({
    name: `rendition-${info.width}.${format}`,
    body: data,
    contentType: `image/${format}`,
  });
  return {
    kind: "rendition",
    key: stored,
    format,
    width: info.width,
    height: info.height,
    sizeBytes: data.length,
  };
}
