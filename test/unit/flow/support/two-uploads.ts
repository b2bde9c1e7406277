import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Job } from "#core/jobs/job.ts";
import type { Run } from "#core/runs/run.ts";
import type { Outcome } from "#flow/work-run.ts";
import { announced } from "../../support/announced.ts";
import { must } from "../../support/builders.ts";
import { Stage, UPLOADS, uploadEvent } from "../../support/stage.ts";

/** Two files that one run carries. */
export const KEYS = ["images/a.jpg", "images/b.jpg"];

export function idOf(key: string): string {
  return uploadJobId({ pipeline: "images", bucket: UPLOADS, key, versionId: "v1" });
}

export async function jobOf(stage: Stage, key = "images/a.jpg"): Promise<Job> {
  return must(await stage.jobs.readJob(idOf(key)));
}

export async function runOf(stage: Stage, runId = "run-1"): Promise<Run> {
  return must(await stage.runs.readRun(runId));
}

export async function aStageWithUploads(options?: ConstructorParameters<typeof Stage>[0]): Promise<Stage> {
  const stage = new Stage(options);
  for (const key of KEYS) await stage.intake(uploadEvent(key));
  return stage;
}

/** The two in one run whose task has been started. */
export async function aLaunchedStage(): Promise<{ stage: Stage; taskArn: string }> {
  const stage = await aStageWithUploads();
  await stage.dispatch();
  return { stage, taskArn: must(stage.launcher.tasks[0]).taskArn };
}

export function failed(reason: string, tryAgain: boolean): Outcome {
  return { type: "failed", report: { reason, tryAgain } };
}

/** Brings track everything that the tasks have said. */
export async function follow(stage: Stage): Promise<void> {
  for (const body of stage.taskEvents.splice(0)) await stage.track(body);
}

/** What subscribers know after they have put aside what they had been told before. */
export function told(stage: Stage): string[] {
  return [...new Set(stage.messages.announcements.map(announced))].sort();
}

export const ALL_WELL = [
  `Job Succeeded ${idOf("images/a.jpg")}`,
  `Job Succeeded ${idOf("images/b.jpg")}`,
  "Run Stopped run-1",
].sort();

export function tasksPerRun(stage: Stage): number[] {
  const runs = stage.launcher.tasks.map(({ startedBy = "" }) => startedBy);
  return [...Map.groupBy(runs, (startedBy) => startedBy).values()].map(({ length }) => length);
}
