import type { Job } from "#core/jobs/job.ts";
import type { Run } from "#core/runs/run.ts";
import type { Operator } from "../../cli/operator.ts";
import type { Violation } from "./judge.ts";
import type { Kill } from "./killer.ts";

const LOG_LINES = 20;

interface Moment {
  readonly at: string;
  readonly what: string;
}

/** What happened to one file, in order: its upload, job and runs, and everybody who was killed meanwhile. */
export async function storyOf(
  violation: Violation,
  world: {
    accepted: ReadonlyMap<string, { at: string }>;
    jobs: readonly Job[];
    runs: readonly Run[];
    kills: readonly Kill[];
    operator: Operator;
  },
): Promise<string[]> {
  const job = world.jobs.find(({ jobId }) => jobId === violation.jobId);
  const runs = world.runs.filter(({ manifest }) => manifest.some(({ jobId }) => jobId === job?.jobId));
  const upload = world.accepted.get(violation.key ?? "");
  const moments: Moment[] = [
    ...(upload === undefined ? [] : [{ at: upload.at, what: "S3 said yes to the upload" }]),
    ...(job === undefined ? [] : momentsOfJob(job)),
    ...runs.flatMap(momentsOfRun),
    ...world.kills.map(({ at, victim, who }) => ({ at, what: `killed: ${victim} ${who}` })),
  ];
  const logs = await Promise.all(runs.map((run) => logOf(run, world.operator)));
  return [
    ...moments.sort((a, b) => a.at.localeCompare(b.at)).map(({ at, what }) => `${at}  ${what}`),
    ...logs.flat(),
  ];
}

function momentsOfJob(job: Job): Moment[] {
  const attempts = job.attempts.flatMap(({ runId, startedAt, endedAt, outcome }, index) => [
    ...(startedAt === undefined
      ? []
      : [{ at: startedAt, what: `attempt ${index + 1} began in run ${runId}` }]),
    ...(endedAt === undefined
      ? []
      : [{ at: endedAt, what: `attempt ${index + 1} ended: ${outcome ?? "?"}` }]),
  ]);
  const state = `job ${job.jobId} is ${job.state}${job.failure === undefined ? "" : `: ${job.failure.reason}`}`;
  return [
    { at: job.createdAt, what: `job ${job.jobId} was recorded` },
    ...attempts,
    { at: job.updatedAt, what: state },
  ];
}

function momentsOfRun(run: Run): Moment[] {
  const state = `run ${run.runId} is ${run.state}, task ${run.taskArn ?? "unknown"}, ${run.verdict?.reason ?? run.lastLaunchError ?? ""}`;
  return [
    { at: run.createdAt, what: `run ${run.runId} was planned with ${run.manifest.length} jobs` },
    { at: run.toldAt ?? run.stoppedAt ?? run.startedAt ?? run.createdAt, what: state },
  ];
}

async function logOf(run: Run, operator: Operator): Promise<string[]> {
  if (run.taskArn === undefined) return [];
  const lines = await operator.logs
    .tail({ pipeline: run.pipeline, taskArn: run.taskArn, lines: LOG_LINES })
    .catch(() => []);
  return [`log of run ${run.runId}:`, ...lines.map((line) => `  ${line}`)];
}
