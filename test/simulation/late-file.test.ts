import { describe, expect, it } from "@jest/globals";
import { Cloud } from "./world/cloud.ts";
import { simulatedStage } from "./world/pipelines.ts";
import { World } from "./world/world.ts";
import { Workload } from "./world/workload.ts";

const MINUTE_MS = 60_000;
const SCANS = 2000;
const SCAN_EVERY_MS = 20;
const LATE_AT_MS = 4 * MINUTE_MS;
const WORLDS = 5;
const ROOMY_VCPU = 12;
/** The scans have four at most, and a schedule's job has one. */
const ROOMY_TASKS = 8;
const TAKEN_BY_SCANS = 4;
/** From S3 to dispatch: the bus, two queues with their windows, and the pack's own window. */
const PROMPT_MS = 15_000;

/**
 * A folder of scans keeps as many tasks busy as its pipeline may have, when one more file comes. Nothing goes wrong.
 * @returns how long the file waited for its run, and how many runs of scans were written meanwhile
 */
async function lateFile(seed: number, key: string, maxTasks: number) {
  const quotas = { ...simulatedStage.quotas, vcpu: ROOMY_VCPU };
  const stage = { ...simulatedStage, maxTasks, maxVcpu: ROOMY_VCPU, quotas };
  const world = new World({ seed, kinds: new Set(), nature: "good", stage });
  const workload = new Workload(new Cloud(world), 0);
  workload.begin();
  for (let scan = 0; scan < SCANS; scan += 1)
    world.time.after(scan * SCAN_EVERY_MS, () => workload.upload(`scans/${scan}.bin`));
  let jobId: string | undefined;
  world.time.after(LATE_AT_MS, () => (jobId = workload.upload(key)));
  await world.time.run(() => world.time.nowMs > world.startMs + 30 * MINUTE_MS);

  const runs = [...world.runs.allRuns()];
  const its = runs.find(({ manifest }) => manifest.some((entry) => entry.jobId === jobId));
  const uploadedAt = new Date(world.startMs + LATE_AT_MS).toISOString();
  const itsTime = its?.createdAt ?? "9999-12-31T00:00:00.000Z";
  const scansAfter = (from: string, to: string) =>
    runs.filter((run) => run.pipeline === "scans" && run.createdAt > from && run.createdAt < to).length;
  return {
    waitedMs: Date.parse(itsTime) - Date.parse(uploadedAt),
    scansMeanwhile: scansAfter(uploadedAt, itsTime),
    scansLater: scansAfter(itsTime, "9999-12-31T00:00:00.000Z"),
  };
}

describe("A file that comes while a folder of others is worked on", () => {
  it.each(["images/late.bin", "videos/late.bin"])(
    "is on its way at once where there is room: %s",
    async (key) => {
      for (let seed = 1; seed <= WORLDS; seed += 1) {
        const { waitedMs, scansLater } = await lateFile(seed, key, ROOMY_TASKS);

        expect(waitedMs).toBeLessThan(PROMPT_MS);
        expect(scansLater).toBeGreaterThan(0);
      }
    },
  );

  it.each(["images/late.bin", "videos/late.bin"])(
    "is the next to go where every task is taken, whatever waited before it: %s",
    async (key) => {
      const waits: number[] = [];
      for (let seed = 1; seed <= WORLDS; seed += 1) {
        const { waitedMs, scansMeanwhile, scansLater } = await lateFile(seed, key, TAKEN_BY_SCANS);

        waits.push(waitedMs);
        // A slice that was under way had not heard of it.
        expect(scansMeanwhile).toBeLessThanOrEqual(1);
        expect(scansLater).toBeGreaterThan(0);
      }
      // In one world or the other a task has ended just then.
      expect(Math.max(...waits)).toBeGreaterThan(PROMPT_MS);
    },
  );
});
