import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const PROJECT_DIR = dirname(dirname(fileURLToPath(import.meta.url)));
export const CLOUDS_FILE = join(PROJECT_DIR, ".slipway", "clouds.json");

/** What `npm start` leaves for everybody who talks to its cloud: the deploy plugin and the operator's commands. */
const RunningCloud = z.object({ endpoint: z.url(), pid: z.number().int() });
export type RunningCloud = z.infer<typeof RunningCloud>;

/** The local clouds that run now, the last started first; a record whose process is gone is none. */
export function runningClouds(file = CLOUDS_FILE): RunningCloud[] {
  try {
    return z
      .array(RunningCloud)
      .parse(JSON.parse(readFileSync(file, "utf8")))
      .filter(isAlive);
  } catch {
    return [];
  }
}

export function recordRunningCloud(cloud: RunningCloud, file = CLOUDS_FILE): void {
  record(file, [cloud, ...others(cloud.pid, file)]);
}

/** Another cloud that runs from this clone keeps its record. */
export function forgetRunningCloud(pid: number, file = CLOUDS_FILE): void {
  record(file, others(pid, file));
}

function others(pid: number, file: string): RunningCloud[] {
  return runningClouds(file).filter((cloud) => cloud.pid !== pid);
}

function record(file: string, clouds: readonly RunningCloud[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(clouds, undefined, 2)}\n`);
}

function isAlive({ pid }: RunningCloud): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
