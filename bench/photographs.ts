import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

/** Three megapixels. */
export const WIDTH = 2000;
export const HEIGHT = 1500;

/** Cells across the picture, coarse to fine: patches of light, things, texture, grain. */
const LAYERS: readonly { cells: number; strength: number }[] = [
  { cells: 6, strength: 1 },
  { cells: 40, strength: 0.55 },
  { cells: 250, strength: 0.35 },
  { cells: 1000, strength: 0.3 },
];

/**
 * Writes JPEGs that decode and compress as photographs do: detail of all sizes, soft transitions, grain. The same seed
 * gives the same picture.
 * @returns their paths
 */
export async function photographs(folder: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `photograph-${index}.jpg`));
  for (const [index, path] of paths.entries()) await writeFile(path, await photograph(index + 1));
  return paths;
}

async function photograph(seed: number): Promise<Buffer> {
  const random = seededRandom(seed);
  const [ground, ...details] = await Promise.all(LAYERS.map((layer) => patches(layer, random)));
  return sharp(ground)
    .composite(details.map((input) => ({ input, blend: "overlay" })))
    .jpeg({ quality: 88 })
    .withExif({ IFD0: { Make: "Slipway", Model: "Bench", Orientation: "1" } })
    .toBuffer();
}

/** Cells of random colour, enlarged to the whole picture with soft edges. */
async function patches(layer: { cells: number; strength: number }, random: () => number): Promise<Buffer> {
  const width = layer.cells;
  const height = Math.ceil((layer.cells * HEIGHT) / WIDTH);
  const cells = Buffer.alloc(width * height * 3);
  for (let index = 0; index < cells.length; index += 1) {
    cells[index] = 128 + (random() - 0.5) * 255 * layer.strength;
  }
  return sharp(cells, { raw: { width, height, channels: 3 } })
    .resize(WIDTH, HEIGHT, { fit: "fill", kernel: "cubic" })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

/** Park and Miller's generator. */
function seededRandom(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
