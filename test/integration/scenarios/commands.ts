import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "@jest/globals";
import { requestJobId } from "#core/jobs/job-id.ts";
import type { Job } from "#core/jobs/job.ts";
import type { Run } from "#core/runs/run.ts";
import { OPERATOR_ENVIRONMENT } from "../../../cli/deploy-local.ts";
import type { JobView } from "../../../cli/job-view.ts";
import { PROJECT_DIR } from "../../../cli/running-cloud.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { eventually } from "../support/eventually.ts";
import { endOf, jobThat, runsOf } from "../support/jobs.ts";
import { sample, upload } from "../support/uploads.ts";

/** Time enough to stop a task before it begins, or to begin to watch it. */
const LONG_START_MS = 30_000;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function commands(service: DeployedService): void {
  /** `npx slipway`, as at a terminal. */
  const slipway = (args: readonly string[], stage = "local"): Promise<Said> =>
    new Promise((resolve) => {
      const env = {
        ...OPERATOR_ENVIRONMENT,
        HOME: process.env["HOME"],
        // npm has things of its own to say, which are not ours.
        npm_config_loglevel: "error",
        PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
      };
      const where = ["--endpoint-url", service.cloud.endpoint, "--stage", stage];
      execFile("npx", ["slipway", ...where, ...args], { cwd: PROJECT_DIR, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  const file = (name: string): string => join(PROJECT_DIR, "samples", "files", name);
  const oneSentence = (text: RegExp) => ({ code: 1, stdout: "", stderr: expect.stringMatching(text) });

  describe("npx slipway", () => {
    test("upload --watch shows what became of a file, and jobs, job and logs tell of it", async () => {
      const watched = await slipway(["upload", file("hills.webp"), "--watch", "--json"]);
      const [uploaded] = JSON.parse(watched.stdout) as JobView[];
      const jobId = uploaded?.jobId ?? "";
      const [jobs, job, story, logs] = await Promise.all([
        slipway(["jobs", "--json", "--pipeline", "images"]),
        slipway(["job", jobId, "--json"]),
        slipway(["job", jobId]),
        slipway(["logs", jobId]),
      ]);

      expect(watched.code).toBe(0);
      expect(uploaded).toMatchObject({ state: "SUCCEEDED", source: { key: "images/hills.webp" } });
      expect((JSON.parse(jobs.stdout) as JobView[]).map((listed) => listed.jobId)).toContain(jobId);
      expect(JSON.parse(job.stdout)).toMatchObject({
        jobId,
        pipeline: "images",
        state: "SUCCEEDED",
        source: {
          type: "upload",
          bucket: service.outputs.UploadsBucket,
          key: "images/hills.webp",
          sizeBytes: expect.any(Number),
        },
        attempts: [{ runId: expect.any(String), taskArn: expect.any(String), outcome: "succeeded" }],
        createdAt: expect.any(String),
        endedAt: expect.any(String),
        result: { kind: "image", format: "webp" },
      });
      expect(story.stdout).toMatch(/^Pipeline\s+images$/m);
      expect(story.stdout).toMatch(/^State\s+SUCCEEDED$/m);
      expect(logs.stdout).toContain(jobId);
      for (const said of [jobs, job, story, logs]) expect(said).toMatchObject({ code: 0, stderr: "" });
    });

    test("submit asks for a job, which with the same key is the same job, and watch tells each of its moves", async () => {
      const request = [
        "submit",
        "inventory",
        "--input",
        '{"why":"a test"}',
        "--idempotency-key",
        "by-hand",
        "--json",
      ];
      const asked = await slipway(request);
      const { jobId } = JSON.parse(asked.stdout) as { jobId: string };
      const again = await slipway([...request, "--watch"]);
      const watched = await slipway(["watch", jobId, "--json"]);
      const [last] = watched.stdout.trim().split("\n").slice(-1);

      expect(asked).toMatchObject({ code: 0, stderr: "" });
      expect(jobId).toBe(requestJobId({ pipeline: "inventory", idempotencyKey: "by-hand" }));
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({
        jobId,
        state: "SUCCEEDED",
        source: { type: "request", input: { why: "a test" } },
        attempts: [{ outcome: "succeeded" }],
      });
      expect(watched.code).toBe(0);
      expect(JSON.parse(last ?? "")).toMatchObject({ jobId, state: "SUCCEEDED", attempts: [{}] });
    });

    test("watch without a name follows whatever is under way until all of it has ended", async () => {
      const usual = (await service.cloud.control("tasks", "settings")) as { startDelayMs: number };
      await service.cloud.control("tasks", "settings", { startDelayMs: LONG_START_MS });
      const { jobId } = await upload(service, "images/commands/watched.jpg", sample("bay.jpg"));
      await jobThat(service, jobId, "is under way", ({ state }) => state === "STARTING");

      const said = await slipway(["watch", "--pipeline", "images", "--json"]);
      await service.cloud.control("tasks", "settings", { startDelayMs: usual.startDelayMs });

      const moves = said.stdout.split("\n").filter((line) => line.includes(jobId));
      expect(moves.length).toBeGreaterThan(0);
      expect(JSON.parse(moves.at(-1) ?? "")).toMatchObject({ jobId, state: "SUCCEEDED" });
    });

    test.each([
      [["submit", "nothing"], /^There is no pipeline "nothing"; there are: images, .+\n$/],
      [["submit", "inventory", "--input", "{why}"], /^--input is not JSON: .+ Quote it for the shell, .+\n$/],
      [["submit", "inventory", "--idempotency-key", ""], /^The idempotencyKey is not usable: .+\n$/],
      [
        ["submit", "inventory", "--input", "[".repeat(40) + "]".repeat(40)],
        /^The input \(at most 256 KB\) is too long, nested too deeply, or has a number beyond 2\^53 or nearer to zero than 1e-130; .+\n$/,
      ],
    ])("%j is refused in one sentence before anything is sent", async (args, sentence) => {
      expect(await slipway(args)).toEqual({ code: 2, stdout: "", stderr: expect.stringMatching(sentence) });
    });

    test("cost says what the runs of today cost, and what the stage costs when nothing happens", async () => {
      const [spent, idle] = await Promise.all([
        slipway(["cost", "--json"]),
        slipway(["cost", "--idle", "--json"]),
      ]);

      expect(JSON.parse(spent.stdout)).toMatchObject({
        days: expect.arrayContaining([
          expect.objectContaining({ pipeline: "images", runs: expect.any(Number), usd: expect.any(Number) }),
        ]),
      });
      expect(JSON.parse(idle.stdout)).toMatchObject({
        lines: expect.arrayContaining([{ item: "encryption key", usd: 1 }]),
        unknownTypes: [],
      });
      for (const said of [spent, idle]) expect(said.code).toBe(0);
    });

    test("jobs lists the failures that are asked for", async () => {
      const { jobId } = await upload(service, "images/commands/empty.jpg", Buffer.alloc(0));
      await endOf(service, jobId);

      const { stdout } = await slipway(["jobs", "--state", "failed", "--json"]);

      const jobs = JSON.parse(stdout) as JobView[];
      expect(jobs.map((job) => job.jobId)).toContain(jobId);
      expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(["FAILED"]));
    });

    test("upload --watch of a bad file says why it failed, with exit code 1", async () => {
      const said = await slipway(["upload", file("truncated.jpg"), "--watch"]);

      expect(said.code).toBe(1);
      expect(said.stdout).toMatch(/images\/truncated\.jpg\s+FAILED.+application: The file ends early/);
    });

    test("retry gives a failed job another attempt, which is recorded beside the first", async () => {
      const { jobId } = await upload(service, "images/commands/fails-twice.jpg", Buffer.alloc(0));
      const failed = await endOf(service, jobId);

      const said = await slipway(["retry", jobId]);
      const again: Job = await jobThat(
        service,
        jobId,
        "fails again",
        (job) => job.attempts[1]?.outcome !== undefined,
      );

      expect(failed).toMatchObject({ state: "FAILED", attempts: [{ outcome: "application" }] });
      expect(said).toEqual({ code: 0, stdout: `Job ${jobId} is RUNNABLE.\n`, stderr: "" });
      expect(again.attempts.map(({ outcome }) => outcome)).toEqual(["application", "application"]);
    });

    test("retry leads a job to success whose task somebody had stopped; after that there is nothing to retry", async () => {
      const usual = (await service.cloud.control("tasks", "settings")) as { startDelayMs: number };
      await service.cloud.control("tasks", "settings", { startDelayMs: LONG_START_MS });
      const { jobId } = await upload(service, "images/commands/stopped.jpg", sample("bay.jpg"));
      const [run] = await eventually(
        "a task starts for it",
        () => runsOf(service, jobId),
        ([first]) => first?.taskArn !== undefined,
      );
      await service.cloud.control("tasks", "settings", { startDelayMs: usual.startDelayMs });
      const stop = { cluster: service.outputs.Cluster, task: run?.taskArn, reason: "Second thoughts" };
      await service.ecs.send(new StopTaskCommand(stop));
      const failed = await endOf(service, jobId);

      const said = await slipway(["retry", jobId]);
      const job = await jobThat(service, jobId, "succeeds", ({ state }) => state === "SUCCEEDED");

      expect(failed).toMatchObject({
        state: "FAILED",
        attempts: [{ outcome: "cancelled" }],
        failure: { class: "cancelled", reason: expect.stringContaining("Second thoughts") },
      });
      expect(said).toEqual({ code: 0, stdout: `Job ${jobId} is RUNNABLE.\n`, stderr: "" });
      expect(job.attempts.map(({ outcome }) => outcome)).toEqual(["cancelled", "succeeded"]);
      expect(await slipway(["retry", jobId])).toEqual(oneSentence(/^Job \w+ is SUCCEEDED; only .+\n$/));
    });

    test("cancel stops the task of a job that it carries alone; when that has ended, retry runs the job", async () => {
      const usual = (await service.cloud.control("tasks", "settings")) as { startDelayMs: number };
      await service.cloud.control("tasks", "settings", { startDelayMs: LONG_START_MS });
      const { jobId } = await upload(service, "images/commands/cancelled.jpg", sample("bay.jpg"));
      const runThat = (is: string, isWanted: (run: Run | undefined) => boolean) =>
        eventually(
          is,
          () => runsOf(service, jobId),
          ([first]) => isWanted(first),
        );
      await runThat("a task starts for it", (run) => run?.taskArn !== undefined);
      await service.cloud.control("tasks", "settings", { startDelayMs: usual.startDelayMs });

      const said = await slipway(["cancel", jobId]);
      const [stopped] = await runThat("its task has stopped", (run) => run?.state === "STOPPED");
      const retried = await slipway(["retry", jobId]);
      const job = await jobThat(service, jobId, "succeeds", ({ state }) => state === "SUCCEEDED");

      expect(said).toEqual({ code: 0, stdout: `Job ${jobId} is CANCELLED.\n`, stderr: "" });
      expect(stopped).toMatchObject({ stopRequestedFor: "cancelled", verdict: { class: "cancelled" } });
      expect(retried).toEqual({ code: 0, stdout: `Job ${jobId} is RUNNABLE.\n`, stderr: "" });
      expect(job.attempts.map(({ outcome }) => outcome)).toEqual(["cancelled", "succeeded"]);
    });

    test.each([[["job", "0123"]], [["logs", "0123"]], [["retry", "0123"]], [["cancel", "0123"]]])(
      "%j of a job that is not there says so in one sentence",
      async (args) => {
        expect(await slipway(args)).toEqual(oneSentence(/^There is no job "0123" on stage local; .+\n$/));
      },
    );

    test("says in one sentence that a stage is not deployed", async () => {
      const said = await slipway(["jobs"], "nowhere");

      expect(said).toEqual(oneSentence(/^Stage "nowhere" is not deployed; deploy it with: .+\n$/));
    });

    test("pause holds a pipeline's jobs back until resume; one that is cancelled meanwhile is never begun", async () => {
      const paused = await slipway(["pause", "images"]);
      const patient = await upload(service, "images/commands/patient.jpg", sample("bay.jpg"));
      const unwanted = await upload(service, "images/commands/unwanted.jpg", sample("bay.jpg"));
      await jobThat(service, unwanted.jobId, "is recorded", () => true);
      const listed = await slipway(["pipelines", "--json"]);
      const cancelled = await slipway(["cancel", unwanted.jobId]);
      const waiting = await service.operator.jobs.readJob(patient.jobId);
      const resumed = await slipway(["resume", "images"]);

      expect([paused.code, resumed.code]).toEqual([0, 0]);
      expect(JSON.parse(listed.stdout)).toContainEqual(
        expect.objectContaining({ name: "images", paused: true }),
      );
      expect(cancelled).toEqual({ code: 0, stdout: `Job ${unwanted.jobId} is CANCELLED.\n`, stderr: "" });
      expect(waiting).toMatchObject({ state: "RUNNABLE", attempts: [] });
      expect(await endOf(service, patient.jobId)).toMatchObject({ state: "SUCCEEDED" });
      expect(await service.operator.jobs.readJob(unwanted.jobId)).toMatchObject({
        state: "CANCELLED",
        attempts: [],
        failure: { class: "cancelled" },
      });
      expect(await slipway(["cancel", unwanted.jobId])).toEqual(
        oneSentence(/^Job \w+ is CANCELLED already\.\n$/),
      );
    });
  });
}
