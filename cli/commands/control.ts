import type { Command } from "commander";
import type { Job } from "#core/jobs/job.ts";
import type { Source } from "#core/pipelines/pipeline.ts";
import { type AtWork, cancelByPerson, retryOnRequest } from "#flow/by-person.ts";
import { pipelines } from "#pipelines";
import { systemClock } from "#runtime/system.ts";
import { operatorFor, printJson } from "../command-context.ts";
import { printable, table } from "../table.ts";
import { UserError } from "../user-error.ts";
import { findJob, knownPipeline } from "./jobs.ts";

/** `retry`, `cancel`, `pipelines`, `pause`, `resume`: what a person decides. */
export function addControlCommands(program: Command): void {
  program
    .command("retry <id>")
    .description("Give a failed or cancelled job another attempt.")
    .action((id: string, _options: object, command: Command) => decide(id, command, "retry"));
  program
    .command("cancel <id>")
    .description(
      "End a job that has not ended. Its task is stopped, unless it carries other jobs too: then it finds that this one is no longer its own.",
    )
    .action((id: string, _options: object, command: Command) => decide(id, command, "cancel"));
  program
    .command("pipelines")
    .description("List the pipelines and whether they are paused.")
    .option("--json", "print one JSON document")
    .action(listPipelines);
  program
    .command("pause <pipeline>")
    .description("Launch nothing more of a pipeline; what runs goes on, what comes waits.")
    .action((name: string, _options: object, command: Command) => setPaused(name, true, command));
  program
    .command("resume <pipeline>")
    .description("Launch again.")
    .action((name: string, _options: object, command: Command) => setPaused(name, false, command));
}

async function decide(id: string, command: Command, what: "retry" | "cancel"): Promise<void> {
  const operator = await operatorFor(command);
  const job = await findJob(operator, id);
  if (what === "retry") refuseWithoutPipeline(job);
  const ports = { ...operator, clock: systemClock, pipelines };
  const decision = await (what === "retry" ? retryOnRequest(job, ports) : cancelByPerson(job, ports));
  if (decision.type === "at-work") throw new UserError(atWorkInWords(id, decision));
  const state = decision.job?.state ?? "gone";
  if (decision.type === "refused") {
    throw new UserError(
      what === "retry"
        ? `Job ${id} is ${state}; only a FAILED or CANCELLED job can be retried.`
        : `Job ${id} is ${state} already.`,
    );
  }
  await operator.wakeUps.now();
  console.log(`Job ${id} is ${state}.`);
}

/** @throws UserError where nothing would run the job: it would only wait until it is failed. */
export function refuseWithoutPipeline({ jobId, pipeline }: Pick<Job, "jobId" | "pipeline">): void {
  if (Object.hasOwn(pipelines, pipeline)) return;
  throw new UserError(
    `Pipeline "${printable(pipeline)}" of job ${jobId} is not in pipelines.ts any more; put it back and deploy first, then retry the job.`,
  );
}

/** It tells nobody to stop the task: that may carry other jobs, whose work would be lost with it. */
export function atWorkInWords(id: string, { until }: AtWork): string {
  return until === undefined
    ? `Job ${id} was cancelled while a run had it, whose task may still work on it or come to it; retry the job again later, which is refused until that run has ended.`
    : `Job ${id} was cancelled while a worker had it, who may still work on it until ${until.toISOString()}; retry the job then.`;
}

async function listPipelines(options: { json?: boolean }, command: Command): Promise<void> {
  const operator = await operatorFor(command);
  const known = await operator.pipelineStore.readPipelines(Object.keys(pipelines));
  const states = Object.values(pipelines).map((pipeline) => ({
    ...pipeline,
    paused: known.get(pipeline.name)?.paused ?? false,
  }));
  if (options.json === true) return printJson(states);
  console.log(
    table(
      ["PIPELINE", "SOURCE", "TASK", "CPU", "MEMORY", "PAUSED"],
      states.map(({ name, source, task, image, size, paused }) => [
        name,
        sourceInWords(source),
        task ?? image ?? "",
        String(size.cpu),
        `${size.memoryMiB} MiB`,
        paused ? "yes" : "no",
      ]),
    ),
  );
}

function sourceInWords(source: Source): string {
  switch (source.type) {
    case "upload":
      return `uploads under ${source.prefix}`;
    case "schedule":
      return source.expression;
    case "queue":
      return "messages of its queue";
  }
}

async function setPaused(name: string, paused: boolean, command: Command): Promise<void> {
  const pipeline = knownPipeline(name);
  const operator = await operatorFor(command);
  const since = new Date().toISOString();
  await operator.pipelineStore.introducePipeline({ pipeline, since, paused });
  await operator.pipelineStore.setPaused(pipeline, paused);
  if (!paused) await operator.wakeUps.now();
  console.log(
    `Pipeline ${pipeline} ${paused ? "is paused; resume it with: npx slipway resume " + pipeline : "launches again"}.`,
  );
}
