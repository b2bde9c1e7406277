import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import { MemoryMessaging } from "#adapters/memory/memory-messaging.ts";
import { MemoryObjectLineStore } from "#adapters/memory/memory-object-line-store.ts";
import { MemoryPipelineStore } from "#adapters/memory/memory-pipeline-store.ts";
import { MemoryRunStore } from "#adapters/memory/memory-run-store.ts";
import { MemoryTaskLauncher } from "#adapters/memory/memory-task-launcher.ts";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Job } from "#core/jobs/job.ts";
import { newJob } from "#core/jobs/transitions.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { PipelineEntry } from "#core/pipelines/pipeline-entry.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { Run, RunTaskRequest } from "#core/runs/run.ts";
import { dispatchSlice } from "#flow/dispatch/dispatch-slice.ts";
import type { DispatchPorts } from "#flow/dispatch/ports.ts";
import { type FollowPorts, followTask } from "#flow/track-task.ts";
import { type Assignment, type Outcome, workRun } from "#flow/work-run.ts";

const BUCKET = "uploads";
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** How a task stops, as ECS tells it. */
export const OUT_OF_MEMORY = {
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  containers: [
    { name: "main", exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
  ],
} as const satisfies Partial<TaskSnapshot>;
export const KILLED = {
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  containers: [{ name: "main", exitCode: 139 }],
} as const satisfies Partial<TaskSnapshot>;
export const INTERRUPTED = {
  stopCode: "SpotInterruption",
  stoppedReason: "Your Spot Task was interrupted.",
  containers: [{ name: "main", exitCode: 143 }],
} as const satisfies Partial<TaskSnapshot>;
const EXITED = {
  stopCode: "EssentialContainerExited",
  containers: [{ name: "main", exitCode: 0 }],
} as const satisfies Partial<TaskSnapshot>;

/** What a task does with a job; `die` ends the task there and then. */
export type Work = (
  job: Job,
  run: Run,
) => Outcome | { readonly type: "die"; readonly stop: Partial<TaskSnapshot> };
export const succeed: Work = () => ({ type: "succeeded", result: null });

/** One stage over the adapters in memory, with a clock that only the test moves. */
export class MemoryStage {
  now = new Date("2026-11-22T20:00:00.000Z");
  readonly clock = { now: () => this.now };
  readonly jobs = new MemoryJobStore({ clock: this.clock });
  readonly runs = new MemoryRunStore();
  readonly lines = new MemoryObjectLineStore();
  readonly pipelineStore = new MemoryPipelineStore();
  readonly launcher = new MemoryTaskLauncher({ clock: this.clock });
  readonly messaging = new MemoryMessaging();
  readonly pipelines: Pipelines;
  #limits: DispatchPorts["limits"] = { maxVcpu: 100 };
  #runs = 0;

  constructor(options: Partial<Omit<PipelineEntry, "source" | "task">> = {}, source: object = {}) {
    const upload = { type: "upload", prefix: "images/", ...source } as const;
    this.pipelines = definePipelines({
      images: {
        source: "type" in source ? (source as PipelineEntry["source"]) : upload,
        task: "media",
        ...options,
      },
    });
  }

  limit(limits: DispatchPorts["limits"]): void {
    this.#limits = limits;
  }

  pass(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  async upload(key: string, sizeBytes = 1000): Promise<string> {
    const pipeline = this.pipelines["images"];
    if (pipeline === undefined) throw new Error("There is no pipeline images.");
    const object = { bucket: BUCKET, key: `images/${key}`, versionId: "v1" };
    const jobId = uploadJobId({ pipeline: "images", ...object });
    await this.jobs.createJob(
      newJob({ jobId, pipeline, source: { type: "upload", ...object, sizeBytes }, at: this.now }),
    );
    return jobId;
  }

  ports(): DispatchPorts & FollowPorts {
    return {
      jobs: this.jobs,
      runs: this.runs,
      lines: this.lines,
      pipelineStore: this.pipelineStore,
      launcher: this.launcher,
      announcements: this.messaging,
      wakeUps: this.messaging,
      clock: this.clock,
      chance: { random: () => 0.5, runId: () => `run-${String((this.#runs += 1)).padStart(4, "0")}` },
      log: SILENT,
      pipelines: this.pipelines,
      site: {
        cluster: "c",
        networks: { public: { subnets: ["s"], securityGroup: "g", publicAddress: true } },
        capacityProviders: {},
        taskDefinitions: { images: "images:1" },
      },
      limits: this.#limits,
      pause: async (milliseconds) => this.pass(milliseconds / 1000),
      remainingMs: () => 30_000,
    };
  }

  /** One slice of dispatch. @returns the requests with which it called RunTask */
  async dispatch(change: Partial<DispatchPorts> = {}): Promise<readonly RunTaskRequest[]> {
    const before = this.launcher.launches.length;
    await dispatchSlice({ ...this.ports(), ...change });
    return this.launcher.launches.slice(before);
  }

  /**
   * Runs every task that was launched and has not run yet, each to its end. @returns how many jobs each one carried
   * @param beforeStop what happens between a task's last word and the news of its stop, and the ports that the news then meets
   */
  async runTasks(
    work: Work,
    secondsAJob = 1,
    beforeStop: () => Promise<Partial<DispatchPorts>> = async () => ({}),
  ): Promise<number[]> {
    const flights = (await this.runs.listFlights()).filter(({ launched }) => launched);
    const sizes: number[] = [];
    for (const { runId } of flights) {
      const run = await this.runs.readRun(runId);
      if (run?.taskArn === undefined || run.takenBy !== undefined) continue;
      sizes.push(run.manifest.length);
      const stopped = await this.#runTask(run, run.taskArn, work, secondsAJob);
      const met = await beforeStop();
      await followTask(stopped, { ...this.ports(), ...met, launcher: this.launcher });
    }
    return sizes;
  }

  /** Dispatches and runs until nothing is left that moves by itself within an hour. */
  async settle(work: Work): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      await this.dispatch();
      await this.runTasks(work);
      this.pass(60);
    }
  }

  async job(jobId: string): Promise<Job> {
    const job = await this.jobs.readJob(jobId);
    if (job === undefined) throw new Error(`There is no job ${jobId}.`);
    return job;
  }

  async #runTask(run: Run, taskArn: string, work: Work, secondsAJob: number): Promise<TaskSnapshot> {
    const stopping = new AbortController();
    let stop: Partial<TaskSnapshot> = EXITED;
    const perform = async ({ job }: Assignment, taken: Run): Promise<Outcome> => {
      if (stopping.signal.aborted) return { type: "interrupted" };
      this.pass(secondsAJob);
      const outcome = work(job, taken);
      if (outcome.type !== "die") return outcome;
      stop = outcome.stop;
      stopping.abort();
      return { type: "interrupted" };
    };
    await workRun(
      {
        runId: run.runId,
        taskArn,
        jobsAtOnce: ({ size }) => Math.max(1, size.cpu / 1024),
        perform,
        stopping: stopping.signal,
      },
      {
        ...this.ports(),
        results: { put: async () => undefined },
        reports: this.messaging,
        inSeconds: () => () => undefined,
      },
    );
    return this.launcher.change(taskArn, {
      ...stop,
      lastStatus: "STOPPED",
      stoppedAt: this.now.toISOString(),
      startedBy: run.request.startedBy,
    });
  }
}
