import { conditionsHold, type ConditionContext } from "./conditions.ts";
import type { Decision } from "../gateway/service.ts";
import { matchesWildcard } from "./wildcard.ts";

/** A policy document as it stands in a template; single values and lists are the same. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
}

export interface AccessRequest {
  /** E.g. `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly conditions: ConditionContext;
}

/**
 * IAM's rule for one set of policies: a Deny beats every Allow, and what nobody allows is refused.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(
  documents: readonly PolicyDocument[],
  request: AccessRequest,
  concerns: (statement: PolicyStatement) => boolean = () => true,
): Decision {
  const matching = documents
    .flatMap((document) => statementsOf(document))
    .filter((statement) => concerns(statement) && applies(statement, request));
  if (matching.some((statement) => statement.Effect === "Deny")) return "explicitly-denied";
  return matching.length > 0 ? "allowed" : "not-allowed";
}

/** Whether a statement of a resource or trust policy names this service (`events.amazonaws.com`) or everybody. */
export function namesService(statement: PolicyStatement, service: string): boolean {
  if (statement.Principal === "*") return true;
  const principals = (statement.Principal ?? {}) as Readonly<Record<string, string | readonly string[]>>;
  return list(principals["Service"]).includes(service) || list(principals["AWS"]).includes("*");
}

export function statementsOf(document: PolicyDocument): readonly PolicyStatement[] {
  return [document.Statement].flat();
}

function applies(statement: PolicyStatement, request: AccessRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request) &&
    conditionsHold(statement.Condition, request.conditions)
  );
}

function actionMatches(statement: PolicyStatement, action: string): boolean {
  const matches = (pattern: string) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
  return statement.NotAction === undefined
    ? list(statement.Action).some(matches)
    : !list(statement.NotAction).some(matches);
}

function resourceMatches(statement: PolicyStatement, request: AccessRequest): boolean {
  const matches = (pattern: string) =>
    matchesWildcard(withVariables(pattern, request.conditions), request.resource);
  if (statement.NotResource !== undefined) return !list(statement.NotResource).some(matches);
  // A trust policy has no Resource: the role itself is meant.
  return statement.Resource === undefined || list(statement.Resource).some(matches);
}

/** Replaces `${aws:PrincipalArn}` and its like; an unknown variable matches nothing. */
function withVariables(pattern: string, context: ConditionContext): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (text, name: string) => {
    const value = context[name];
    return value === undefined ? text : String(value);
  });
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}
