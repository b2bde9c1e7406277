import { z } from "zod";
import type { Job } from "#core/jobs/job.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";
import { resultsPrefix } from "#core/planning/run-request.ts";
import type { Picture } from "./pictures.ts";

/** Everything that can be seen once all is quiet. */
export interface Facts {
  readonly accepted: ReadonlyMap<string, { readonly picture: Picture }>;
  /** Of the uploads bucket. */
  readonly versions: readonly ObjectVersion[];
  /** Every job of the pipeline. */
  readonly jobs: readonly Job[];
  /** Keys in the results bucket. */
  readonly resultKeys: ReadonlySet<string>;
  /** What has not come to an end, each in a few words. */
  readonly stuck: readonly string[];
}

export interface Violation {
  /** The file's key; absent where it is about the whole. */
  readonly key?: string;
  readonly jobId?: string;
  readonly what: string;
}

const Result = z.object({
  width: z.number(),
  height: z.number(),
  derived: z.array(z.object({ key: z.string() })).min(1),
});

/** What must hold: each accepted file is one object version, with one job, which succeeded once and has its one result. */
export function judge(facts: Facts): Violation[] {
  const violations: Violation[] = facts.stuck.map((what) => ({ what }));
  const versions = Map.groupBy(facts.versions, ({ key }) => key);
  const jobs = Map.groupBy(facts.jobs, (job) => (job.source.type === "upload" ? job.source.key : ""));
  for (const [key, { picture }] of facts.accepted) {
    const found = versions.get(key) ?? [];
    if (found.length !== 1)
      violations.push({ key, what: `S3 took it once and has ${found.length} versions` });
    const own = jobs.get(key) ?? [];
    if (own.length !== 1) violations.push({ key, what: `has ${own.length} jobs instead of one` });
    for (const job of own) {
      for (const what of faultsOf(job, picture, facts)) violations.push({ key, jobId: job.jobId, what });
    }
  }
  for (const key of [...versions.keys(), ...jobs.keys()]) {
    if (!facts.accepted.has(key)) violations.push({ key, what: "was never uploaded, and yet is there" });
  }
  return violations;
}

function faultsOf(job: Job, picture: Picture, { resultKeys }: Facts): string[] {
  const { jobId, state, attempts } = job;
  if (state !== "SUCCEEDED") return [`is ${state}: ${job.failure?.reason ?? "no reason"}`];
  const winners = attempts.flatMap(({ outcome }, index) => (outcome === "succeeded" ? [index + 1] : []));
  const [winner] = winners;
  if (winner === undefined || winners.length > 1) return [`succeeded ${winners.length} times`];
  const { success, data } = Result.safeParse(job.result);
  if (!success) return [`has no result: ${JSON.stringify(job.result)}`];
  const faults: string[] = [];
  const { width, height } = data;
  if (width !== picture.width || height !== picture.height)
    faults.push(`is told as ${width} x ${height} and is ${picture.width} x ${picture.height}`);
  for (const { key } of data.derived) {
    if (!key.startsWith(resultsPrefix(jobId, winner))) faults.push(`has a result of another attempt: ${key}`);
    if (!resultKeys.has(key)) faults.push(`has a result that is not there: ${key}`);
  }
  return faults;
}
