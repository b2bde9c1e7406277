#!/usr/bin/env node
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { pipelineOfKey } from "#core/pipelines/pipeline.ts";
import { pipelines } from "#pipelines";
import { type Cloud, startCloud } from "../../local/cloud.ts";
import { commandLine, countFromOne, runCommandLine } from "../command-line.ts";
import { deployLocal, OPERATOR_ENVIRONMENT } from "../deploy-local.ts";
import { jobView, secondsOf, summaryOf } from "../job-view.ts";
import { type Operator, operatorOf } from "../operator.ts";
import { type ProgressLine, progressLine } from "../progress.ts";
import { printable, table } from "../table.ts";
import { UserError } from "../user-error.ts";
import { differences, readSamples } from "./expectations.ts";
import { type DemoUpload, folderUploads, sampleUploads, uploadOne } from "./uploads.ts";

interface DemoOptions {
  readonly json?: boolean;
  readonly files?: string;
  readonly timeout: number;
}

interface OutboxMail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

interface Outcome {
  readonly upload: DemoUpload;
  readonly job: Job | undefined;
  readonly wrong: readonly string[];
}

const HOUR_MS = 3_600_000;
const POLL_MS = 300;

const command = commandLine("npm run demo --")
  .description(
    "Boots a throw-away local cloud, deploys Slipway into it, uploads samples and shows what becomes of them.",
  )
  .option("--json", "print one JSON document: {readyMs, jobs, mails}")
  .option("--files <folder>", "upload the files of this folder instead of the samples")
  .option("--timeout <seconds>", "give up after this many seconds", countFromOne, 300)
  .action((options: DemoOptions) => demo(options));

await runCommandLine(command);

async function demo(options: DemoOptions): Promise<void> {
  const uploads = options.files === undefined ? sampleUploads(readSamples()) : filesOf(options.files);
  const deadline = Date.now() + options.timeout * 1000;
  const progress = progressLine(process.stderr);
  const dataDir = mkdtempSync(join(tmpdir(), "slipway-demo-"));
  const stopping = new AbortController();
  const startedAt = performance.now();
  progress.show("Starting a local cloud");
  const said: string[] = [];
  const starting = startCloud({ dataDir, report: (line) => void said.push(line) });
  let deploying: Promise<void> = Promise.resolve();
  const cleanUp = async (): Promise<void> => {
    progress.clear();
    await starting.then(
      (cloud) => cloud.stop(),
      () => undefined,
    );
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stopping.abort();
      void Promise.allSettled([deploying, cleanUp()]).finally(() => process.exit(130));
    });
  }
  try {
    const cloud = await starting;
    stopping.signal.throwIfAborted();
    progress.show("Deploying Slipway into it (serverless deploy --stage local)");
    deploying = deployLocal(cloud.endpoint, (line) => progress.show(printable(line)), stopping.signal);
    await deploying;
    const readyMs = Math.round(performance.now() - startedAt);
    const operator = await operatorOf({
      name: "local",
      region: OPERATOR_ENVIRONMENT.AWS_REGION,
      endpoint: cloud.endpoint,
    });
    const outcomes = await work(cloud, operator, uploads, { progress, deadline });
    const mails = await awaitMails(cloud, outcomes, deadline);
    progress.clear();
    const others = await operator.jobs.listRecent({ pipeline: "inventory", limit: 10 });
    if (options.json === true) {
      const jobs = [...outcomes.flatMap(({ job }) => (job === undefined ? [] : [job])), ...others].map(
        (job) => jobView(job),
      );
      const told = mails.map(({ to, subject, body }) => ({ to, subject, body }));
      console.log(JSON.stringify({ readyMs, jobs, mails: told }, undefined, 2));
    } else {
      print(outcomes, others, mails);
    }
    if (outcomes.some(({ wrong }) => wrong.length > 0)) {
      process.exitCode = 1;
      console.error(["What the local cloud said meanwhile:", ...said.map(printable)].join("\n  "));
    }
  } catch (error) {
    // Whoever broke off is not told that it broke off; the signal's handler ends the process.
    if (!stopping.signal.aborted) throw error;
  } finally {
    await cleanUp();
  }
}

/**
 * Uploads everything, with one upload event lost on purpose; waits; then moves the clock an hour on, so that the hourly
 * inventory finds the file whose event was lost.
 */
async function work(
  cloud: Cloud,
  operator: Operator,
  uploads: readonly DemoUpload[],
  { progress, deadline }: { progress: ProgressLine; deadline: number },
): Promise<Outcome[]> {
  const ids = new Map<DemoUpload, string | undefined>();
  const lost = uploads.find(({ key }) => uploads.length > 1 && willMakeJob(key));
  if (lost !== undefined) {
    const match = {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { object: { key: [lost.key] } },
    };
    await cloud.control("events", "faults", { lose: 1, match });
  }
  for (const [index, upload] of uploads.entries()) {
    progress.show(`Uploading ${index + 1} of ${uploads.length}: ${printable(upload.key)}`);
    ids.set(upload, await uploadOne(operator, upload));
  }
  const lostId = lost === undefined ? undefined : ids.get(lost);
  const wanted = [...ids.values()].filter((id) => id !== undefined);
  await settle(
    operator,
    wanted.filter((id) => id !== lostId),
    { progress, deadline },
  );
  if (lostId !== undefined) {
    progress.show(
      `The event of ${printable(lost?.key ?? "")} was lost on purpose; an hour passes and the inventory looks`,
    );
    cloud.advanceClock(HOUR_MS);
    await settle(operator, [lostId], { progress, deadline });
  }
  const jobs = new Map((await operator.jobs.readJobs(wanted)).map((job) => [job.jobId, job]));
  return uploads.map((upload) => {
    const job = jobs.get(ids.get(upload) ?? "");
    return { upload, job, wrong: judge(upload, job) };
  });
}

/** Samples are held to what is expected of them; anybody's files have to end, with a result or a reason. */
function judge(upload: DemoUpload, job: Job | undefined): readonly string[] {
  if (upload.sample !== undefined)
    return differences(upload.sample, job === undefined ? undefined : jobView(job));
  if (job === undefined) return willMakeJob(upload.key) ? ["made no job"] : [];
  return isTerminal(job) ? [] : [`is still ${job.state}`];
}

async function settle(
  operator: Operator,
  ids: readonly string[],
  { progress, deadline }: { progress: ProgressLine; deadline: number },
): Promise<void> {
  for (;;) {
    const jobs = await operator.jobs.readJobs(ids);
    const ended = jobs.filter(isTerminal).length;
    if (ended === ids.length || Date.now() > deadline) return;
    progress.show(`${ended} of ${ids.length} jobs have ended`);
    await sleep(POLL_MS);
  }
}

/** The mails follow the jobs by a moment: waits until each kind of failure has been told, or the time is over. */
async function awaitMails(
  cloud: Cloud,
  outcomes: readonly Outcome[],
  deadline: number,
): Promise<OutboxMail[]> {
  const reasons = new Set(
    outcomes.flatMap(({ job }) => (job?.failure === undefined ? [] : [job.failure.reason])),
  );
  const until = Math.min(deadline, Date.now() + 10_000);
  for (;;) {
    const mails = (await cloud.control("topics", "outbox")) as OutboxMail[];
    const isTold = [...reasons].every((reason) => mails.some(({ body }) => body.includes(reason)));
    if (isTold || Date.now() > until) return mails;
    await sleep(POLL_MS);
  }
}

function print(outcomes: readonly Outcome[], others: readonly Job[], mails: readonly OutboxMail[]): void {
  const rows = outcomes.map(({ upload, job, wrong }) => [
    upload.key,
    job?.pipeline ?? "-",
    job?.state ?? "no job",
    job === undefined ? "" : secondsOf(jobView(job)),
    wrong.length > 0 ? `UNEXPECTED: ${wrong.join("; ")}` : job === undefined ? "" : summaryOf(jobView(job)),
  ]);
  const ticks = others.map((job) => [
    `tick ${job.createdAt}`,
    job.pipeline,
    job.state,
    secondsOf(jobView(job)),
    summaryOf(jobView(job)),
  ]);
  console.log(table(["FILE", "PIPELINE", "STATE", "SECONDS", "WHAT CAME OUT"], [...rows, ...ticks]));
  const [first] = mails;
  if (first !== undefined) {
    console.log(`\n${mails.length} mails went to the administrator. The first:\n`);
    console.log(`  To:      ${first.to}\n  Subject: ${first.subject}\n`);
    console.log(
      first.body
        .split("\n")
        .map((line) => `  ${line}`)
        .join("\n"),
    );
  }
  const unexpected = outcomes.filter(({ wrong }) => wrong.length > 0).length;
  console.log(
    unexpected === 0
      ? `\nAll ${outcomes.length} files ended as expected.`
      : `\n${unexpected} of ${outcomes.length} files did not end as expected.`,
  );
}

function filesOf(folder: string): DemoUpload[] {
  const path = resolve(folder);
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new UserError(`There is no folder "${printable(folder)}".`, 2);
  const uploads = folderUploads(path, "images/");
  if (uploads.length === 0) throw new UserError(`The folder "${printable(folder)}" has no files.`, 2);
  return uploads;
}

function willMakeJob(key: string): boolean {
  return !key.endsWith("/") && pipelineOfKey(pipelines, key) !== undefined;
}
