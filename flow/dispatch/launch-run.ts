import { classifyLaunchFailure } from "#core/classification/classify-stop.ts";
import type { Verdict } from "#core/classification/failure.ts";
import { claimJob } from "#core/jobs/transitions.ts";
import { isHeldBy, type Job } from "#core/jobs/job.ts";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import type { Run } from "#core/runs/run.ts";
import { givenUpRun, isOver, launchedRun, launchingRun, postponedRun } from "#core/runs/transitions.ts";
import { countForGuard } from "../count-for-guard.ts";
import { finishRun } from "../finish-run.ts";
import { noteNoRoom } from "../note-no-room.ts";
import { moveJob, moveRun } from "../save.ts";
import { isOutdated, maySettle, unsettledSince } from "./deploy-settles.ts";
import { inASecond, type SlicePorts } from "./ports.ts";

/**
 * A client token may be forgotten an hour after a short task, so a launch that stays unknown is repeated for this long and then
 * given up. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
const REPEAT_LAUNCH_FOR_MS = 10 * 60_000;
/** One after the other, the claims of a pack of a thousand would take a slice's whole time. */
const CLAIMS_AT_ONCE = 25;
/** Our credentials or clock, and no word about the request: the next invocation has others. */
const OUR_OWN_TROUBLE =
  /^(ExpiredToken|RequestExpired|RequestTimeTooSkewed|InvalidSignature|SignatureDoesNotMatch|RequestInTheFuture)/;
const FIRST_POSTPONEMENT_SECONDS = 2;
const MAX_POSTPONEMENT_SECONDS = 60;

/** When dispatch has to look at the run again; undefined where others will see to it. */
export type NextLook = Date | undefined;

/**
 * Takes a written run to its task, from wherever an earlier slice left it: claims its jobs, calls RunTask with the run's own
 * bytes, and writes down what came of it.
 * @param known the run's jobs, where they were read a moment ago; the claim decides whether they still stand so
 */
export async function launchRun(written: Run, ports: SlicePorts, known?: readonly Job[]): Promise<NextLook> {
  if (isOver(written)) {
    await finishRun(written, ports);
    return undefined;
  }
  if (written.state !== "PLANNED") {
    // Its task has shown itself.
    const { taskArn, lastStatus = "PROVISIONING" } = written;
    return taskArn === undefined ? undefined : launched(written, taskArn, lastStatus, ports);
  }
  const now = ports.clock.now();
  if (written.nextLaunchAt !== undefined && new Date(written.nextLaunchAt) > now)
    return new Date(written.nextLaunchAt);
  if (
    written.firstLaunchAt !== undefined &&
    now.getTime() - Date.parse(written.firstLaunchAt) > REPEAT_LAUNCH_FOR_MS
  ) {
    return giveUp(written, stillUnknown(written), ports);
  }
  if (!ports.budget.take(now)) return inASecond(ports);
  if ((await claimJobs(written, ports, known)) === 0) return giveUp(written, NOTHING_LEFT, ports);
  const launching = await moveRun(ports.runs, written, (run) => launchingRun(run, now));
  if (launching === undefined) return undefined;
  // An earlier call that seemed to fail had worked, and its task was quicker than this.
  if (!launching.moved) return launchRun(launching.item, ports);
  return settleLaunch(launching.item, await ports.launcher.launch(launching.item.request), ports);
}

async function settleLaunch(run: Run, result: LaunchResult, ports: SlicePorts): Promise<NextLook> {
  switch (result.type) {
    case "launched":
      return launched(run, result.taskArn, result.lastStatus, ports);
    case "conflict": {
      const [taskArn] = result.taskArns;
      if (taskArn !== undefined) return launched(run, taskArn, "PROVISIONING", ports);
      return postpone(run, "ConflictException without a task ARN", ports);
    }
    case "failed": {
      // An answer, which the client token may remember: the same bytes would get the same. Other runs may do better.
      const text = result.failures
        .map(({ reason, detail }) => [reason, detail].filter(Boolean).join(": "))
        .join("; ");
      return giveUpOrPlanAnew(run, classifyLaunchFailure({ text }), ports);
    }
    case "refused":
      if (OUR_OWN_TROUBLE.test(result.errorName)) return postpone(run, result.errorName, ports, true);
      return postponeOrGiveUp(
        run,
        classifyLaunchFailure({ errorName: result.errorName, text: result.message }),
        `${result.errorName}: ${result.message}`,
        ports,
      );
    case "unknown":
      return postpone(run, `${result.errorName}: ${result.message}`, ports);
  }
}

async function launched(run: Run, taskArn: string, lastStatus: string, ports: SlicePorts): Promise<NextLook> {
  const result = await moveRun(ports.runs, run, (current) => launchedRun(current, { taskArn, lastStatus }));
  await noteLaunched(result?.item ?? run, ports);
  ports.log.info("Run launched", {
    runId: run.runId,
    pipeline: run.pipeline,
    jobs: run.manifest.length,
    taskArn,
  });
  return undefined;
}

/**
 * Counted first: who dies in between counts it twice, which a guard can bear better than not at all. A run that was over before dispatch
 * knew of its task is counted by track.
 */
async function noteLaunched(run: Run, ports: SlicePorts): Promise<void> {
  if (run.lastLaunchError === undefined) await countForGuard(run, { runs: 1, usd: 0 }, ports);
  await ports.runs.markLaunched(run.runId);
}

/** Repeats what passes by itself. Where Spot has no room the same bytes will have none, but a run on demand may. */
async function postponeOrGiveUp(
  run: Run,
  verdict: Verdict,
  error: string,
  ports: SlicePorts,
): Promise<NextLook> {
  if (verdict.class === "throttled") ports.budget.empty();
  const isRepeated =
    maySettle(run, error, ports) || (verdict.retry !== "no" && !(run.spot && verdict.class === "capacity"));
  if (!isRepeated) return giveUpOrPlanAnew(run, verdict, ports);
  await noteNoRoom(run, verdict, ports);
  return postpone(run, error, ports, true);
}

/** What will not pass by itself fails the jobs now, and a person hears of it; unless what a deploy has brought may cure it. */
async function giveUpOrPlanAnew(run: Run, verdict: Verdict, ports: SlicePorts): Promise<NextLook> {
  await noteNoRoom(run, verdict, ports);
  const isHopeless = verdict.retry === "no" && !isOutdated(run, ports);
  return giveUp(run, isHopeless || verdict.retry === "later" ? verdict : { ...verdict, retry: "yes" }, ports);
}

async function postpone(run: Run, error: string, ports: SlicePorts, isRefusal = false): Promise<NextLook> {
  const ceiling = Math.min(MAX_POSTPONEMENT_SECONDS, FIRST_POSTPONEMENT_SECONDS * 2 ** (run.launches - 1));
  const seconds = ceiling / 2 + (ports.chance.random() * ceiling) / 2;
  const at = new Date(ports.clock.now().getTime() + seconds * 1000);
  const why = { error, isRefusal, unsettled: unsettledSince(run, error, ports) };
  await moveRun(ports.runs, run, (current) => postponedRun(current, at, why));
  ports.log.warn("Launch postponed", {
    runId: run.runId,
    launches: run.launches,
    error,
    until: at.toISOString(),
  });
  return at;
}

/** Its jobs are free for other runs. */
export async function giveUp(run: Run, verdict: Verdict, ports: SlicePorts): Promise<NextLook> {
  const result = await moveRun(ports.runs, run, (current) => givenUpRun(current, verdict, ports.clock.now()));
  // Its task may have taken it at the last moment; then the run lives and nothing is given up.
  if (result !== undefined) await launchRun(result.item, ports);
  return undefined;
}

/** @returns how many jobs of the manifest the run holds */
async function claimJobs(run: Run, ports: SlicePorts, known?: readonly Job[]): Promise<number> {
  const attempts = new Map(run.manifest.map(({ jobId, attempt }) => [jobId, attempt]));
  const jobs = known ?? (await ports.jobs.readJobs([...attempts.keys()]));
  const claim = (job: Job) =>
    moveJob(ports.jobs, job, (current) =>
      current.attempts.length + 1 === attempts.get(current.jobId)
        ? claimJob(current, run.runId, ports.clock.now())
        : undefined,
    );
  let held = 0;
  for (let start = 0; start < jobs.length; start += CLAIMS_AT_ONCE) {
    const claimed = await Promise.all(jobs.slice(start, start + CLAIMS_AT_ONCE).map(claim));
    held += claimed.filter((result) => result !== undefined && isHeldBy(result.item, run.runId)).length;
  }
  return held;
}

const NOTHING_LEFT: Verdict = {
  class: "cancelled",
  retry: "yes",
  reason: "Other runs hold all jobs of this run.",
  advice: "Nothing.",
};

function stillUnknown(run: Run): Verdict {
  return {
    class: "platform",
    retry: "later",
    reason: `ECS did not start a task within 10 minutes (${run.lastLaunchError ?? "no answer"}).`,
    advice: "Nothing; the jobs are planned anew.",
  };
}
