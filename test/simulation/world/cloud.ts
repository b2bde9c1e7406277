import type { Pipelines } from "#core/pipelines/pipeline.ts";
import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import type { FailureEvent } from "#core/notices/failure.ts";
import type { Announcement } from "#core/ports/messaging.ts";
import type { TaskSnapshot } from "#core/ports/task-launcher.ts";
import { runIdOf, type RunTaskRequest } from "#core/runs/run.ts";
import { Ecs } from "../aws/ecs.ts";
import { FifoQueue } from "../aws/fifo-queue.ts";
import { StandardQueue } from "../aws/standard-queue.ts";
import { eventOf, jobFailed, runStopped, troubleNoticed } from "./events.ts";
import { Functions } from "./functions.ts";
import { programOf } from "./programs.ts";
import type { World } from "./world.ts";

const VISIBILITY_MS = 180_000;
/** TaskStateRule lets no other through. */
const NEWS: ReadonlySet<string> = new Set(["PROVISIONING", "RUNNING", "STOPPED"]);

/** The service as it is deployed: queues, functions, rules and ECS, put together as infrastructure/ and functions/ do it. */
export class Cloud {
  readonly world: World;
  readonly ecs: Ecs;
  readonly intakeQueue: StandardQueue;
  readonly taskEventsQueue: StandardQueue;
  readonly wakeQueue: StandardQueue;
  readonly dispatchQueue: FifoQueue;
  readonly functions: Functions;
  #notifying = 0;

  constructor(world: World) {
    this.world = world;
    const { laws, sabotage } = world;
    this.functions = new Functions(this);
    const { functions } = this;
    const workQueue = {
      ...laws,
      visibilityMs: VISIBILITY_MS,
      maxReceives: 5,
      batchSize: 100,
      windowMs: 1000,
    };
    this.intakeQueue = new StandardQueue({
      ...workQueue,
      name: "intake",
      concurrency: 10,
      consumer: (messages) => functions.intake(messages),
    });
    this.taskEventsQueue = new StandardQueue({
      ...workQueue,
      name: "task-events",
      concurrency: 10,
      consumer: (messages) => functions.track(messages),
    });
    this.wakeQueue = new StandardQueue({
      ...laws,
      name: "wake",
      visibilityMs: 60_000,
      maxReceives: 5,
      batchSize: 10,
      windowMs: 0,
      concurrency: 10,
      consumer: () => functions.wake(),
    });
    this.dispatchQueue = new FifoQueue({
      ...laws,
      name: "dispatch",
      delayMs: 3000,
      visibilityMs: 90_000,
      maxReceives: 3,
      batchSize: 10,
      consumer: () => functions.dispatch(sabotage.dispatchers ?? 1),
    });
    this.ecs = new Ecs({
      laws,
      quotas: world.stage.quotas,
      programOf: (taskDefinition) => programOf(taskDefinition, this),
      vcpuOf: (request) => vcpuOfRequest(request, world.stage.pipelines),
      emit: (task) => this.#emit(task),
      observer: {
        runTaskCalled: (request) => world.runTaskCalled(request),
        taskMade: (task) => {
          world.launchRules.taskMade(task.snapshot.taskArn, task.request);
          world.planRules.taskMade(runIdOf(task.request.startedBy) ?? "");
        },
        befallen: ({ startedBy }) => world.befallen.add(runIdOf(startedBy) ?? ""),
        roomLacked: (request, what) => world.launchRules.roomLacked(request, what),
        taskStopped: (task, { stopCode }) => {
          world.launchRules.taskStopped(task.snapshot.taskArn);
          if (stopCode === "SpotInterruption") world.interrupted.add(runIdOf(task.request.startedBy) ?? "");
        },
      },
    });
  }

  /** Whether anything is still on its way. */
  get isQuiet(): boolean {
    const queues = [this.intakeQueue, this.taskEventsQueue, this.dispatchQueue];
    return (
      queues.every(({ length }) => length === 0) &&
      this.world.bus.onTheWay === 0 &&
      this.#notifying === 0 &&
      this.ecs.living === 0
    );
  }

  announce(announcement: Announcement): void {
    if (announcement.type === "Run Stopped") {
      // As FailureRule: only the ends that no rule explains.
      const event = runStopped(announcement.run, this.world.time.now());
      if (event.detail.class === "unknown") this.#notify(event);
      return;
    }
    if (announcement.type === "Trouble Noticed")
      return this.#notify(troubleNoticed(announcement.trouble, this.world.time.now()));
    if (announcement.type === "Pipeline Paused") return this.#letResume(announcement.pause.pipeline);
    const { job } = announcement;
    this.world.noticeRules.published(job.jobId);
    this.world.history.note(() => ({ actor: "bus", what: announcement.type, jobId: job.jobId }));
    if (announcement.type === "Job Failed") this.#notify(jobFailed(job, this.world.time.now()));
  }

  /** Somebody reads the guard's mail, and finds that all is well. */
  #letResume(pipeline: string): void {
    const { world } = this;
    world.time.after(world.laws.random.between(1, 5) * 60_000, () => {
      world.planRules.resumed(pipeline);
      void world.pipelineStore.setPaused(pipeline, false);
    });
  }

  #notify(event: FailureEvent): void {
    this.world.bus.deliver(() => {
      this.#notifying += 1;
      void this.functions.notify(event).finally(() => (this.#notifying -= 1));
    }, "at-least-once");
  }

  /** S3, a schedule or an application speaks; the rule hands it to the intake queue. */
  toIntake(event: object, guarantee: "may-be-lost" | "at-least-once"): void {
    const body = JSON.stringify(event);
    const { bus, sabotage } = this.world;
    bus.deliver(() => this.intakeQueue.send(sabotage.intakeBody?.(body, this.world) ?? body), guarantee);
  }

  #emit(task: TaskSnapshot): void {
    if (task.lastStatus === "DEPROVISIONING") this.world.workRules.taskEnded(task.taskArn);
    if (!NEWS.has(task.lastStatus)) return;
    const body = JSON.stringify(eventOf("ECS Task State Change", "aws.ecs", this.world.time.now(), task));
    const { bus, sabotage } = this.world;
    bus.deliver(
      () => this.taskEventsQueue.send(sabotage.taskEventBody?.(body, this.world) ?? body),
      "may-be-lost",
    );
  }
}

function vcpuOfRequest({ taskDefinition, overrides }: RunTaskRequest, pipelines: Pipelines): number {
  if (overrides.cpu !== undefined) return Number(overrides.cpu) / 1024;
  const name = taskDefinition.replace(/^.*\/simulation-/, "").replace(/:\d+$/, "");
  const pipeline = pipelines[name];
  if (pipeline === undefined) throw new Error(`No pipeline has the task definition ${taskDefinition}.`);
  return vcpuOf(pipeline.size);
}
