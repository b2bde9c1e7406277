import sharp from "sharp";
import type { Raw, ResizeOptions, Sharp } from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import { dominantColour } from "./colours.ts";
import type { Pixels } from "./colours.ts";
import { decoding, openImage } from "#runtime/pictures/decoder.ts";

const WIDTHS = [320, 640, 1280];
/** A picture that is taller than this many times its width is made narrower, or no browser would show it. */
const MAX_HEIGHT_PER_WIDTH = 4;
const LARGEST = Math.max(...WIDTHS);
const QUALITY = 80;
/** Thumbhash takes at most 100 x 100. */
const HASH_SIDE = 100;

export interface Thumbnail {
  readonly name: string;
  readonly body: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * The first frame upright in sRGB, decoded once, as large as the largest thumbnail. Raw pixels carry no metadata, so that
 * nothing of the camera or the place can leak into what is made from them.
 */
export class FirstFrame {
  readonly #data: Buffer;
  readonly #shape: Raw;

  private constructor(data: Buffer, shape: Raw) {
    this.#data = data;
    this.#shape = shape;
  }

  static async decode(path: string): Promise<FirstFrame> {
    const { data, info } = await decoding(() =>
      openImage(path)
        .autoOrient()
        .resize(within(LARGEST))
        .toColourspace("srgb")
        .raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true }),
    );
    const { width, height, channels } = info;
    return new FirstFrame(data, { width, height, channels });
  }

  /** WebP in three widths; a picture narrower than one of them is not enlarged, its own width comes once. */
  async thumbnails(signal: AbortSignal): Promise<Thumbnail[]> {
    const widths = new Set(WIDTHS.map((width) => Math.min(width, this.#shape.width)));
    const thumbnails: Thumbnail[] = [];
    for (const width of widths) {
      signal.throwIfAborted();
      const { data, info } = await this.#image()
        .resize(within(width))
        .webp({ quality: QUALITY })
        .toBuffer({ resolveWithObject: true });
      thumbnails.push({ name: `thumb-${width}.webp`, body: data, width: info.width, height: info.height });
    }
    return thumbnails;
  }

  /** The dominant colour ("#rrggbb") and a placeholder of some 25 bytes (https://evanw.github.io/thumbhash/, base64). */
  async impression(): Promise<{ dominantColour: string; thumbhash: string }> {
    const { data, info } = await this.#image()
      .resize({ width: HASH_SIDE, height: HASH_SIDE, fit: "inside", withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels: Pixels = { data, width: info.width, height: info.height };
    const hash = rgbaToThumbHash(pixels.width, pixels.height, pixels.data);
    return { dominantColour: dominantColour(pixels), thumbhash: Buffer.from(hash).toString("base64") };
  }

  /** A pipeline of its own each time: sharp's clone() would copy the pixels. */
  #image(): Sharp {
    return sharp(this.#data, { raw: this.#shape });
  }
}

function within(width: number): ResizeOptions {
  return { width, height: width * MAX_HEIGHT_PER_WIDTH, fit: "inside", withoutEnlargement: true };
}
