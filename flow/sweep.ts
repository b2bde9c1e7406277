import { STOP_REASONS } from "#core/classification/classify-stop.ts";
import type { Verdict } from "#core/classification/failure.ts";
import type { TimeoutPolicy } from "#core/pipelines/pipeline.ts";
import type { SweepPosition } from "#core/ports/pipeline-store.ts";
import type { TaskLauncher, TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { isOver, stoppedRun, stopRequestedRun } from "#core/runs/transitions.ts";
import { finishRun, type SettlePorts } from "./finish-run.ts";
import { inTurn } from "./in-turn.ts";
import { reviewNotices, type ReviewPorts } from "./review-notices.ts";
import { reviewSilence } from "./review-silence.ts";
import { moveRun } from "./save.ts";
import { followTask, isStopped } from "./track-task.ts";

export interface SweepPorts extends SettlePorts, Omit<ReviewPorts, "jobs"> {
  readonly launcher: TaskLauncher;
  remainingMs(): number;
}

/** DescribeTasks answers for at most this many. */
const DESCRIBE_AT_ONCE = 100;
/** After RunTask, ECS may not find the task for up to five minutes. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const CONSISTENT_AFTER_MS = 5 * 60_000;
/** The flights leave this much of a tick to one of them that takes long, and to the notices. */
const FLIGHTS_RESERVE_MS = 30_000;
/** Objects put while the very first deploy went on are work. */
const FIRST_DEPLOY_SLACK_MS = 60 * 60_000;

/**
 * Repairs whatever was lost; launches nothing itself. It wakes dispatch first, so that a tick that dies on the way has done so all the
 * same. What a tick has no time for the next one begins with.
 */
export async function sweep(ports: SweepPorts): Promise<void> {
  const { pipelineStore, wakeUps } = ports;
  const isWoken = await trying("Dispatch could not be woken", ports, () => wakeUps.now());
  await trying("The pipelines could not be introduced", ports, () => introducePipelines(ports));
  let position: SweepPosition = { flights: "", notices: "" };
  await trying("It is not known where the last tick stopped", ports, async () => {
    position = await pipelineStore.readSweepPosition();
  });
  const goOn = async (part: keyof SweepPosition, stoppedAt: string): Promise<void> => {
    if (position[part] === stoppedAt) return;
    position = { ...position, [part]: stoppedAt };
    await pipelineStore.saveSweepPosition(position);
  };
  await trying("The flights could not be swept", ports, async () =>
    goOn("flights", await sweepFlights(position.flights, ports)),
  );
  await trying("It was not looked whether work waits in silence", ports, () => reviewSilence(ports));
  await trying("The notices could not be reviewed", ports, async () =>
    goOn("notices", await reviewNotices(position.notices, ports)),
  );
  // Lambda repeats a tick that fails.
  if (!isWoken) await wakeUps.now();
}

/** One repair that fails keeps none of the others from its turn; the next tick comes in five minutes. @returns whether it went well */
async function trying(what: string, { log }: SweepPorts, repair: () => Promise<void>): Promise<boolean> {
  try {
    await repair();
    return true;
  } catch (error) {
    log.error(what, { error: String(error) });
    return false;
  }
}

/** A pipeline's objects count from its first deploy; the deploy writes that time, and where it could not, this does. */
async function introducePipelines({ pipelines, pipelineStore, clock }: SweepPorts): Promise<void> {
  const known = await pipelineStore.readPipelines(Object.keys(pipelines));
  for (const pipeline of Object.keys(pipelines)) {
    if (known.has(pipeline)) continue;
    const since = new Date(clock.now().getTime() - FIRST_DEPLOY_SLACK_MS).toISOString();
    await pipelineStore.introducePipeline({ pipeline, since, paused: false });
  }
}

/** Oldest first, from behind the one where the tick before had to stop. @returns where this one stops; "" where it has seen all */
async function sweepFlights(behind: string, ports: SweepPorts): Promise<string> {
  const launched = (await ports.runs.listFlights()).filter((flight) => flight.launched);
  const flights = inTurn(launched, behind, ({ runId }) => runId);
  let seen = 0;
  while (seen < flights.length) {
    const last = flights[seen - 1];
    if (last !== undefined && isOutOfTime(ports)) return last.runId;
    const some = flights.slice(seen, seen + DESCRIBE_AT_ONCE);
    let count = some.length;
    await trying("Some flights could not be swept", ports, async () => {
      count = await sweepSome(some, ports);
    });
    seen += count;
  }
  return "";
}

function isOutOfTime(ports: SweepPorts): boolean {
  return ports.remainingMs() < FLIGHTS_RESERVE_MS;
}

/** @returns how many there was time for, at least one */
async function sweepSome(flights: readonly Flight[], ports: SweepPorts): Promise<number> {
  const runs = await Promise.all(flights.map(({ runId }) => ports.runs.readRun(runId)));
  const arns = runs.flatMap((run) => (run?.taskArn === undefined || isOver(run) ? [] : [run.taskArn]));
  const tasks = new Map(
    (arns.length === 0 ? [] : await ports.launcher.describe(arns)).map((task) => [task.taskArn, task]),
  );
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

/** By StopTask with our own reason, so that the stop says timeout and not that a person cancelled it. */
async function stopIfLate(run: Run, task: TaskSnapshot, ports: SweepPorts): Promise<void> {
  const { timeout } = ports.pipelines[run.pipeline] ?? { timeout: REMOVED_TIMEOUT };
  if (task.desiredStatus === "STOPPED") return;
  const secondsSince = (time: string) => (ports.clock.now().getTime() - Date.parse(time)) / 1000;
  // Its own time and not that of the first RunTask, which may have been throttled for minutes.
  const launchedAt = task.createdAt ?? run.lastLaunchAt ?? run.createdAt;
  const isWaiting =
    task.startedAt === undefined && ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus);
  // Our task runner keeps the time of each job; nobody else keeps it for an image that takes no run.
  const isOverdue =
    secondsSince(launchedAt) > timeout.runSeconds ||
    (run.takenBy === undefined &&
      task.startedAt !== undefined &&
      secondsSince(task.startedAt) > timeout.jobSeconds * run.manifest.length);
  const why =
    isWaiting && secondsSince(launchedAt) > timeout.startSeconds
      ? "startTimeout"
      : isOverdue
        ? "timeout"
        : undefined;
  if (why === undefined) return;
  await moveRun(ports.runs, run, (current) =>
    stopRequestedRun(current, why === "timeout" ? "timeout" : "start-timeout"),
  );
  await ports.launcher.stop(task.taskArn, STOP_REASONS[why]);
}

const LOST: Verdict = {
  class: "platform",
  retry: "yes",
  reason: "ECS does not know the run's task any more and sent no stop event.",
  advice: "Nothing; the jobs run again.",
};
