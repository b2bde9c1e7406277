import { CloudFormationClient, GetTemplateCommand } from "@aws-sdk/client-cloudformation";
import type { Command } from "commander";
import type { CostLine, PricedTemplate } from "#core/costs/cost-line.ts";
import { idleMonth } from "#core/costs/idle-month.ts";
import { smallUploads, uploadCosts } from "#core/costs/upload-costs.ts";
import { addUpCosts } from "#flow/add-up-costs.ts";
import { pipelines } from "#pipelines";
import { countFromOne } from "../command-line.ts";
import { operatorFor, printJson } from "../command-context.ts";
import { progressLine } from "../progress.ts";
import { clientOptions, resolveStage, SERVICE } from "../stage.ts";
import { table } from "../table.ts";
import { UserError } from "../user-error.ts";
import { knownPipeline } from "./jobs.ts";

const DAY_MS = 86_400_000;
const ESTIMATE = "By the price list in core/costs/prices.ts (us-east-1, no free tier); the bill is AWS's.";

interface CostOptions {
  readonly days: number;
  readonly pipeline?: string;
  readonly idle?: boolean;
  readonly uploads?: number;
  readonly json?: boolean;
}

/** `cost`: what runs cost, what the stage costs when nothing happens, what so many uploads would. */
export function addCostCommand(program: Command): void {
  program
    .command("cost")
    .description("Say what the runs of each pipeline cost, day by day; an estimate by the price list.")
    .option("--days <number>", "how many days back, from the recording of a job", countFromOne, 7)
    .option("--pipeline <name>", "only this pipeline")
    .option("--idle", "instead: what the deployed stage costs in a month in which nothing happens")
    .option(
      "--uploads <number>",
      "instead: what so many small uploads to a pipeline would cost",
      countFromOne,
    )
    .option("--json", "print one JSON document")
    .action(cost);
}

async function cost(options: CostOptions, command: Command): Promise<void> {
  if (options.idle === true) return idle(options, command);
  if (options.uploads !== undefined) return uploads(options.uploads, options);
  const names = options.pipeline === undefined ? Object.keys(pipelines) : [knownPipeline(options.pipeline)];
  const operator = await operatorFor(command);
  const progress = progressLine(process.stderr);
  const since = new Date(Date.now() - options.days * DAY_MS);
  try {
    progress.show("Reading jobs and their runs");
    const tell = (jobs: number): void => {
      if (process.stderr.isTTY) progress.show(`Reading jobs and their runs: ${jobs} jobs`);
    };
    const days = await addUpCosts({ pipelines: names, since, tell }, operator);
    progress.clear();
    const totalUsd = days.reduce((sum, { usd }) => sum + usd, 0);
    if (options.json === true) return printJson({ since: since.toISOString(), days, totalUsd });
    if (days.length === 0) return console.log(`No run has ended in the last ${options.days} days.`);
    const rows = days.map(({ day, pipeline, runs, jobs, usd }) => [
      day,
      pipeline,
      `${runs}`,
      `${jobs}`,
      dollars(usd),
    ]);
    console.log(
      table(["DAY", "PIPELINE", "RUNS", "JOBS", "USD"], [...rows, ["total", "", "", "", dollars(totalUsd)]]),
    );
    console.log(`Tasks only. ${ESTIMATE}`);
  } finally {
    progress.clear();
  }
}

async function idle(options: CostOptions, command: Command): Promise<void> {
  const stage = resolveStage(command.optsWithGlobals<{ stage?: string; endpointUrl?: string }>());
  const client = new CloudFormationClient(clientOptions(stage));
  try {
    const { TemplateBody = "" } = await client
      .send(new GetTemplateCommand({ StackName: `${SERVICE}-${stage.name}` }))
      .catch((error: unknown) => {
        if (!(error instanceof Error) || !/does not exist/.test(error.message)) throw error;
        throw new UserError(
          `Stage "${stage.name}" is not deployed; deploy it with: npx serverless deploy --stage ${stage.name}`,
        );
      });
    const month = idleMonth(JSON.parse(TemplateBody) as PricedTemplate);
    if (options.json === true) return printJson(month);
    printLines(month.lines, "A MONTH IN WHICH NOTHING HAPPENS");
    if (month.unknownTypes.length > 0)
      console.log(`Not in the sum, since their price is not known: ${month.unknownTypes.join(", ")}.`);
  } finally {
    client.destroy();
  }
}

function uploads(files: number, options: CostOptions): void {
  const name = options.pipeline === undefined ? undefined : knownPipeline(options.pipeline);
  const pipeline = Object.values(pipelines).find(
    (one) => one.source.type === "upload" && (name === undefined || one.name === name),
  );
  if (pipeline === undefined) throw new UserError(`Pipeline "${name ?? ""}" takes no uploads.`, 2);
  const lines = uploadCosts(smallUploads(files, pipeline));
  if (options.json === true)
    return printJson({
      pipeline: pipeline.name,
      files,
      lines,
      usd: lines.reduce((sum, { usd }) => sum + usd, 0),
    });
  printLines(lines, `${files} SMALL UPLOADS TO ${pipeline.name}`);
}

function printLines(lines: readonly CostLine[], title: string): void {
  const total = lines.reduce((sum, { usd }) => sum + usd, 0);
  console.log(
    table(
      [title, "USD"],
      [...lines, { item: "total", usd: total }].map(({ item, usd }) => [item, dollars(usd)]),
    ),
  );
  console.log(ESTIMATE);
}

function dollars(usd: number): string {
  return usd.toFixed(usd < 0.1 ? 4 : 2);
}
