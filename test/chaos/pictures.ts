import sharp from "sharp";
import type { Random } from "../simulation/engine/random.ts";

/** A picture to upload, and what its result has to say of it. */
export interface Picture {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly format: "jpeg" | "png" | "webp";
}

/** Large enough that a task works on it for a while, and may be killed in the middle of it. */
const LARGE_SHARE = 0.08;
const NAMES = ["photo", "Summer holiday + 100% sun", "größe 42", "写真", "a b/c+d", "%2F encoded"];

/** Pictures of many sizes under names that have to be quoted somewhere. */
export function planPictures(count: number, random: Random): Picture[] {
  return Array.from({ length: count }, (_, index) => {
    const isLarge = random.chance(LARGE_SHARE);
    const side = (): number => Math.floor(isLarge ? random.between(1800, 3200) : random.between(16, 400));
    const format = random.pick(["jpeg", "png", "webp"] as const);
    const [width, height] = [side(), side()];
    return { key: `images/${random.pick(NAMES)}-${index}.${format}`, width, height, format };
  });
}

export async function drawPicture({ width, height, format }: Picture): Promise<Buffer> {
  const background = { r: width % 256, g: height % 256, b: (width * height) % 256 };
  return sharp({ create: { width, height, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}
