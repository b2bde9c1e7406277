/** Pixels as they lie in memory: red, green, blue and alpha, a byte each, row by row, alpha not multiplied in. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Sixteen steps a channel: near colours fall together, different ones do not. */
const STEP_BITS = 4;

interface Heap {
  weight: number;
  red: number;
  green: number;
  blue: number;
}

/** The mean of the most common colours that look alike, as "#rrggbb"; what is transparent does not count. */
export function dominantColour({ data }: Pixels): string {
  const heaps = new Map<number, Heap>();
  let largest: Heap = { weight: 0, red: 0, green: 0, blue: 0 };
  for (let at = 0; at + 3 < data.length; at += 4) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    const alpha = data[at + 3] ?? 0;
    const bin = ((red >> STEP_BITS) << 8) | ((green >> STEP_BITS) << 4) | (blue >> STEP_BITS);
    const heap = heaps.get(bin) ?? { weight: 0, red: 0, green: 0, blue: 0 };
    heap.weight += alpha;
    heap.red += red * alpha;
    heap.green += green * alpha;
    heap.blue += blue * alpha;
    heaps.set(bin, heap);
    if (heap.weight > largest.weight) largest = heap;
  }
  const { weight, red, green, blue } = largest;
  if (weight === 0) return "#000000";
  return `#${[red, green, blue].map((sum) => hex(sum / weight)).join("")}`;
}

function hex(channel: number): string {
  return Math.round(channel).toString(16).padStart(2, "0");
}
