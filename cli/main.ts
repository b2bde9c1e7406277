#!/usr/bin/env node
import packageJson from "../package.json" with { type: "json" };
import { commandLine, runCommandLine } from "./command-line.ts";
import { addJobCommands } from "./commands/jobs.ts";
import { addCostCommand } from "./commands/cost.ts";
import { addSubmitCommand } from "./commands/submit.ts";
import { addWatchCommand } from "./commands/watch.ts";
import { addControlCommands } from "./commands/control.ts";
import { addUploadCommand } from "./commands/upload.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addFaultsCommand } from "./commands/faults.ts";

const program = commandLine("slipway")
  .description("Files that land in S3 become finished container jobs on AWS Fargate, and none is lost.")
  .version(packageJson.version, "--version", "print the version")
  .option("--stage <name>", "the stage to talk to; local is the default while a local cloud runs")
  .option("--endpoint-url <url>", "another endpoint than AWS's own, as for the AWS CLI")
  .showHelpAfterError("(slipway --help lists the commands)");

addJobCommands(program);
addUploadCommand(program);
addSubmitCommand(program);
addWatchCommand(program);
addControlCommands(program);
addExplainCommand(program);
addCostCommand(program);
addFaultsCommand(program);
addDoctorCommand(program);

await runCommandLine(program);
