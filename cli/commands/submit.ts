import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { MAX_INPUT_BYTES } from "#core/intake/read-trigger.ts";
import { requestJobId } from "#core/jobs/job-id.ts";
import { fitsIntoItem, UNFIT } from "#core/jobs/item-limits.ts";
import { JobRequested } from "#events/slipway/job-requested.ts";
import { operatorFor, printJson } from "../command-context.ts";
import { followJobs } from "../follow-jobs.ts";
import { jobView } from "../job-view.ts";
import type { Operator } from "../operator.ts";
import { progressLine } from "../progress.ts";
import { clientOptions } from "../stage.ts";
import { UserError } from "../user-error.ts";
import { knownPipeline } from "./jobs.ts";

type RequestDetail = JobRequested["detail"];

interface SubmitOptions {
  readonly input?: string;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** `submit PIPELINE`: asks for a job, as an application does with an event on the bus. */
export function addSubmitCommand(program: Command): void {
  program
    .command("submit <pipeline>")
    .description("Ask for a job of a pipeline, by a Job Requested event on the stage's bus.")
    .option("--input <json>", "what the task gets as job.source.input, as JSON")
    .option(
      "--idempotency-key <key>",
      "the same key for the same pipeline is the same job; without one each submit is another",
    )
    .option("--watch", "wait until the job has ended; exit code 1 if it did not succeed")
    .option("--json", "print one JSON document: {jobId, pipeline, idempotencyKey}, or with --watch the job")
    .action(submit);
}

async function submit(name: string, options: SubmitOptions, command: Command): Promise<void> {
  const pipeline = knownPipeline(name);
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  const input = options.input === undefined ? {} : { input: parseInput(options.input) };
  const detail = refuseBadDetail({ pipeline, idempotencyKey, ...input });
  const operator = await operatorFor(command);
  const jobId = requestJobId({ pipeline, idempotencyKey });
  await putRequest(detail, operator);
  if (options.watch !== true) {
    if (options.json === true) return printJson({ jobId, pipeline, idempotencyKey });
    return console.log(
      `Asked for job ${jobId} of pipeline ${pipeline}; follow it with: npx slipway watch ${jobId}`,
    );
  }
  const progress = progressLine(process.stderr);
  try {
    const [job] = await followJobs(operator, [jobId], { waiting: (text) => progress.show(text) });
    progress.clear();
    if (job === undefined) throw new Error(`Job ${jobId} is gone.`);
    if (options.json === true) printJson(jobView(job));
    else console.log(`Job ${jobId} is ${job.state}. ${job.failure?.reason ?? ""}`.trim());
    if (job.state !== "SUCCEEDED") process.exitCode = 1;
  } finally {
    progress.clear();
  }
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `--input is not JSON: ${why}. Quote it for the shell, e.g. --input '{"month":"2026-11"}'`,
      2,
    );
  }
}

/** What intake would set aside is refused here, where somebody reads it. */
function refuseBadDetail(detail: RequestDetail): RequestDetail {
  const parsed = JobRequested.shape.detail.safeParse(detail);
  const issue = parsed.error?.issues[0];
  if (issue !== undefined)
    throw new UserError(`The ${issue.path.join(".")} is not usable: ${issue.message}.`, 2);
  if (!fitsIntoItem(detail.input, MAX_INPUT_BYTES)) {
    throw new UserError(
      `The input (at most ${MAX_INPUT_BYTES / 1024} KB) is ${UNFIT}; put it into S3 and send its key.`,
      2,
    );
  }
  return detail;
}

async function putRequest(detail: RequestDetail, { stage, outputs }: Operator): Promise<void> {
  const client = new EventBridgeClient(clientOptions(stage));
  try {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: outputs.EventBus,
            Source: "slipway",
            DetailType: "Job Requested",
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    const { ErrorCode, ErrorMessage } = Entries[0] ?? {};
    if (ErrorCode !== undefined)
      throw new UserError(`EventBridge did not take the request: ${ErrorCode}: ${ErrorMessage ?? ""}`);
  } finally {
    client.destroy();
  }
}
