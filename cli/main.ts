#!/usr/bin/env node
import { Command } from "commander";
import { addJobCommands } from "./commands/jobs.ts";
import { addCostCommand } from "./commands/cost.ts";
import { addSubmitCommand } from "./commands/submit.ts";
import { addWatchCommand } from "./commands/watch.ts";
import { addControlCommands } from "./commands/control.ts";
import { addUploadCommand } from "./commands/upload.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addFaultsCommand } from "./commands/faults.ts";
import { exitWith } from "./user-error.ts";

const program = new Command("slipway")
  .description("Files that land in S3 become finished container jobs on AWS Fargate, and none is lost.")
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

await program.parseAsync().catch(exitWith);
