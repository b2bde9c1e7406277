import { beforeEach, describe, expect, it } from "@jest/globals";
import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import { MemoryPipelineStore } from "#adapters/memory/memory-pipeline-store.ts";
import { pipelines } from "#pipelines";
import { systemClock } from "#runtime/system.ts";
import { refuseWithoutPipeline } from "../../../cli/commands/control.ts";
import { pipelinesOnRecord } from "../../../cli/commands/jobs.ts";
import { outcomeOf } from "../../../cli/doctor/check.ts";
import type { Ground } from "../../../cli/doctor/ground.ts";
import { removedPipelines } from "../../../cli/doctor/work-checks.ts";
import { aJob, later } from "../support/builders.ts";

const present = Object.keys(pipelines);

let jobs: MemoryJobStore;
let pipelineStore: MemoryPipelineStore;
beforeEach(async () => {
  jobs = new MemoryJobStore({ clock: systemClock });
  pipelineStore = new MemoryPipelineStore();
  await pipelineStore.noteKnownPipelines({ images: "", scans: "" });
});

describe("work of a pipeline that was removed", () => {
  it("is listed among the jobs of those that there are, and by the pipeline's name", async () => {
    expect(await pipelinesOnRecord(undefined, { pipelineStore })).toEqual([...present, "scans"]);
    expect(await pipelinesOnRecord("scans", { pipelineStore })).toEqual(["scans"]);
    expect(await pipelinesOnRecord("images", { pipelineStore })).toEqual(["images"]);
    await expect(pipelinesOnRecord("never", { pipelineStore })).rejects.toThrow(
      'There is no pipeline "never"; there are: images,',
    );
  });

  it("is not tried again before the pipeline is back", () => {
    expect(() => refuseWithoutPipeline(aJob({ jobId: "0123", pipeline: "scans" }))).toThrow(
      'Pipeline "scans" of job 0123 is not in pipelines.ts any more; put it back and deploy first, then retry the job.',
    );
    expect(() => refuseWithoutPipeline(aJob())).not.toThrow();
  });

  it("is what doctor warns of while it waits, whether it is due now or later", async () => {
    const look = async () => {
      const ground = { operator: { jobs, pipelineStore } } as unknown as Ground;
      return outcomeOf(removedPipelines, ground);
    };
    const toDo = "They fail an hour after its removal; put it back and deploy to have them done.";
    const warnings = (words: string) => ({
      check: "removed pipelines",
      state: "checked",
      findings: [
        {
          severity: "warning",
          what: `${words} for pipeline scans, which is not in pipelines.ts any more.`,
          toDo,
        },
      ],
    });
    await jobs.createJob(aJob());
    expect(await look()).toMatchObject({ state: "checked", findings: [] });

    const notBefore = later(60 * 60, new Date()).toISOString();
    await jobs.createJob(aJob({ jobId: "later", pipeline: "scans", notBefore }));
    expect(await look()).toEqual(warnings("1 job waits"));

    await jobs.createJob(aJob({ jobId: "now", pipeline: "scans" }));
    expect(await look()).toEqual(warnings("2 jobs wait"));

    for (let index = 0; index < 99; index += 1)
      await jobs.createJob(aJob({ jobId: `more-${index}`, pipeline: "scans" }));
    expect(await look()).toEqual(warnings("100 or more jobs wait"));
  });
});
