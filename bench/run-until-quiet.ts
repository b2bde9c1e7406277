import type { Cloud } from "#test/simulation/world/cloud.ts";
import type { World } from "#test/simulation/world/world.ts";

const SWEEP_MS = 300_000;
const LOOK_MS = 1000;

/**
 * Lets virtual time pass, with a sweep every five minutes, until all is uploaded and nothing is under way any more.
 * @param tell hears each second how far it is
 */
export async function runUntilQuiet(
  { world, cloud }: { world: World; cloud: Cloud },
  isUploaded: () => boolean,
  tell: () => void,
): Promise<void> {
  const sweep = (): void => {
    void cloud.functions.sweep();
    world.time.after(SWEEP_MS, sweep);
  };
  world.time.after(SWEEP_MS, sweep);
  let lookAtMs = 0;
  await world.time.run(() => {
    if (world.time.nowMs < lookAtMs) return false;
    lookAtMs = world.time.nowMs + LOOK_MS;
    tell();
    return isUploaded() && cloud.isQuiet && world.runs.flightsInAir === 0;
  });
}
