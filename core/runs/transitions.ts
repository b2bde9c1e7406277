import type { Verdict } from "../classification/failure.ts";
import type { Run } from "./run.ts";

/*
 * Every way in which a run may move; undefined where it may not. Like a job's, each move is one conditional write.
 */

/** A run that is over for good: nothing may launch, take or stop it any more. */
export function isOver(run: Run): boolean {
  return run.state === "STOPPED" || run.state === "GIVEN_UP";
}

/** dispatch, before each RunTask: the time of the first call bounds how long it may be repeated. */
export function launchingRun(run: Run, at: Date): Run | undefined {
  if (run.state !== "PLANNED") return undefined;
  const { nextLaunchAt: _, ...rest } = run;
  const lastLaunchAt = at.toISOString();
  return next(rest, {
    launches: run.launches + 1,
    firstLaunchAt: run.firstLaunchAt ?? lastLaunchAt,
    lastLaunchAt,
  });
}

/**
 * dispatch: ECS has a task for the run. A run that its task has taken already keeps its state and learns the ARN; what went wrong
 * before is forgotten, so that an error on record means that dispatch does not know.
 */
export function launchedRun(run: Run, task: { taskArn: string; lastStatus: string }): Run | undefined {
  const isKnown = run.taskArn === task.taskArn && run.lastLaunchError === undefined;
  if (isOver(run) || isKnown) return undefined;
  const { nextLaunchAt: _, lastLaunchError: __, ...rest } = run;
  return next(rest, {
    state: run.state === "PLANNED" ? "LAUNCHED" : run.state,
    taskArn: run.taskArn ?? task.taskArn,
    lastStatus: run.lastStatus ?? task.lastStatus,
  });
}

/** dispatch: this try came to nothing; the same bytes are sent again at `nextLaunchAt`. */
export function postponedRun(
  run: Run,
  nextLaunchAt: Date,
  why: { error: string; isRefusal: boolean; unsettled?: Run["unsettled"] | undefined },
): Run | undefined {
  if (run.state !== "PLANNED") return undefined;
  const { error, isRefusal, unsettled } = why;
  return next(run, {
    nextLaunchAt: nextLaunchAt.toISOString(),
    lastLaunchError: error,
    ...(isRefusal ? { refusals: (run.refusals ?? 0) + 1 } : {}),
    ...(unsettled === undefined ? {} : { unsettled }),
  });
}

/** Whether nothing was launched, for certain: what is unknown, or was cut short before it was written down, may have worked. */
export function isWithoutTask(run: Run): boolean {
  return run.state === "PLANNED" && run.taskArn === undefined && run.launches === (run.refusals ?? 0);
}

/** The launch stays unknown or impossible; a task of this run that starts later finds this and leaves. */
export function givenUpRun(run: Run, verdict: Verdict, at: Date): Run | undefined {
  if (run.state !== "PLANNED") return undefined;
  const { nextLaunchAt: _, ...rest } = run;
  return next(rest, { state: "GIVEN_UP", verdict, stoppedAt: at.toISOString() });
}

/** The task: takes the run, unless a task has taken it before or it is over. */
export function takeRun(run: Run, taskArn: string, at: Date): Run | undefined {
  if (isOver(run) || run.takenBy !== undefined) return undefined;
  return next(run, {
    state: "TAKEN",
    takenBy: taskArn,
    // Where a second task of the run came first, that one is the run's task from now on.
    taskArn,
    startedAt: at.toISOString(),
  });
}

/** track: what ECS says of the task, if it is news: versions only rise, duplicates carry the same one. */
export function observedRun(
  run: Run,
  task: { taskArn: string; lastStatus: string; version?: number },
): Run | undefined {
  if (isOver(run) || !isItsTask(run, task.taskArn)) return undefined;
  if (task.version !== undefined && run.taskVersion !== undefined && task.version <= run.taskVersion)
    return undefined;
  return next(run, {
    state: run.state === "PLANNED" ? "LAUNCHED" : run.state,
    taskArn: run.taskArn ?? task.taskArn,
    lastStatus: task.lastStatus,
    ...(task.version === undefined ? {} : { taskVersion: task.version }),
  });
}

/** track: the task is over, and why. */
export function stoppedRun(
  run: Run,
  stop: {
    taskArn: string;
    version?: number;
    verdict: Verdict;
    at: Date;
    exitCode?: number;
    costUsd?: number;
  },
): Run | undefined {
  if (isOver(run) || !isItsTask(run, stop.taskArn)) return undefined;
  // Of a stop that no event told, the last version says nothing: should the task live on, its next word is news.
  const { nextLaunchAt: _, taskVersion: __, ...rest } = run;
  return next(rest, {
    state: "STOPPED",
    taskArn: run.taskArn ?? stop.taskArn,
    lastStatus: "STOPPED",
    stoppedAt: stop.at.toISOString(),
    verdict: stop.verdict,
    ...(stop.version === undefined ? {} : { taskVersion: stop.version }),
    ...(stop.exitCode === undefined ? {} : { exitCode: stop.exitCode }),
    ...(stop.costUsd === undefined ? {} : { costUsd: stop.costUsd }),
  });
}

/** A stop was asked for, so that the stop event can be told apart from a person's. */
export function stopRequestedRun(run: Run, reason: NonNullable<Run["stopRequestedFor"]>): Run | undefined {
  if (isOver(run) || run.stopRequestedFor !== undefined) return undefined;
  return next(run, { stopRequestedFor: reason });
}

/** track: these jobs' ends are published. */
export function toldRun(run: Run, jobIds: readonly string[]): Run | undefined {
  const told = [...new Set([...run.told, ...jobIds])];
  return told.length === run.told.length ? undefined : next(run, { told });
}

/** track: all of the run is settled and published; the flight may go. */
export function finishedRun(run: Run, at: Date): Run | undefined {
  if (!isOver(run) || run.toldAt !== undefined) return undefined;
  return next(run, { toldAt: at.toISOString() });
}

/**
 * Whether a task that ECS says has not stopped works for nobody: another one has taken its run, or the run is over. Of two that nobody
 * has taken yet either may be the one. What is older than the word that ended the run says nothing.
 */
export function isWithoutRun(run: Run, task: { taskArn: string; version?: number }): boolean {
  if (!isOver(run)) return run.takenBy !== undefined && run.takenBy !== task.taskArn;
  if (!isItsTask(run, task.taskArn)) return true;
  return (task.version ?? Number.POSITIVE_INFINITY) > (run.taskVersion ?? -1);
}

/** A ghost (a second task of the same run) must not move it: the task that took it counts, else the first one known. */
function isItsTask(run: Run, taskArn: string): boolean {
  const its = run.takenBy ?? run.taskArn;
  return its === undefined || its === taskArn;
}

function next(run: Run, change: Partial<Run>): Run {
  return { ...run, ...change, revision: run.revision + 1 };
}
