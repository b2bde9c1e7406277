import { STOP_REASONS } from "#core/classification/classify-stop.ts";
import type { Verdict } from "#core/classification/failure.ts";
import type { TimeoutPolicy } from "#core/pipelines/pipeline.ts";
import type { TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { isOver, stoppedRun, stopRequestedRun } from "#core/runs/transitions.ts";
import { finishRun } from "../finish-run.ts";
import { inTurn } from "../in-turn.ts";
import { moveRun } from "../save.ts";
import { followTask, isStopped } from "../track-task.ts";
import { isOutOfTime, type SweepPorts, trying } from "./ports.ts";

/** DescribeTasks answers for at most this many. */
const DESCRIBE_AT_ONCE = 100;
/** After RunTask, ECS may not find the task for up to five minutes. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const CONSISTENT_AFTER_MS = 5 * 60_000;

/**
 * Oldest first, from behind the one where the tick before had to stop.
 * @param known is told the tasks that were looked at
 * @returns where this one stops; "" where it has seen all
 */
export async function sweepFlights(behind: string, known: Set<string>, ports: SweepPorts): Promise<string> {
  const launched = (await ports.runs.listFlights()).filter((flight) => flight.launched);
  const flights = inTurn(launched, behind, ({ runId }) => runId);
  let seen = 0;
  while (seen < flights.length) {
    const last = flights[seen - 1];
    if (last !== undefined && isOutOfTime(ports)) return last.runId;
    const some = flights.slice(seen, seen + DESCRIBE_AT_ONCE);
    let count = some.length;
    await trying("Some flights could not be swept", ports, async () => {
      count = await sweepSome(some, known, ports);
    });
    seen += count;
  }
  return "";
}

/** @returns how many there was time for, at least one */
async function sweepSome(flights: readonly Flight[], known: Set<string>, ports: SweepPorts): Promise<number> {
  const runs = await Promise.all(flights.map(({ runId }) => ports.runs.readRun(runId)));
  const arns = runs.flatMap((run) => (run?.taskArn === undefined || isOver(run) ? [] : [run.taskArn]));
  const tasks = new Map(
    (arns.length === 0 ? [] : await ports.launcher.describe(arns)).map((task) => [task.taskArn, task]),
  );
  for (const taskArn of tasks.keys()) known.add(taskArn);
  for (const [index, { runId }] of flights.entries()) {
    if (index > 0 && isOutOfTime(ports)) return index;
    const run = runs[index];
    await trying(`Run ${runId} could not be repaired`, ports, () => {
      // The run is written before its flight: it has expired, and all that could be told is told.
      if (run === undefined) return ports.runs.removeFlight(runId);
      return sweepRun(run, run.taskArn === undefined ? undefined : tasks.get(run.taskArn), ports);
    });
  }
  return flights.length;
}

async function sweepRun(run: Run, task: TaskSnapshot | undefined, ports: SweepPorts): Promise<void> {
  if (isOver(run)) return finishRun(run, ports);
  if (task === undefined) return lostTask(run, ports);
  if (isStopped(task)) return followTask(task, ports);
  await stopIfLate(run, task, ports);
}

/** ECS forgets a task an hour after it stopped: what it does not know any more is over. */
async function lostTask(run: Run, ports: SweepPorts): Promise<void> {
  const now = ports.clock.now();
  // Not from the first launch: ECS may have given no answer for minutes, and made the task just now.
  const since = Date.parse(run.startedAt ?? run.lastLaunchAt ?? run.createdAt);
  const { taskArn } = run;
  if (taskArn === undefined || now.getTime() - since < CONSISTENT_AFTER_MS) return;
  const result = await moveRun(ports.runs, run, (current) =>
    stoppedRun(current, { taskArn, verdict: LOST, at: now }),
  );
  if (result !== undefined && isOver(result.item)) await finishRun(result.item, ports);
}

/** The pipeline has gone from pipelines.ts while its task ran, and with it what it allowed: as much as any may, and an hour to start. */
const REMOVED_TIMEOUT: TimeoutPolicy = { startSeconds: 3600, jobSeconds: 7 * 86_400, runSeconds: 7 * 86_400 };

/** By StopTask with our own reason, so that the stop says timeout and not that somebody else stopped it. */
async function stopIfLate(run: Run, task: TaskSnapshot, ports: SweepPorts): Promise<void> {
  if (task.desiredStatus === "STOPPED") return;
  const why = whyToStop(run, task, ports);
  if (why === undefined) return;
  await moveRun(ports.runs, run, (current) => stopRequestedRun(current, why));
  await ports.launcher.stop(task.taskArn, REASONS[why]);
}

const REASONS = {
  timeout: STOP_REASONS.timeout,
  "start-timeout": STOP_REASONS.startTimeout,
  cancelled: STOP_REASONS.cancelled,
} as const;

function whyToStop(
  run: Run,
  task: TaskSnapshot,
  { pipelines, clock }: SweepPorts,
): keyof typeof REASONS | undefined {
  // Whoever asked for it may have died before ECS heard of it, or have come before there was a task.
  if (run.stopRequestedFor === "cancelled") return "cancelled";
  const { timeout } = pipelines[run.pipeline] ?? { timeout: REMOVED_TIMEOUT };
  const secondsSince = (time: string) => (clock.now().getTime() - Date.parse(time)) / 1000;
  // Its own time and not that of the first RunTask, which may have been throttled for minutes.
  const launchedAt = task.createdAt ?? run.lastLaunchAt ?? run.createdAt;
  const isWaiting =
    task.startedAt === undefined && ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus);
  if (isWaiting && secondsSince(launchedAt) > timeout.startSeconds) return "start-timeout";
  // Our task runner keeps the time of each job; nobody else keeps it for an image that takes no run.
  const isOverdue =
    secondsSince(launchedAt) > timeout.runSeconds ||
    (run.takenBy === undefined &&
      task.startedAt !== undefined &&
      secondsSince(task.startedAt) > timeout.jobSeconds * run.manifest.length);
  return isOverdue ? "timeout" : undefined;
}

const LOST: Verdict = {
  class: "platform",
  retry: "yes",
  reason: "ECS does not know the run's task any more and sent no stop event.",
  advice: "Nothing; the jobs run again.",
};
