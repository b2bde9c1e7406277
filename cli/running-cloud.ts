import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const PROJECT_DIR = dirname(dirname(fileURLToPath(import.meta.url)));
const RECORD = join(PROJECT_DIR, ".slipway", "cloud.json");

/** What `npm start` leaves for everybody who talks to its cloud: the deploy plugin and the operator's commands. */
const RunningCloud = z.object({ endpoint: z.url(), pid: z.number().int() });
export type RunningCloud = z.infer<typeof RunningCloud>;

/** The local cloud that runs now, if one does; a record whose process is gone is none. */
export function findRunningCloud(): RunningCloud | undefined {
  try {
    const record = RunningCloud.parse(JSON.parse(readFileSync(RECORD, "utf8")));
    process.kill(record.pid, 0);
    return record;
  } catch {
    return undefined;
  }
}

export function recordRunningCloud(cloud: RunningCloud): void {
  mkdirSync(dirname(RECORD), { recursive: true });
  writeFileSync(RECORD, `${JSON.stringify(cloud, undefined, 2)}\n`);
}

export function forgetRunningCloud(): void {
  rmSync(RECORD, { force: true });
}
