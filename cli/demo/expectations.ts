import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { JobView } from "../job-view.ts";
import { PROJECT_DIR } from "../running-cloud.ts";

const Expected = z.strictObject({
  state: z.enum(["SUCCEEDED", "FAILED"]),
  class: z.string().optional(),
  retry: z.string().optional(),
  reasonIncludes: z.string().optional(),
  /** A part of the result: what is named has to be there and equal. */
  result: z.record(z.string(), z.unknown()).optional(),
});

/** One upload of the demo; without a file it is an object of no bytes. */
const Sample = z.strictObject({
  key: z.string(),
  file: z.string().optional(),
  expect: z.union([Expected, z.literal("no job")]),
});

export type Sample = z.infer<typeof Sample>;

export const SAMPLES_DIR = join(PROJECT_DIR, "samples", "files");

export function readSamples(): Sample[] {
  const path = join(PROJECT_DIR, "samples", "expected.json");
  return z.array(Sample).parse(JSON.parse(readFileSync(path, "utf8")));
}

/** In what a sample's job differs from what was expected; empty where it is as it should be. */
export function differences({ expect }: Sample, job: JobView | undefined): string[] {
  if (expect === "no job") return job === undefined ? [] : [`made a job (${job.state})`];
  if (job === undefined) return ["made no job"];
  const found: string[] = [];
  if (job.state !== expect.state) found.push(`is ${job.state}, not ${expect.state}`);
  if (expect.class !== undefined && job.failure?.class !== expect.class) {
    found.push(`failed as ${job.failure?.class ?? "nothing"}, not ${expect.class}`);
  }
  if (expect.retry !== undefined && job.failure?.retry !== expect.retry) {
    found.push(`has retry ${job.failure?.retry ?? "nothing"}, not ${expect.retry}`);
  }
  if (expect.reasonIncludes !== undefined && job.failure?.reason.includes(expect.reasonIncludes) !== true) {
    found.push(`gives the reason "${job.failure?.reason ?? ""}", without "${expect.reasonIncludes}"`);
  }
  if (expect.result !== undefined) found.push(...missingFrom(job.result, expect.result, "result"));
  return found;
}

/** Where `actual` lacks what `wanted` has; objects may have more members, arrays must be as long. */
function missingFrom(actual: unknown, wanted: unknown, path: string): string[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length)
      return [`${path} is ${JSON.stringify(actual)}`];
    return wanted.flatMap((item, index) => missingFrom(actual[index], item, `${path}[${index}]`));
  }
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof actual !== "object" || actual === null) return [`${path} is ${JSON.stringify(actual)}`];
    const members = actual as Record<string, unknown>;
    return Object.entries(wanted).flatMap(([name, value]) =>
      missingFrom(members[name], value, `${path}.${name}`),
    );
  }
  const isClose =
    typeof wanted === "number" && typeof actual === "number" && Math.abs(actual - wanted) < 1e-4;
  return actual === wanted || isClose
    ? []
    : [`${path} is ${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`];
}
