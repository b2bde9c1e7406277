import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { put } from "../cli/commands/upload.ts";
import type { Operator } from "../cli/operator.ts";

const POLL_ONE_MS = 20;
const POLL_MANY_MS = 200;
/** Jobs asked for at once, so that the asking costs the cloud little. */
const ASKED_AT_ONCE = 25;
const UPLOADS_AT_ONCE = 8;
const PATIENCE_MS = 15 * 60_000;

/** Uploads one image after the other, each when the one before has succeeded. @returns seconds from upload to SUCCEEDED */
export async function oneByOne(operator: Operator, files: readonly string[]): Promise<number[]> {
  const seconds: number[] = [];
  for (const [index, file] of files.entries()) {
    const from = performance.now();
    await succeeded(operator, [await upload(operator, file, `images/single-${index}.jpg`)], POLL_ONE_MS);
    seconds.push((performance.now() - from) / 1000);
  }
  return seconds;
}

/** Uploads all images as quickly as the cloud takes them. Seconds are from the first upload to the last SUCCEEDED. */
export async function allAtOnce(
  operator: Operator,
  files: readonly string[],
): Promise<{ seconds: number; uploadSeconds: number; runs: number }> {
  const from = performance.now();
  const ids: string[] = [];
  const waiting = files.entries();
  const lane = async (): Promise<void> => {
    for (const [index, file] of waiting) ids.push(await upload(operator, file, `images/burst/${index}.jpg`));
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
  const uploadSeconds = (performance.now() - from) / 1000;
  const jobs = await succeeded(operator, ids, POLL_MANY_MS);
  const seconds = (performance.now() - from) / 1000;
  return { seconds, uploadSeconds, runs: new Set(jobs.map(({ attempts }) => attempts.at(-1)?.runId)).size };
}

async function upload(operator: Operator, file: string, key: string): Promise<string> {
  const { jobId } = await put(operator, file, key);
  if (jobId === undefined) throw new Error(`No pipeline takes ${key}.`);
  return jobId;
}

/** @throws Error where one does not succeed */
async function succeeded(operator: Operator, ids: readonly string[], pollMs: number): Promise<Job[]> {
  const deadline = performance.now() + PATIENCE_MS;
  const done: Job[] = [];
  let waiting = [...ids];
  while (waiting.length > 0) {
    if (performance.now() > deadline) throw new Error(`${waiting.length} jobs did not end.`);
    const ended = (await operator.jobs.readJobs(waiting.slice(0, ASKED_AT_ONCE))).filter(isTerminal);
    const bad = ended.find(({ state }) => state !== "SUCCEEDED");
    if (bad !== undefined) throw new Error(`A job ended as ${bad.state}: ${JSON.stringify(bad.failure)}`);
    done.push(...ended);
    const endedIds = new Set(ended.map(({ jobId }) => jobId));
    waiting = waiting.filter((id) => !endedIds.has(id));
    if (ended.length === 0) await sleep(pollMs);
  }
  return done;
}
