import { AwsError } from "../gateway/aws-error.ts";
import type { ServiceCaller } from "../context/cloud-context.ts";
import type { PolicyStatement } from "./function-record.ts";
import type { ResolvedFunction } from "./function-store.ts";
import { invalid, requiredText, text, type Input } from "./input.ts";
import type { FunctionParts } from "./parts.ts";

/** Resource policies of functions: who but the account's own roles may call them. */

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com$/;
const ACTION = /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/;

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 * @throws AwsError ResourceConflictException where the statement id is taken
 */
export function addPermission(
  parts: FunctionParts,
  name: string,
  qualifier: string,
  statementId: string,
  input: Input,
): PolicyStatement {
  const { record } = parts.store.resolve({ name, qualifier });
  const present = record.statements[qualifier] ?? [];
  if (present.some((statement) => statement.Sid === statementId)) {
    throw new AwsError(
      "ResourceConflictException",
      `The statement id (${statementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      409,
      { Type: "User" },
    );
  }
  const statement = readStatement(parts, name, qualifier, statementId, input);
  parts.store.put({ ...record, statements: { ...record.statements, [qualifier]: [...present, statement] } });
  return statement;
}

/** @throws AwsError ResourceNotFoundException */
export function removePermission(
  parts: FunctionParts,
  name: string,
  qualifier: string,
  statementId: string,
): void {
  const { record } = parts.store.resolve({ name, qualifier });
  const present = record.statements[qualifier] ?? [];
  const left = present.filter((statement) => statement.Sid !== statementId);
  if (left.length === present.length) {
    throw new AwsError(
      "ResourceNotFoundException",
      `Statement ${statementId} is not found in resource policy.`,
      404,
      { Type: "User" },
    );
  }
  parts.store.put({ ...record, statements: { ...record.statements, [qualifier]: left } });
}

/** The policy document of a qualifier, if it has statements. */
export function policyOf({
  record,
  qualifier,
}: Pick<ResolvedFunction, "record" | "qualifier">): object | undefined {
  const statements = record.statements[qualifier] ?? [];
  return statements.length === 0
    ? undefined
    : { Version: "2012-10-17", Id: "default", Statement: statements };
}

/** @throws AwsError AccessDeniedException where the function's policy does not let the service call it */
export function checkCaller(
  { context }: Pick<FunctionParts, "context">,
  target: ResolvedFunction,
  caller: ServiceCaller,
): void {
  const allowed = context.identity.servicePrincipalAllowed({
    service: caller.service,
    action: "lambda:InvokeFunction",
    resource: target.arn,
    policy: policyOf(target),
    conditions: { "aws:SourceArn": caller.sourceArn },
  });
  if (allowed) return;
  throw new AwsError(
    "AccessDeniedException",
    `User: ${caller.service} is not authorized to perform: lambda:InvokeFunction on resource: ${target.arn} because no resource-based policy allows the lambda:InvokeFunction action`,
    403,
  );
}

function readStatement(
  { store }: FunctionParts,
  name: string,
  qualifier: string,
  statementId: string,
  input: Input,
): PolicyStatement {
  const action = requiredText(input, "Action");
  if (!ACTION.test(action)) {
    throw invalid(
      `1 validation error detected: Value '${action}' at 'action' failed to satisfy constraint: Member must satisfy regular expression pattern: ${ACTION.source}`,
    );
  }
  const principal = requiredText(input, "Principal");
  const sourceArn = text(input, "SourceArn");
  const sourceAccount = text(input, "SourceAccount");
  const condition = {
    ...(sourceAccount === undefined ? {} : { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
    ...(sourceArn === undefined ? {} : { ArnLike: { "AWS:SourceArn": sourceArn } }),
  };
  return {
    Sid: statementId,
    Effect: "Allow",
    Principal: readPrincipal(principal),
    Action: action,
    Resource: store.arn(name, qualifier === "$LATEST" ? undefined : qualifier),
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function readPrincipal(principal: string): PolicyStatement["Principal"] {
  if (principal === "*") return "*";
  if (SERVICE.test(principal)) return { Service: principal };
  return { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal };
}
