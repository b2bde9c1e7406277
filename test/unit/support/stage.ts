import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import { MemoryMessaging } from "#adapters/memory/memory-messaging.ts";
import { MemoryNoticeStore } from "#adapters/memory/memory-notice-store.ts";
import { MemoryObjectLineStore } from "#adapters/memory/memory-object-line-store.ts";
import { MemoryPipelineStore } from "#adapters/memory/memory-pipeline-store.ts";
import { MemoryRunStore } from "#adapters/memory/memory-run-store.ts";
import { MemoryTaskLauncher } from "#adapters/memory/memory-task-launcher.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { TaskSnapshot } from "#core/ports/task-launcher.ts";
import { runIdOf } from "#core/runs/run.ts";
import { dispatchSlice } from "#flow/dispatch/dispatch-slice.ts";
import type { DispatchPorts } from "#flow/dispatch/ports.ts";
import { type IntakePorts, recordTrigger } from "#flow/record-trigger.ts";
import type { SweepPorts } from "#flow/sweep/ports.ts";
import { sweep } from "#flow/sweep/sweep.ts";
import { trackMessage, type TrackPorts } from "#flow/track-task.ts";
import { type Outcome, workRun } from "#flow/work-run.ts";
import { aPipeline, aSite, NOW } from "./builders.ts";
import { Faults } from "./faults.ts";

export const UPLOADS = "uploads";

/** A whole stage in memory: the real use cases over the memory adapters, a clock that stands still, and tasks that the test runs. */
export class Stage {
  readonly faults = new Faults();
  nowMs = NOW.getTime();
  readonly clock = { now: () => new Date(this.nowMs) };
  readonly jobs: MemoryJobStore;
  readonly runs = new MemoryRunStore();
  readonly pipelineStore = new MemoryPipelineStore();
  readonly notices = new MemoryNoticeStore();
  readonly lines = new MemoryObjectLineStore();
  readonly launcher: MemoryTaskLauncher;
  readonly messages = new MemoryMessaging();
  readonly pipelines: Pipelines;
  readonly logged: { level: string; message: string; data?: unknown }[] = [];
  /** Bodies for the task-events queue, oldest first. */
  readonly taskEvents: string[] = [];
  /** Each piece of work that a task did: job id and attempt. */
  readonly performed: string[] = [];
  remainingMs = 30_000;
  random = 0.5;
  #runs = 0;
  #reportsSeen = 0;

  constructor(options: { pipelines?: Pipelines; indexLagMs?: number } = {}) {
    this.pipelines = options.pipelines ?? { images: aPipeline() };
    this.jobs = new MemoryJobStore({ clock: this.clock, indexLagMs: options.indexLagMs ?? 0 });
    this.launcher = new MemoryTaskLauncher({ clock: this.clock });
  }

  get ports(): DispatchPorts & SweepPorts & TrackPorts & IntakePorts {
    const messages = this.faults.wrap(this.messages);
    const note = (level: string) => (message: string, data?: unknown) =>
      void this.logged.push({ level, message, data });
    return {
      jobs: this.faults.wrap(this.jobs),
      runs: this.faults.wrap(this.runs),
      pipelineStore: this.faults.wrap(this.pipelineStore),
      launcher: this.faults.wrap(this.launcher),
      announcements: messages,
      notices: this.faults.wrap(this.notices),
      lines: this.faults.wrap(this.lines),
      mail: messages,
      stage: "test",
      wakeUps: messages,
      quarantine: messages,
      clock: this.clock,
      chance: { random: () => this.random, runId: () => `run-${(this.#runs += 1)}` },
      log: { info: note("info"), warn: note("warn"), error: note("error") },
      pipelines: this.pipelines,
      uploadsBucket: UPLOADS,
      rulePrefix: "slipway-test-",
      site: aSite,
      limits: { maxVcpu: 100 },
      pause: async (milliseconds) => this.advance(milliseconds / 1000),
      remainingMs: () => this.remainingMs,
    };
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  intake(body: string): Promise<{ wake: boolean }> {
    return recordTrigger({ messageId: "m-1", body }, this.ports);
  }

  dispatch(change: Partial<DispatchPorts> = {}): Promise<void> {
    return dispatchSlice({ ...this.ports, ...change });
  }

  track(body: string): Promise<void> {
    return trackMessage({ messageId: "m-1", body }, this.ports);
  }

  sweep(): Promise<void> {
    return sweep(this.ports);
  }

  /** Moves a task on; its event goes into `taskEvents`. */
  change(taskArn: string, change: Partial<TaskSnapshot>): string {
    const event = taskEvent(this.launcher.change(taskArn, change), this.clock.now());
    this.taskEvents.push(event);
    return event;
  }

  /** Our task runner's work at a task, without its beginning and end in ECS. Reports go into `taskEvents`. */
  async work(
    taskArn: string,
    perform: (jobId: string) => Outcome = () => ({ type: "succeeded", result: 1 }),
  ): Promise<void> {
    const task = this.launcher.tasks.find((known) => known.taskArn === taskArn);
    const runId = runIdOf(task?.startedBy) ?? "";
    await workRun(
      {
        runId,
        taskArn,
        jobsAtOnce: () => 1,
        stopping: new AbortController().signal,
        perform: async ({ job, attempt }) => {
          this.performed.push(`${job.jobId}/${attempt}`);
          return perform(job.jobId);
        },
      },
      {
        jobs: this.jobs,
        runs: this.runs,
        reports: this.messages,
        results: { put: async () => undefined },
        clock: this.clock,
        log: this.ports.log,
        inSeconds: () => () => undefined,
      },
    );
    for (const { runId: id, jobIds } of this.messages.reports.slice(this.#reportsSeen)) {
      this.taskEvents.push(JSON.stringify({ type: "jobs-settled", runId: id, jobIds }));
    }
    this.#reportsSeen = this.messages.reports.length;
  }

  /** A task's whole life: it runs, works and stops, with all its events. */
  async runTask(taskArn: string, perform?: (jobId: string) => Outcome): Promise<void> {
    this.change(taskArn, { lastStatus: "RUNNING", startedAt: this.clock.now().toISOString() });
    await this.work(taskArn, perform);
    this.change(taskArn, exited(0, this.clock.now()));
  }

  /** Everything that would happen by itself, until nothing is left to do; each message that fails comes again. */
  async settle(perform?: (jobId: string) => Outcome): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      await this.#again(() => this.dispatch());
      for (const { taskArn, lastStatus } of this.launcher.tasks) {
        if (lastStatus === "PROVISIONING") await this.runTask(taskArn, perform);
      }
      for (const body of this.taskEvents.splice(0)) await this.#again(() => this.track(body));
      await this.#again(() => this.sweep());
      this.advance(60);
      const isQuiet = (await this.runs.listFlights()).length === 0 && (await this.#dueJobs()) === 0;
      if (isQuiet) return;
    }
    throw new Error("The stage does not come to rest.");
  }

  async #dueJobs(): Promise<number> {
    return (await this.jobs.nextDue(Object.keys(this.pipelines))).size;
  }

  async #again(handle: () => Promise<void>): Promise<void> {
    try {
      await handle();
    } catch {
      this.faults.arm(undefined);
      await handle();
    }
  }
}

/** ECS' word that a task is over by its program's exit. */
export function exited(exitCode: number, at: Date): Partial<TaskSnapshot> {
  return {
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    stoppedAt: at.toISOString(),
    containers: [{ name: "main", exitCode }],
  };
}

/** The state-change event of a task as it stands. */
export function taskEvent(task: TaskSnapshot, at: Date): string {
  return JSON.stringify({
    version: "0",
    id: `${task.taskArn}#${task.version}`,
    "detail-type": "ECS Task State Change",
    source: "aws.ecs",
    account: "123456789012",
    time: at.toISOString(),
    region: "us-east-1",
    resources: [task.taskArn],
    detail: task,
  });
}

/** What S3 says of an upload, as it reaches the intake queue. */
export function uploadEvent(key: string, change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "123456789012",
    time: "2026-11-22T20:00:00Z",
    region: "us-east-1",
    resources: [`arn:aws:s3:::${UPLOADS}`],
    detail: {
      version: "0",
      bucket: { name: UPLOADS },
      object: { key, size: 5, etag: "e", "version-id": "v1", sequencer: "617f08299329d189", ...change },
      reason: "PutObject",
    },
  });
}
