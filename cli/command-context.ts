import type { Command } from "commander";
import { type Operator, operatorOf } from "./operator.ts";
import { resolveStage } from "./stage.ts";

/** The operator for the stage that the global options of a command name. */
export async function operatorFor(command: Command): Promise<Operator> {
  return operatorOf(resolveStage(command.optsWithGlobals<{ stage?: string; endpointUrl?: string }>()));
}

export function printJson(document: unknown): void {
  console.log(JSON.stringify(document, undefined, 2));
}
