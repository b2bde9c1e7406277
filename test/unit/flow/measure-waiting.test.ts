import { describe, expect, it } from "@jest/globals";
import { measureWaiting } from "#flow/measure-waiting.ts";
import { aPipeline } from "../support/builders.ts";

const NOW = new Date("2026-11-22T10:00:00Z");

/** What is recorded while the pipelines' next jobs are due at these times. */
async function recorded(due: Record<string, string | undefined>, paused: readonly string[] = []) {
  const records: unknown[] = [];
  await measureWaiting({
    pipelines: Object.fromEntries(Object.keys(due).map((name) => [name, aPipeline(name)])),
    clock: { now: () => NOW },
    jobs: {
      nextDue: (pipelines) =>
        Promise.resolve(
          new Map(
            pipelines.flatMap((pipeline) => {
              const since = due[pipeline];
              return since === undefined ? [] : [[pipeline, since]];
            }),
          ),
        ),
    },
    pipelineStore: {
      readPipelines: (names) =>
        Promise.resolve(
          new Map(
            names.map((pipeline) => [
              pipeline,
              { pipeline, since: NOW.toISOString(), paused: paused.includes(pipeline) },
            ]),
          ),
        ),
    },
    measures: { record: (values, pipeline) => records.push([values, pipeline]) },
  });
  return records;
}

describe("the wait that sweep tells", () => {
  it("is that of the oldest due job of all pipelines", async () => {
    const due = { images: "2026-11-22T09:59:00Z", scans: "2026-11-22T09:58:00Z" };

    expect(await recorded(due)).toEqual([[{ WaitingSeconds: 120 }, undefined]]);
  });

  it("is told as 0 where nothing waits, since silence would be a breach", async () => {
    expect(await recorded({ images: undefined })).toEqual([[{ WaitingSeconds: 0 }, undefined]]);
  });

  it("is none where the next try is still to come", async () => {
    expect(await recorded({ images: "2026-11-22T10:05:00Z" })).toEqual([[{ WaitingSeconds: 0 }, undefined]]);
  });

  it("leaves out what a person has paused", async () => {
    const due = { images: "2026-11-22T09:00:00Z" };

    expect(await recorded(due, ["images"])).toEqual([[{ WaitingSeconds: 0 }, undefined]]);
  });
});
