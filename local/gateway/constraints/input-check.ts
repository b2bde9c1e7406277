import { AwsError } from "../aws-error.ts";
import { type ConstraintTable, constraintTable } from "./constraint-table.ts";
import { type Violation, violationsOf } from "./violations.ts";

/** @throws AwsError in the service's words where the input of the operation breaks its model */
export type InputCheck = (operation: string, input: unknown) => void;

export interface Wording {
  /** Whether numbers and booleans come as text. */
  readonly fromText?: boolean;
  /** Makes the error out of what is wrong; at least one. */
  readonly error: (violations: readonly Violation[], operation: string) => AwsError;
}

/** Checks the inputs of a service by its table of constraints; an operation that the table does not hold is not checked. */
export function inputCheck(service: string, wording: Wording = withCode("ValidationException")): InputCheck {
  let table: ConstraintTable | undefined;
  return (operation, input) => {
    table ??= constraintTable(service);
    const violations = violationsOf(table, operation, input, wording.fromText === true);
    if (violations.length > 0) throw wording.error(violations, operation);
  };
}

/** Most services: "1 validation error detected: Value 'x' at 'y' failed to satisfy constraint: ...". */
export function withCode(code: string, fromText = false): Wording {
  return { fromText, error: (violations) => new AwsError(code, detected(violations)) };
}

export function detected(violations: readonly Violation[]): string {
  const texts = violations.map(({ text }) => text).join("; ");
  return `${violations.length} validation error${violations.length === 1 ? "" : "s"} detected: ${texts}`;
}

/** ECS names the caller's fault in what he registers ClientException, and elsewhere InvalidParameterException. */
export const ecsWording: Wording = {
  error: (violations, operation) =>
    new AwsError(
      operation === "RegisterTaskDefinition" ? "ClientException" : "InvalidParameterException",
      detected(violations),
    ),
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
export const sqsWording: Wording = {
  error: ([first, ...others]) =>
    first?.missing === true
      ? new AwsError("MissingParameter", `The request must contain the parameter ${first.member}.`)
      : new AwsError("InvalidParameterValue", detected(first === undefined ? others : [first, ...others])),
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html */
export const cloudWatchWording: Wording = {
  fromText: true,
  error: (violations) => {
    const missing = violations.find((violation) => violation.missing);
    if (missing === undefined) return new AwsError("ValidationError", detected(violations));
    const path = missing.path.replace(/^./, (letter) => letter.toUpperCase());
    return new AwsError("MissingParameter", `The parameter ${path} is required.`);
  },
};
