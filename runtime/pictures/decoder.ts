import sharp from "sharp";
import type { Metadata, Sharp } from "sharp";
import { BadInput } from "#flow/work-errors.ts";

/** A camera's largest pictures have about 100 megapixels; what is larger is a bomb, or no photograph. */
export const MAX_PIXELS = 100_000_000;

// Only the loaders of what we work on. SVG can fetch and loop, and the others are code that nobody asked for.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadWebp",
    "VipsForeignLoadHeif",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadTiff",
  ],
});
// Each file is seen once, so that nothing is gained by remembering it.
sharp.cache(false);

/** How many threads one image may use; a container that sees all the host's CPUs would take too many. */
export function useThreads(count: number): void {
  sharp.concurrency(Math.max(1, Math.floor(count)));
}

/** Refuses files that are cut off or damaged, lets pass what decoders merely remark on. Only the first frame is decoded. */
export function openImage(path: string): Sharp {
  return sharp(path, { failOn: "error", limitInputPixels: MAX_PIXELS, limitInputChannels: 5, pages: 1 });
}

/**
 * What the header says; nothing is decoded, so that a bomb costs as little as a thumbnail.
 * @throws BadInput where there is no header to read or too many pixels are announced.
 */
export async function readHeader(path: string): Promise<Metadata> {
  const header = await decoding(() => sharp(path, { failOn: "error", limitInputPixels: false }).metadata());
  const pixels = header.width * header.height;
  if (pixels > MAX_PIXELS) {
    const megapixels = Math.round(pixels / 1e6);
    throw new BadInput(
      `The image has too many pixels: ${header.width} x ${header.height} (${megapixels} megapixels), the limit is ${MAX_PIXELS / 1e6} megapixels.`,
    );
  }
  return header;
}

/** The reason given for a file that stops before its end. */
export function endsEarly(detail: string): BadInput {
  return new BadInput(`The file ends early: ${detail}.`);
}

/** Runs a step of decoding; what the decoder finds wrong is the file's fault. */
export async function decoding<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw asBadInput(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const CUT_OFF =
  /premature end|end of (file|data|image)|truncat|bad seek|unexpected end|not enough data|read error|insufficient/i;

function asBadInput(message: string, options: ErrorOptions): BadInput {
  const detail = firstWords(message);
  if (CUT_OFF.test(message)) return new BadInput(`The file ends early: ${detail}.`, options);
  return new BadInput(`The image cannot be decoded: ${detail}.`, options);
}

/** The decoder's first complaint, without the name of our temporary file. */
function firstWords(message: string): string {
  const line = message.split("\n")[0] ?? message;
  return line
    .replaceAll(/\/\S+?:\s/g, "")
    .replace(/\.$/, "")
    .slice(0, 200);
}
