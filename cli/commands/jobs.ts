import { type Command, InvalidArgumentError, Option } from "commander";
import { type Job, JOB_STATES, type JobState } from "#core/jobs/job.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { Run } from "#core/runs/run.ts";
import { pipelines } from "#pipelines";
import { countFromOne } from "../command-line.ts";
import { operatorFor, printJson } from "../command-context.ts";
import { jobView, type JobView, secondsOf, subjectOf, summaryOf } from "../job-view.ts";
import type { Operator } from "../operator.ts";
import { printable, table } from "../table.ts";
import { UserError } from "../user-error.ts";

/** `jobs`, `job ID`, `logs ID`: what was done, one job's story, and what its task wrote. */
export function addJobCommands(program: Command): void {
  program
    .command("jobs")
    .description("List jobs, newest first.")
    .option("--pipeline <name>", "only jobs of this pipeline")
    .addOption(
      new Option("--state <state>", "only jobs in this state").choices(JOB_STATES).argParser(stateNamed),
    )
    .option("--limit <number>", "at most this many a pipeline", countFromOne, 50)
    .option("--json", "print one JSON document: an array of jobs")
    .action(listJobs);
  program
    .command("job <id>")
    .description("Show one job: its state, its attempts, its result or why it failed.")
    .option("--json", "print one JSON document")
    .action(showJob);
  program
    .command("logs <id>")
    .description(
      "Print the last lines that the task of a job's last attempt wrote; other jobs of its pack are among them.",
    )
    .option("--lines <number>", "how many lines", countFromOne, 100)
    .action(showLogs);
}

async function listJobs(
  options: { pipeline?: string; state?: JobState; limit: number; json?: boolean },
  command: Command,
): Promise<void> {
  const operator = await operatorFor(command);
  const names = await pipelinesOnRecord(options.pipeline, operator);
  const found = await Promise.all(
    names.map((pipeline) => operator.jobs.listRecent({ pipeline, limit: options.limit })),
  );
  const jobs = found
    .flat()
    .filter((job) => options.state === undefined || job.state === options.state)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .map((job) => jobView(job));
  if (options.json === true) return printJson(jobs);
  if (jobs.length === 0) return console.log(noJobs(options));
  console.log(
    table(
      ["JOB", "PIPELINE", "STATE", "SECONDS", "WHAT", "OUTCOME"],
      jobs.map((job) => [job.jobId, job.pipeline, job.state, secondsOf(job), subjectOf(job), summaryOf(job)]),
    ),
  );
}

/**
 * The one that is named, else all; also those that have been removed, for what waits for one is failed only after an hour.
 * @throws UserError where there never was one of this name
 */
export async function pipelinesOnRecord(
  name: string | undefined,
  { pipelineStore }: { readonly pipelineStore: Pick<PipelineStore, "readKnownPipelines"> },
): Promise<string[]> {
  if (name !== undefined && Object.hasOwn(pipelines, name)) return [name];
  const ever = new Set([...Object.keys(pipelines), ...Object.keys(await pipelineStore.readKnownPipelines())]);
  if (name === undefined) return [...ever];
  return [ever.has(name) ? name : knownPipeline(name)];
}

function noJobs({ pipeline, state }: { pipeline?: string; state?: JobState }): string {
  if (pipeline === undefined && state === undefined)
    return "No jobs yet. Upload something, e.g.: npx slipway upload photo.jpg --watch";
  const [which, whose] = [
    state === undefined ? "" : `${state} `,
    pipeline === undefined ? "" : ` of ${pipeline}`,
  ];
  return `There are no ${which}jobs${whose} among the latest.`;
}

async function showJob(id: string, options: { json?: boolean }, command: Command): Promise<void> {
  const operator = await operatorFor(command);
  const job = await findJob(operator, id);
  const view = jobView(job, await runsOf(job, operator));
  if (options.json === true) return printJson(view);
  console.log(story(view));
}

async function showLogs(id: string, options: { lines: number }, command: Command): Promise<void> {
  const operator = await operatorFor(command);
  const job = await findJob(operator, id);
  const taskArn = (await runsOf(job, operator)).findLast((run) => run.taskArn !== undefined)?.taskArn;
  if (taskArn === undefined) throw new UserError(`No task has worked on job ${id} yet; it is ${job.state}.`);
  const lines = await operator.logs.tail({ pipeline: job.pipeline, taskArn, lines: options.lines });
  if (lines.length === 0) throw new UserError("The task wrote nothing, or its log has expired.");
  for (const line of lines) console.log(printable(line));
}

/** @throws UserError where there is no such job */
export async function findJob(operator: Operator, id: string): Promise<Job> {
  const job = await operator.jobs.readJob(id);
  if (job === undefined) {
    throw new UserError(
      `There is no job "${printable(id)}" on stage ${operator.stage.name}; npx slipway jobs lists them.`,
    );
  }
  return job;
}

async function runsOf(job: Job, operator: Operator): Promise<Run[]> {
  const runs = await Promise.all(job.attempts.map(({ runId }) => operator.runs.readRun(runId)));
  return runs.filter((run) => run !== undefined);
}

function story(job: JobView): string {
  const lines: [string, string | undefined][] = [
    ["Job", job.jobId],
    ["Pipeline", job.pipeline],
    ["State", job.state],
    ["What", subjectOf(job)],
    ["Version", job.source.versionId],
    ["Bytes", job.source.sizeBytes?.toString()],
    ["Recorded", job.createdAt],
    ["Ended", job.endedAt],
    ["Cost", job.costUsd === undefined ? undefined : `${job.costUsd.toFixed(6)} USD (estimate)`],
    ["Why", job.failure?.reason],
    ["Kind", job.failure?.class],
    ["To do", job.failure?.advice],
  ];
  const attempts = job.attempts.map(
    ({ runId, startedAt, endedAt, outcome, taskArn }, index) =>
      `  ${index + 1}. run ${runId}, ${outcome ?? "under way"}, ${startedAt ?? "not started"} to ${endedAt ?? "now"}${taskArn === undefined ? "" : `, task ${taskArn}`}`,
  );
  return [
    ...lines.flatMap(([name, value]) =>
      value === undefined ? [] : [`${name.padEnd(10)}${printable(value)}`],
    ),
    ...(attempts.length === 0 ? [] : ["Attempts", ...attempts]),
    ...(job.result === undefined ? [] : ["Result", printableJson(job.result)]),
  ].join("\n");
}

function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .split("\n")
    .map((line) => `  ${printable(line)}`)
    .join("\n");
}

export function knownPipeline(name: string): string {
  if (Object.hasOwn(pipelines, name)) return name;
  throw new UserError(
    `There is no pipeline "${printable(name)}"; there are: ${Object.keys(pipelines).join(", ")}.`,
    2,
  );
}

function stateNamed(text: string): JobState {
  const state = JOB_STATES.find((one) => one === text.toUpperCase());
  if (state === undefined) throw new InvalidArgumentError(`It takes one of ${JOB_STATES.join(", ")}.`);
  return state;
}
