import { classifyStop, STOP_REASONS } from "#core/classification/classify-stop.ts";
import { troubleOfTask } from "#core/notices/service-trouble.ts";
import { MAIN_CONTAINER } from "#core/planning/run-request.ts";
import type { Quarantine } from "#core/ports/messaging.ts";
import type { TaskSnapshot, TaskStopper } from "#core/ports/task-launcher.ts";
import { type Run, runIdOf } from "#core/runs/run.ts";
import { isOver, isWithoutRun, observedRun, stoppedRun } from "#core/runs/transitions.ts";
import { runCostUsd } from "#core/settling/run-cost.ts";
import { taskSnapshotOf } from "#core/settling/task-snapshot.ts";
import { TaskStateChange } from "#events/ecs/task-state-change.ts";
import { JobsEnded } from "#events/slipway/jobs-ended.ts";
import { JobsSettled } from "#events/slipway/jobs-settled.ts";
import { z } from "zod";
import { countForGuard } from "./count-for-guard.ts";
import { finishRun, settleReported, type SettlePorts } from "./finish-run.ts";
import { noteNoRoom } from "./note-no-room.ts";
import { tellEnds } from "./tell-ends.ts";
import { moveRun } from "./save.ts";

/** The word of a task or worker of our own. */
const Report = z.discriminatedUnion("type", [JobsSettled, JobsEnded]);
/** What reaches the task-events queue: ECS' state changes, and our own reports. */
export type TaskMessage = TaskStateChange | z.infer<typeof Report>;

export interface FollowPorts extends SettlePorts {
  readonly launcher: TaskStopper;
}

export interface TrackPorts extends FollowPorts {
  readonly quarantine: Quarantine;
}

/** Reads one message of the task-events queue; what nobody can read goes to the dead-letter queue at once. */
export async function trackMessage(
  message: { messageId: string; body: string },
  ports: TrackPorts,
): Promise<void> {
  const body = parse(message.body);
  const parsed = isReport(body) ? Report.safeParse(body) : TaskStateChange.safeParse(body);
  if (parsed.success) return trackTask(parsed.data, ports);
  const reason = `neither a task state change nor a task's report: ${parsed.error.issues[0]?.message ?? "unreadable"}`;
  ports.log.warn("A message was set aside", { messageId: message.messageId, reason });
  await ports.quarantine.set({ ...message, reason });
}

/** Follows one message about a task. Duplicates and stragglers change nothing and repeat what follows. */
export async function trackTask(message: TaskMessage, ports: FollowPorts): Promise<void> {
  if ("type" in message && message.type === "jobs-settled") {
    const { runId, jobIds } = message as JobsSettled;
    const run = await ports.runs.readRun(runId);
    if (run !== undefined) await settleReported(run, jobIds, ports);
    return;
  }
  if ("type" in message && message.type === "jobs-ended")
    return tellEnds((message as JobsEnded).jobIds, ports);
  await followTask(taskSnapshotOf(message as TaskStateChange), ports);
}

/**
 * Writes what ECS says of a run's task. `startedBy` carries the run id, so an event that overtakes dispatch's own write still
 * finds its run. A task that works for no run is stopped: nobody would keep its time.
 */
export async function followTask(task: TaskSnapshot, ports: FollowPorts): Promise<void> {
  const runId = runIdOf(task.startedBy);
  if (runId === undefined) return followOther(task, ports);
  const run = await ports.runs.readRun(runId);
  if (run === undefined)
    ports.log.error("A task of a run that is not on record", { runId, taskArn: task.taskArn });
  if (isStopped(task)) return run === undefined ? undefined : stopRun(run, task, ports);
  if (run === undefined || isWithoutRun(run, task)) return stopStray(runId, task, ports);
  if (isNews(run, task)) await moveRun(ports.runs, run, (current) => observedRun(current, task));
}

async function stopStray(runId: string, task: TaskSnapshot, { launcher, log }: FollowPorts): Promise<void> {
  const { taskArn, desiredStatus } = task;
  if (desiredStatus === "STOPPED") return;
  log.warn("A task without a run is stopped", { runId, taskArn });
  await launcher.stop(taskArn, STOP_REASONS.withoutRun);
}

/** A task of a service, or of somebody's hand: its end is told where a person has to know, and nothing else is done about it. */
async function followOther(
  task: TaskSnapshot,
  { announcements, pipelines, clock }: SettlePorts,
): Promise<void> {
  if (task.lastStatus !== "STOPPED") return;
  const trouble = troubleOfTask(task, pipelines, clock.now());
  if (trouble !== undefined) await announcements.publish([{ type: "Trouble Noticed", trouble }]);
}

/** DescribeTasks goes on to DELETED; events end with STOPPED. */
export function isStopped({ lastStatus }: TaskSnapshot): boolean {
  return lastStatus === "STOPPED" || lastStatus === "DELETED";
}

/** Only what others read is worth a write: that there is a task, and that it runs. */
function isNews(run: Run, task: TaskSnapshot): boolean {
  return run.taskArn === undefined || task.lastStatus === "RUNNING";
}

async function stopRun(run: Run, task: TaskSnapshot, ports: SettlePorts): Promise<void> {
  const pipeline = ports.pipelines[run.pipeline];
  const stoppedAt = task.stoppedAt === undefined ? ports.clock.now() : new Date(task.stoppedAt);
  const began = task.pullStartedAt ?? task.startedAt ?? task.createdAt;
  const exitCode = task.containers.find(({ name }) => name === MAIN_CONTAINER)?.exitCode;
  const result = await moveRun(ports.runs, run, (current) =>
    stoppedRun(current, {
      taskArn: task.taskArn,
      at: stoppedAt,
      verdict: classifyStop({ ...task, mainContainer: MAIN_CONTAINER }),
      ...(task.version === undefined ? {} : { version: task.version }),
      ...(exitCode === undefined ? {} : { exitCode }),
      // What runs on instances costs what the instances cost, which is no run's.
      ...(pipeline?.capacity.type === "ec2"
        ? {}
        : {
            costUsd: runCostUsd({
              size: current.size,
              architecture: pipeline?.architecture ?? "ARM64",
              spot: task.capacityProviderName === "FARGATE_SPOT",
              from: began === undefined ? stoppedAt : new Date(began),
              to: stoppedAt,
            }),
          }),
    }),
  );
  if (result === undefined) return;
  if (result.moved) await heed(result.item, ports);
  if (!isOver(result.item)) {
    ports.log.warn("A second task of a run has stopped; the first one counts", {
      runId: run.runId,
      taskArn: task.taskArn,
    });
    return;
  }
  await finishRun(result.item, ports);
}

/** What a run that has just ended says to the next ones. Nothing waits for its count: without it the guard is a little late. */
async function heed(run: Run, ports: SettlePorts): Promise<void> {
  // One of which dispatch does not know that it was launched is in no count yet.
  const runs = run.lastLaunchError === undefined ? 0 : 1;
  try {
    await countForGuard(run, { runs, usd: run.costUsd ?? 0 }, ports);
  } catch (error) {
    ports.log.warn("A run was not counted for its pipeline's guard", {
      runId: run.runId,
      error: String(error),
    });
  }
  if (run.verdict !== undefined) await noteNoRoom(run, run.verdict, ports);
}

/** ECS' events have no type, but a detail-type. */
function isReport(body: unknown): boolean {
  return typeof body === "object" && body !== null && "type" in body;
}

/** Text that is not JSON is handed on as it is, for the schema to refuse. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
