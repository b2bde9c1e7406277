#!/usr/bin/env node
import { accessSync, constants, mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { commandLine, runCommandLine } from "./command-line.ts";
import { startCloud } from "../local/cloud.ts";
import { NoEngineError } from "../local/containers/engine.ts";
import { FolderInUseError } from "../local/folder-lock.ts";
import { PortInUseError } from "../local/port-in-use-error.ts";
import { CLIENT_ENVIRONMENT, deployLocal, OPERATOR_ENVIRONMENT } from "./deploy-local.ts";
import { progressLine } from "./progress.ts";
import { forgetRunningCloud, PROJECT_DIR, recordRunningCloud, runningClouds } from "./running-cloud.ts";
import { stackOutputs } from "./stage.ts";
import { UserError } from "./user-error.ts";

interface StartOptions {
  readonly port: number;
  readonly data: string;
  readonly fresh: boolean;
  readonly containers: boolean;
  readonly smtp?: string;
}

const command = commandLine("npm start --")
  .description("Starts the local cloud, deploys Slipway into it and keeps both until Ctrl-C.")
  .option("--port <number>", "port of the endpoint", port, 4566)
  .option("--data <folder>", "where the cloud keeps its data", resolve(PROJECT_DIR, ".slipway", "data"))
  .option("--fresh", "begin with nothing: delete what an earlier start left in the data folder", false)
  .option(
    "--containers",
    "run tasks as containers of docker, podman or finch, from images that the deploy builds",
    false,
  )
  .option("--smtp <url>", "send SNS's mails to this server too, e.g. smtp://127.0.0.1:1025", smtpUrl)
  .action((options: StartOptions) => start(options));

await runCommandLine(command);

async function start(options: StartOptions): Promise<void> {
  if (runningClouds().some(({ endpoint }) => new URL(endpoint).port === String(options.port)))
    throw portTaken(options.port);
  if (options.fresh) rmSync(options.data, { recursive: true, force: true });

  makeWritable(options.data);

  const stopping = new AbortController();
  const stopped = new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done(stopping.abort()));
  });
  const progress = progressLine(process.stderr);
  progress.show("Starting the local cloud");
  const cloud = await startCloud({
    port: options.port,
    dataDir: options.data,
    containers: options.containers,
    smtp: options.smtp,
    report: (line) => progress.print(line),
  }).catch((error: unknown) => {
    progress.clear();
    if (error instanceof PortInUseError) throw portTaken(options.port);
    if (error instanceof FolderInUseError) {
      throw new UserError(`${error.message} Stop it, or use another folder with: npm start -- --data FOLDER`);
    }
    if (error instanceof NoEngineError) throw new UserError(error.message);
    throw error;
  });
  recordRunningCloud({ endpoint: cloud.endpoint, pid: process.pid });
  try {
    progress.show("Deploying Slipway into it (serverless deploy --stage local)");
    await deployLocal(cloud.endpoint, (line) => progress.show(line), stopping.signal, options);
    progress.clear();
    console.log(await welcome(cloud.endpoint));
    await stopped;
    console.log("Stopping.");
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    progress.clear();
    forgetRunningCloud(process.pid);
    await cloud.stop();
  }
}

/** @throws UserError where the cloud could not keep its data there */
function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`The data folder cannot be used (${why}); name another with --data.`, 2);
  }
}

async function welcome(endpoint: string): Promise<string> {
  const outputs = await stackOutputs({ name: "local", endpoint, region: OPERATOR_ENVIRONMENT.AWS_REGION });
  return [
    "",
    `Ready. The local cloud answers at ${endpoint}. For the AWS CLI and SDKs:`,
    "",
    ...Object.entries(CLIENT_ENVIRONMENT).map(([name, value]) => `  export ${name}=${value}`),
    "",
    `Upload something:  aws --endpoint-url ${endpoint} s3 cp photo.jpg s3://${outputs.UploadsBucket}/images/`,
    "or:                npx slipway upload photo.jpg --watch",
    "",
    `  uploads bucket  ${outputs.UploadsBucket}`,
    `  results bucket  ${outputs.ResultsBucket}`,
    `  jobs table      ${outputs.JobsTable}`,
    `  admin topic     ${outputs.AdminTopic}`,
    `  intake queue    ${outputs.IntakeQueueUrl ?? ""}`,
    "",
    "Look at the jobs with: npx slipway jobs. Ctrl-C stops the cloud; its data stay.",
  ].join("\n");
}

function portTaken(taken: number): UserError {
  return new UserError(
    `Port ${taken} is taken, perhaps by another npm start; stop that one, or choose another port with: npm start -- --port ${taken + 1} --data .slipway/other`,
  );
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  }
  return value;
}

function smtpUrl(text: string): string {
  if (/^smtps?:\/\/[^/]+/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError("An SMTP server is told as smtp://HOST:PORT or smtps://USER:PASSWORD@HOST.");
}
