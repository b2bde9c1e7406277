import { PutObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Command } from "commander";
import { createReadStream } from "node:fs";
import { access, constants, readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Job } from "#core/jobs/job.ts";
import { pipelineOfKey } from "#core/pipelines/pipeline.ts";
import { pipelines } from "#pipelines";
import { operatorFor, printJson } from "../command-context.ts";
import { followJobs } from "../follow-jobs.ts";
import { jobView, secondsOf, subjectOf, summaryOf } from "../job-view.ts";
import type { Operator } from "../operator.ts";
import { progressLine } from "../progress.ts";
import { printable, table } from "../table.ts";
import { UserError } from "../user-error.ts";
import { knownPipeline } from "./jobs.ts";

interface Uploaded {
  readonly key: string;
  readonly versionId: string;
  /** undefined: no pipeline takes the key, so it makes no job. */
  readonly jobId?: string;
}

/** `upload FILE...`: puts files under a pipeline's prefix, and with --watch waits for their jobs. */
export function addUploadCommand(program: Command): void {
  program
    .command("upload <files...>")
    .description("Upload files under a pipeline's prefix.")
    .option("--pipeline <name>", "the upload pipeline to give them to; default is the only or first one")
    .option(
      "--watch",
      "wait until their jobs have ended; exit code 1 if one did not succeed, or a file made none",
    )
    .option("--json", "print one JSON document: the uploads, or with --watch their jobs")
    .action(upload);
}

async function upload(
  files: readonly string[],
  options: { pipeline?: string; watch?: boolean; json?: boolean },
  command: Command,
): Promise<void> {
  const prefix = prefixOf(options.pipeline);
  await Promise.all(files.map(refuseUnreadable));
  const operator = await operatorFor(command);
  const progress = progressLine(process.stderr);
  try {
    const uploaded: Uploaded[] = [];
    for (const [index, file] of files.entries()) {
      progress.show(`Uploading ${index + 1} of ${files.length}: ${printable(basename(file))}`);
      uploaded.push(await put(operator, file, `${prefix}${basename(file)}`));
    }
    if (options.watch !== true) {
      progress.clear();
      report(uploaded, options.json === true);
      return;
    }
    const ids = uploaded.flatMap(({ jobId }) => (jobId === undefined ? [] : [jobId]));
    const jobs = await followJobs(operator, ids, { waiting: (text) => progress.show(text) });
    progress.clear();
    if (options.json === true) printJson(jobs.map((job) => jobView(job)));
    else if (jobs.length > 0) printJobs(jobs);
    const idle = uploaded.filter(({ jobId }) => jobId === undefined);
    for (const { key } of idle)
      console.error(`No pipeline takes ${printable(key)}: it is uploaded, and makes no job.`);
    if (idle.length > 0 || jobs.some(({ state }) => state !== "SUCCEEDED")) process.exitCode = 1;
  } finally {
    progress.clear();
  }
}

/** Parts of S3 have at least 5 MiB; a file of no more than that goes in one piece. */
const MULTIPART_FROM_BYTES = 5 * 1024 * 1024;

/** Uploads one file. The S3 key is the prefix and the file's own name. */
export async function put(operator: Operator, file: string, key: string): Promise<Uploaded> {
  const bucket = operator.outputs.UploadsBucket;
  const params = { Bucket: bucket, Key: key };
  const { size } = await stat(file);
  const done =
    size < MULTIPART_FROM_BYTES
      ? await operator.s3.send(new PutObjectCommand({ ...params, Body: await readFile(file) }))
      : await new Upload({ client: operator.s3, params: { ...params, Body: createReadStream(file) } }).done();
  const versionId = done.VersionId ?? "null";
  const pipeline = pipelineOfKey(pipelines, key);
  if (pipeline === undefined) return { key, versionId };
  return { key, versionId, jobId: uploadJobId({ pipeline: pipeline.name, bucket, key, versionId }) };
}

function prefixOf(name: string | undefined): string {
  const chosen = name === undefined ? undefined : knownPipeline(name);
  const pipeline = Object.values(pipelines).find(
    ({ name: candidate, source }) =>
      source.type === "upload" && (chosen === undefined || candidate === chosen),
  );
  if (pipeline?.source.type !== "upload")
    throw new UserError(`Pipeline "${name ?? ""}" takes no uploads.`, 2);
  return pipeline.source.prefix;
}

async function refuseUnreadable(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) throw new UserError(`There is no file "${printable(file)}".`, 2);
  if (!info.isFile())
    throw new UserError(`"${printable(file)}" is not a file; name the files, e.g. ${printable(file)}/*`, 2);
  await access(file, constants.R_OK).catch(() => {
    throw new UserError(`"${printable(file)}" may not be read by you.`, 2);
  });
}

function report(uploaded: readonly Uploaded[], asJson: boolean): void {
  if (asJson) return printJson(uploaded);
  console.log(
    table(
      ["KEY", "JOB"],
      uploaded.map(({ key, jobId }) => [key, jobId ?? "no pipeline takes it"]),
    ),
  );
}

function printJobs(jobs: readonly Job[]): void {
  const views = jobs.map((job) => jobView(job));
  console.log(
    table(
      ["FILE", "STATE", "SECONDS", "OUTCOME", "JOB"],
      views.map((view) => [subjectOf(view), view.state, secondsOf(view), summaryOf(view), view.jobId]),
    ),
  );
}
