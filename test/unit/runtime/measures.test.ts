import { describe, expect, it } from "@jest/globals";
import type { TaskStarter } from "#core/ports/task-launcher.ts";
import type { Measures } from "#core/ports/measures.ts";
import { countedAnnouncements, countedLauncher } from "#runtime/measures.ts";
import { aJob, aSite, aPipeline } from "../support/builders.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";

function noted(): { records: unknown[]; measures: Measures } {
  const records: unknown[] = [];
  return { records, measures: { record: (values, pipeline) => records.push([pipeline, values]) } };
}

const pipeline = aPipeline();
const request = runTaskRequest({ runId: "r", pipeline, jobs: [], size: pipeline.size, spot: false }, aSite);

function launcherThatAnswers(result: Awaited<ReturnType<TaskStarter["launch"]>>): TaskStarter {
  return { launch: () => Promise.resolve(result) };
}

describe("what is counted", () => {
  it("are the ends that were published, of the stage and of each pipeline", async () => {
    const { records, measures } = noted();
    const announcements = countedAnnouncements({ publish: () => Promise.resolve() }, measures);

    await announcements.publish([
      { type: "Job Succeeded", job: aJob() },
      { type: "Job Failed", job: aJob() },
      { type: "Job Succeeded", job: aJob({ pipeline: "scans" }) },
    ]);

    expect(records).toEqual([
      [undefined, { JobsSucceeded: 2, JobsFailed: 1 }],
      ["images", { JobsSucceeded: 1, JobsFailed: 1 }],
      ["scans", { JobsSucceeded: 1 }],
    ]);
  });

  it("is nothing that could not be published", async () => {
    const { records, measures } = noted();
    const announcements = countedAnnouncements(
      { publish: () => Promise.reject(new Error("EventBridge is away")) },
      measures,
    );

    await expect(announcements.publish([{ type: "Job Failed", job: aJob() }])).rejects.toThrow("away");
    expect(records).toEqual([]);
  });

  it.each([
    [{ type: "failed", failures: [{ reason: "RESOURCE:ENI" }] } as const],
    [{ type: "refused", errorName: "ThrottlingException", message: "" } as const],
    [{ type: "unknown", errorName: "TimeoutError", message: "" } as const],
  ])("of a launch that came to %j is a failed launch", async (result) => {
    const { records, measures } = noted();

    await countedLauncher(launcherThatAnswers(result), measures).launch(request);

    expect(records).toEqual([[undefined, { LaunchesFailed: 1 }]]);
  });

  it.each([
    [{ type: "launched", taskArn: "arn", lastStatus: "PROVISIONING" } as const],
    [{ type: "conflict", taskArns: ["arn"] } as const],
  ])("is nothing of a launch that came to %j, for there is a task", async (result) => {
    const { records, measures } = noted();

    await countedLauncher(launcherThatAnswers(result), measures).launch(request);

    expect(records).toEqual([]);
  });
});
