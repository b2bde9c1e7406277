import { randomUUID } from "node:crypto";
import type { OnFailure, StackDefinition, StackRecord } from "../engine/stack-record.ts";
import { validationError } from "../template/template-error.ts";
import { isTrue, optionalText } from "./input.ts";
import type { StackTools } from "./stack-tools.ts";

/** @throws AwsError ValidationError for a name that no stack can have */
export function newStack(
  { context }: StackTools,
  stackName: string,
  definition: StackDefinition,
  onFailure: OnFailure,
): StackRecord {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(stackName)) {
    throw validationError(
      `1 validation error detected: Value '${stackName}' at 'stackName' failed to satisfy constraint: ` +
        "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
    );
  }
  return {
    stackId: `arn:aws:cloudformation:${context.region}:${context.accountId}:stack/${stackName}/${randomUUID()}`,
    stackName,
    creationTime: context.clock.now(),
    status: "REVIEW_IN_PROGRESS",
    definition,
    outputs: [],
    imports: [],
    resources: {},
    cleanup: [],
    onFailure,
    terminationProtection: false,
    events: [],
    changeSets: {},
  };
}

export function stackArnPattern({ context }: StackTools, stackName: string): string {
  if (stackName.startsWith("arn:")) return stackName;
  return `arn:aws:cloudformation:${context.region}:${context.accountId}:stack/${stackName}/*`;
}

/** @throws AwsError ValidationError */
export function givenOnFailure(input: Readonly<Record<string, unknown>>, member = "OnFailure"): OnFailure {
  const value = optionalText(input, member);
  if (value !== undefined && input["DisableRollback"] !== undefined) {
    throw validationError(`You can specify either DisableRollback or ${member}, but not both.`);
  }
  if (value === undefined) return isTrue(input, "DisableRollback") ? "DO_NOTHING" : "ROLLBACK";
  const known = (["ROLLBACK", "DELETE", "DO_NOTHING"] as const).find((candidate) => candidate === value);
  if (known === undefined) {
    throw validationError(
      `1 validation error detected: Value '${value}' at '${member.charAt(0).toLowerCase()}${member.slice(1)}' failed to satisfy ` +
        "constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]",
    );
  }
  return known;
}
