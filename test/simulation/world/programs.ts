import type { ReportedFailure } from "#core/jobs/job.ts";
import { isOver } from "#core/runs/transitions.ts";
import { takeInventory } from "#flow/take-inventory.ts";
import { type Assignment, type Outcome, workRun } from "#flow/work-run.ts";
import type { Actor } from "../aws/actor.ts";
import type { Container, Program } from "../aws/task.ts";
import { portsOf } from "./actor-ports.ts";
import type { Cloud } from "./cloud.ts";
import { BAD_FILE, oddWord } from "./nature.ts";
import { UPLOADS_BUCKET } from "./pipelines.ts";
import type { Ports } from "./ports.ts";

const EXIT_TRY_AGAIN = 75;
const EXIT_TERMINATED = 143;
const EXIT_SEGMENTATION_FAULT = 139;
const LARGE_FILE = 2.5;

/** The program in the image of a task definition. */
export function programOf(taskDefinition: string, cloud: Cloud): Program {
  const name = taskDefinition.replace(/^.*\/simulation-/, "").replace(/:\d+$/, "");
  return name === "plain"
    ? (container) => plainImage(container, cloud)
    : (container) => taskRunner(container, cloud);
}

/** As runtime/task-runner.ts: the run, then the exit code that says what became of it. */
async function taskRunner(container: Container, cloud: Cloud): Promise<number> {
  const { actor, taskArn, environment, stopping } = container;
  const runId = environment.get("SLIPWAY_RUN_ID") ?? "";
  const ports = portsOf(actor, cloud);
  const worked = await workRun(
    {
      runId,
      taskArn,
      jobsAtOnce: ({ size }) => Math.max(1, size.cpu / 512),
      perform: (assignment) => perform(assignment, runId, container, ports, cloud),
      stopping,
    },
    {
      ...ports,
      clock: actor.clock,
      log: cloud.world.log,
      inSeconds: (seconds, run) => inSeconds(actor, seconds, run),
    },
  ).catch(() => undefined);
  if (worked?.type === "not-ours" || worked?.left === 0) return 0;
  // The table or the bucket did not answer: a fault, like a kill.
  cloud.world.befallen.add(runId);
  if (worked === undefined) return EXIT_TRY_AGAIN;
  return stopping.aborted ? EXIT_TERMINATED : EXIT_TRY_AGAIN;
}

async function perform(
  { job, attempt, resultsPrefix }: Assignment,
  runId: string,
  container: Container,
  ports: Ports,
  cloud: Cloud,
): Promise<Outcome> {
  const { world } = cloud;
  const { actor, taskArn } = container;
  world.workRules.begins(job.jobId, { runId, taskArn, attempt });
  const objectKey = job.source.type === "upload" ? job.source.key : "";
  await actor.sleep(
    world.laws.random.between(...(world.stage.workMsOf?.[job.pipeline] ?? world.stage.workMs)),
  );
  const report = await meetNature({ key: objectKey, attempt, runId, jobId: job.jobId }, container, cloud);
  if (report === undefined && job.pipeline === "inventory") await inventory(actor, cloud);
  let failure = report;
  try {
    const key = `${resultsPrefix}out.json`;
    await ports.results.put({ key, body: "{}", contentType: "application/json" });
    world.workRules.resultWritten(job.jobId, lastKey(cloud), { taskArn, attempt });
  } catch (error) {
    world.befallen.add(runId);
    failure ??= { reason: String(error), tryAgain: true };
  }
  world.workRules.ends(job.jobId, taskArn, failure === undefined ? "done" : "not done");
  return failure === undefined
    ? { type: "succeeded", result: world.stage.result ?? { done: attempt } }
    : { type: "failed", report: failure };
}

/** What the sabotaged or honest store really wrote. */
function lastKey(cloud: Cloud): string {
  return cloud.world.objects.results.at(-1)?.key ?? "";
}

/** @returns what the task says of the job; undefined where it is done. Never comes back where the object kills its task. */
async function meetNature(
  { key, attempt, runId, jobId }: { key: string; attempt: number; runId: string; jobId: string },
  container: Container,
  cloud: Cloud,
): Promise<ReportedFailure | undefined> {
  const { actor } = container;
  const crash = (end: Parameters<Container["crash"]>[0]): Promise<undefined> => {
    cloud.world.planRules.killsTask(jobId, runId);
    container.crash(end);
    return new Promise(() => undefined);
  };
  const runOutOfMemory = (): Promise<undefined> =>
    crash({ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" });
  switch (cloud.world.natures.get(key) ?? "good") {
    case "good":
    case "huge":
      return undefined;
    case "bad":
      return { reason: BAD_FILE, tryAgain: false };
    case "odd":
      return { reason: `The file is ${oddWord(key)}.`, tryAgain: false };
    case "flaky":
      return attempt === 1 ? { reason: "The other service did not answer.", tryAgain: true } : undefined;
    case "endless":
      await actor.sleep(60_000);
      return { reason: "The job took longer than its limit of 60 seconds.", tryAgain: true, timedOut: true };
    case "poison":
      return crash({ exitCode: EXIT_SEGMENTATION_FAULT });
    case "hog":
      return runOutOfMemory();
    case "large":
      return isTooSmall(runId, cloud) ? runOutOfMemory() : undefined;
  }
}

/** Two rungs of the ladder lie between a large file and its pipeline's size. */
function isTooSmall(runId: string, { world }: Cloud): boolean {
  const run = world.runs.standing(runId);
  const usual = world.stage.pipelines[run?.pipeline ?? ""]?.size.memoryMiB ?? 0;
  return (run?.size.memoryMiB ?? 0) < LARGE_FILE * usual;
}

/** An image that knows nothing of us: the environment says what, the exit code how it went. */
async function plainImage(container: Container, cloud: Cloud): Promise<number> {
  const { actor, environment } = container;
  const { world } = cloud;
  const jobId = environment.get("SLIPWAY_JOB_ID") ?? "";
  const prefix = environment.get("SLIPWAY_RESULTS_PREFIX") ?? "";
  const attempt = Number(prefix.split("/").at(-2));
  await actor.sleep(world.laws.random.between(500, 20_000));
  const runId = environment.get("SLIPWAY_RUN_ID") ?? "";
  const run = world.runs.standing(runId);
  if (run !== undefined && isOver(run)) return untilTold(container);
  const key = environment.get("SLIPWAY_KEY") ?? "";
  const report = await meetNature({ key, attempt, runId, jobId }, container, cloud);
  if (report !== undefined) return report.tryAgain ? EXIT_TRY_AGAIN : 1;
  try {
    await portsOf(actor, cloud).results.put({
      key: `${prefix}out.json`,
      body: "{}",
      contentType: "application/json",
    });
  } catch {
    world.befallen.add(runId);
    return EXIT_TRY_AGAIN;
  }
  world.workRules.plainDone(jobId, attempt);
  return 0;
}

/** What nobody waits for may as well go on for ever. */
function untilTold({ stopping }: Container): Promise<number> {
  return new Promise((resolve) => {
    if (stopping.aborted) resolve(EXIT_TERMINATED);
    else stopping.addEventListener("abort", () => resolve(EXIT_TERMINATED), { once: true });
  });
}

async function inventory(actor: Actor, cloud: Cloud): Promise<void> {
  const { world } = cloud;
  if (world.sabotage.withoutInventory === true) return;
  await takeInventory(
    {
      bucket: UPLOADS_BUCKET,
      asOf: actor.clock.now(),
      days: 7,
      settleSeconds: 120,
      signal: new AbortController().signal,
    },
    {
      ...portsOf(actor, cloud),
      listing: world.objects,
      clock: actor.clock,
      log: world.log,
      pipelines: world.stage.pipelines,
    },
  );
}

function inSeconds(actor: Actor, seconds: number, run: () => void): () => void {
  const timer = actor.time.after(seconds * 1000, () => {
    if (!actor.isDead) run();
  });
  return () => timer.cancel();
}
