import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import {
  GetFunctionCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { build, type BuildOptions } from "esbuild";
import { asDelivered } from "#infrastructure/plugin/invoke-local.ts";
import { readZip } from "#local/functions/zip.ts";
import { clientOptions, type Stage } from "../../cli/stage.ts";

/** Something that can be started cold. */
export interface Starter {
  readonly name: string;
  /** Of the module, unpacked. */
  readonly sizeKiB: number;
  /** Absolute path of the module that exports `handler`. */
  readonly modulePath: string;
  readonly environment: Readonly<Record<string, string>>;
  /** @param start counts the starts, so that none finds what an earlier one has left */
  event(start: number): unknown;
}

const EVENTS = join(import.meta.dirname, "..", "..", "events");
const OVER_A_QUEUE = { name: "", handler: "", events: [{ sqs: {} }] };

const example = (path: string): unknown => JSON.parse(readFileSync(join(EVENTS, path), "utf8"));
const message = (event: unknown): unknown => asDelivered(event, OVER_A_QUEUE);

/** What each function is called with: its example, as its trigger delivers it. */
const CALLS: Readonly<Record<string, (start: number, environment: Record<string, string>) => unknown>> = {
  intake: (start, environment) => message(anUpload(start, environment["SLIPWAY_UPLOADS_BUCKET"] ?? "")),
  dispatch: () => message({}),
  wake: () => message({}),
  track: () => message(example("ecs/task-state-change.json")),
  notify: () => example("slipway/job-failed.json"),
  sweep: () => example("schedule/scheduled-event.json"),
};

function anUpload(start: number, bucket: string): unknown {
  const event = example("s3/object-created.json") as { detail: { object: object } };
  const object = { ...event.detail.object, "version-id": `start-${start}` };
  return { ...event, detail: { ...event.detail, bucket: { name: bucket }, object } };
}

/** The functions of a deployed stage: their zips, unpacked, and the environments that they were deployed with. */
export async function deployedFunctions(stage: Stage, folder: string): Promise<Starter[]> {
  const lambda = new LambdaClient(clientOptions(stage));
  const names = await functionNames(stage);
  const starters = names.map(async ([name, functionName]): Promise<Starter> => {
    const { Code, Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
    // On a laptop the place of the zip is a file: URL.
    const zip = readFileSync(new URL(Code?.Location ?? ""));
    const environment = { ...Configuration?.Environment?.Variables };
    const call = CALLS[name];
    if (call === undefined) throw new Error(`No call of the function ${name} is known; add it to CALLS.`);
    const modulePath = unpacked(zip, join(folder, name), Configuration?.Handler ?? "");
    return {
      name,
      sizeKiB: sizeOf(modulePath),
      modulePath,
      environment,
      event: (start) => call(start, environment),
    };
  });
  return Promise.all(starters);
}

/** Nothing of the stage shall work while starts are measured. */
export async function holdStill(stage: Stage): Promise<void> {
  const lambda = new LambdaClient(clientOptions(stage));
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
}

async function functionNames(stage: Stage): Promise<[string, string][]> {
  const client = new CloudFormationClient(clientOptions(stage));
  const found: [string, string][] = [];
  const pages = paginateListStackResources({ client }, { StackName: `slipway-${stage.name}` });
  for await (const { StackResourceSummaries = [] } of pages) {
    for (const { ResourceType, PhysicalResourceId = "" } of StackResourceSummaries) {
      if (ResourceType !== "AWS::Lambda::Function") continue;
      found.push([PhysicalResourceId.slice(PhysicalResourceId.lastIndexOf("-") + 1), PhysicalResourceId]);
    }
  }
  return found;
}

/** @returns the path of the handler's module */
function unpacked(zip: Buffer, folder: string, handler: string): string {
  for (const entry of readZip(zip)) {
    const path = join(folder, entry.name);
    mkdirSync(entry.name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!entry.name.endsWith("/")) writeFileSync(path, entry.read());
  }
  return join(folder, `${handler.slice(0, handler.lastIndexOf("."))}.mjs`);
}

function sizeOf(modulePath: string): number {
  return statSync(modulePath).size / 1024;
}

/** The handlers to compare with, bundled as the functions are. */
export async function bareHandlers(folder: string, environment: Starter["environment"]): Promise<Starter[]> {
  const handlers = { "empty handler": "empty-handler", "bare handler, one read": "bare-handler" };
  return Promise.all(
    Object.entries(handlers).map(async ([name, file]) => {
      const modulePath = join(folder, `${file}.mjs`);
      await build({
        ...bundleOptions(),
        entryPoints: [join(import.meta.dirname, `${file}.ts`)],
        outfile: modulePath,
      });
      return { name, sizeKiB: sizeOf(modulePath), modulePath, environment, event: () => ({}) };
    }),
  );
}

/** What serverless-esbuild gives to esbuild; the rest is its own. */
function bundleOptions(): BuildOptions {
  const bundle = createRequire(import.meta.url)("../../infrastructure/bundle.cjs") as () => BuildOptions;
  const { format, platform, target, mainFields, minify, keepNames, legalComments, plugins } = bundle();
  return {
    bundle: true,
    format,
    platform,
    target,
    mainFields,
    minify,
    keepNames,
    legalComments,
    plugins,
  } as BuildOptions;
}
