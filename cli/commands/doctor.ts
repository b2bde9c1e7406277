import type { Command } from "commander";
import { operatorFor, printJson } from "../command-context.ts";
import { type Check, type Outcome, outcomeOf } from "../doctor/check.ts";
import { groundOf } from "../doctor/ground.ts";
import { properties, refusedCalls } from "../doctor/local-checks.ts";
import { images, roles, subscriptions } from "../doctor/part-checks.ts";
import { addresses, concurrency, quotas } from "../doctor/room-checks.ts";
import { drift, stackStatus } from "../doctor/stack-checks.ts";
import { deadLetters, pauses, removedPipelines } from "../doctor/work-checks.ts";
import { progressLine } from "../progress.ts";
import { printable } from "../table.ts";

const CHECKS: readonly Check[] = [
  stackStatus,
  drift,
  quotas,
  concurrency,
  addresses,
  subscriptions,
  images,
  roles,
  refusedCalls,
  properties,
  deadLetters,
  pauses,
  removedPipelines,
];

/** `doctor`: what is wrong with a stage, and what to do about it. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description(
      "Look for what is wrong with a stage and say what to do: quotas, concurrency, addresses, subscriptions, images, roles, drift, dead letters, work of removed pipelines. Exit code 1 where something does not work.",
    )
    .option("--json", "print one JSON document: {stage, checks}")
    .action(doctor);
}

async function doctor(options: { json?: boolean }, command: Command): Promise<void> {
  const ground = await groundOf(await operatorFor(command));
  const progress = progressLine(process.stderr);
  const outcomes: Outcome[] = [];
  for (const check of CHECKS) {
    if (process.stderr.isTTY) progress.show(`Looking at ${check.name}`);
    outcomes.push(await outcomeOf(check, ground));
  }
  progress.clear();
  if (options.json === true) printJson({ stage: ground.stage.name, checks: outcomes });
  else console.log(report(outcomes));
  const findings = outcomes.flatMap((outcome) => outcome.findings);
  if (findings.some(({ severity }) => severity === "error")) process.exitCode = 1;
}

function report(outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap((outcome) => {
    if (outcome.state === "not checked")
      return [`-  ${outcome.check}: not checked here: ${printable(outcome.why)}`];
    if (outcome.findings.length === 0) return [`ok ${outcome.check}`];
    return outcome.findings.flatMap(({ severity, what, toDo, statement }) => [
      `${severity === "error" ? "!! " : "!  "}${outcome.check}: ${printable(what)}`,
      `     ${printable(toDo)}`,
      ...(statement === undefined ? [] : [`     ${printable(JSON.stringify(statement))}`]),
    ]);
  });
  const findings = outcomes.flatMap((outcome) => outcome.findings);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const verdict =
    findings.length === 0
      ? "Nothing was found."
      : `${errors} ${errors === 1 ? "error" : "errors"}, ${findings.length - errors} warnings.`;
  return [...lines, "", verdict].join("\n");
}
