/** Pixels of three bytes each, row by row. */
export interface Drawing {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

type Colour = readonly [red: number, green: number, blue: number];

/** The same numbers for the same seed, on every machine (Park and Miller's generator). */
function seededNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export function paint(width: number, height: number, colourAt: (x: number, y: number) => Colour): Drawing {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      data.set(colourAt(x / width, y / height).map(clamp), (y * width + x) * 3);
    }
  }
  return { data, width, height };
}

/** An evening over water: a sky that turns, a low sun, two rows of hills, ripples and a little grain as film has it. */
export function evening(width: number, height: number, seed: number): Drawing {
  const noise = seededNoise(seed);
  const far = hills(0.52, 0.06, 2.3, seed);
  const near = hills(0.6, 0.05, 3.7, seed + 5);
  return paint(width, height, (x, y) => {
    const grain = (noise() - 0.5) * 8;
    const light = glow(x - 0.68, (y - 0.42) * (height / width));
    return shade(sceneAt(x, y, far(x), near(x)), grain + light * 110);
  });
}

function sceneAt(x: number, y: number, far: number, near: number): Colour {
  if (y < far && y < near) return blend([38, 62, 120], [236, 148, 92], y / 0.55);
  if (y < near) return [84, 78, 110];
  if (y < 0.66) return [34, 42, 58];
  const ripple = Math.sin(y * 190 + Math.sin(x * 23) * 2) * 10;
  return shade(blend([150, 104, 92], [22, 36, 66], (y - 0.66) / 0.34), ripple);
}

function hills(level: number, swing: number, waves: number, phase: number): (x: number) => number {
  return (x) => level + swing * Math.sin(x * waves * Math.PI + phase) * Math.cos(x * waves * 1.7 + phase);
}

function glow(dx: number, dy: number): number {
  return Math.exp(-(dx * dx + dy * dy) * 90);
}

function blend(from: Colour, to: Colour, share: number): Colour {
  const at = Math.min(1, Math.max(0, share));
  return [
    from[0] + (to[0] - from[0]) * at,
    from[1] + (to[1] - from[1]) * at,
    from[2] + (to[2] - from[2]) * at,
  ];
}

function shade([red, green, blue]: Colour, light: number): Colour {
  return [red + light, green + light, blue + light];
}

function clamp(channel: number): number {
  return Math.min(255, Math.max(0, Math.round(channel)));
}
