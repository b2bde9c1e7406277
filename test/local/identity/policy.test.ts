import { describe, expect, it } from "@jest/globals";
import { conditionsHold } from "#local/identity/conditions.ts";
import { evaluate, namesService, type PolicyStatement } from "#local/identity/policy.ts";

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:intake";

function decide(
  statements: PolicyStatement | readonly PolicyStatement[],
  request: { action?: string; resource?: string; conditions?: Record<string, string | string[]> } = {},
) {
  return evaluate([{ Version: "2012-10-17", Statement: statements }], {
    action: "sqs:SendMessage",
    resource: QUEUE,
    conditions: {},
    ...request,
  });
}

const allow = (statement: Partial<PolicyStatement>): PolicyStatement => ({
  Effect: "Allow",
  Action: "sqs:*",
  Resource: "*",
  ...statement,
});

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
describe("a policy", () => {
  it.each<[string, Partial<PolicyStatement>, string]>([
    ["the same action", { Action: "sqs:SendMessage" }, "allowed"],
    ["the action in other letters", { Action: ["SQS:sendmessage"] }, "allowed"],
    ["an action by wildcard", { Action: "sqs:Send*" }, "allowed"],
    ["another action", { Action: "sqs:ReceiveMessage" }, "not-allowed"],
    ["every action but this", { Action: undefined, NotAction: "sqs:Send*" } as never, "not-allowed"],
    ["every action but another", { Action: undefined, NotAction: ["sqs:Delete*"] } as never, "allowed"],
    ["the same resource", { Resource: QUEUE }, "allowed"],
    ["a resource by wildcard", { Resource: ["arn:aws:sqs:*:*:int?ke"] }, "allowed"],
    ["a resource in other letters", { Resource: QUEUE.toUpperCase() }, "not-allowed"],
    ["every resource but this", { Resource: undefined, NotResource: QUEUE } as never, "not-allowed"],
    ["a dot that is no wildcard", { Resource: QUEUE.replace("intake", "int.ke") }, "not-allowed"],
  ])("that allows %s", (_, statement, decision) => {
    expect(decide(allow(statement))).toBe(decision);
  });

  it("that denies beats all that allow", () => {
    expect(decide([allow({}), { Effect: "Deny", Action: "*", Resource: QUEUE }])).toBe("explicitly-denied");
  });

  it("that says nothing allows nothing", () => {
    expect(decide([])).toBe("not-allowed");
  });

  it("has variables in its resources", () => {
    const statement = allow({ Resource: "arn:aws:s3:::b/${aws:PrincipalTag/team}/*" });
    const resource = "arn:aws:s3:::b/media/x";

    expect(decide(statement, { resource, conditions: { "aws:PrincipalTag/team": "media" } })).toBe("allowed");
    expect(decide(statement, { resource, conditions: { "aws:PrincipalTag/team": "other" } })).toBe(
      "not-allowed",
    );
  });

  it("of a resource speaks to the principals that it names", () => {
    const named = (principal: unknown) =>
      namesService(allow({ Principal: principal }), "events.amazonaws.com");

    expect(named({ Service: ["sns.amazonaws.com", "events.amazonaws.com"] })).toBe(true);
    expect(named("*")).toBe(true);
    expect(named({ Service: "sns.amazonaws.com" })).toBe(false);
    expect(named(undefined)).toBe(false);
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
describe("a condition", () => {
  it.each<[string, string, unknown, Record<string, string | string[]>, boolean]>([
    ["equal text", "StringEquals", { "aws:SourceAccount": "1" }, { "AWS:sourceaccount": "1" }, true],
    ["one of several texts", "StringEquals", { k: ["a", "b"] }, { k: "b" }, true],
    ["another text", "StringEquals", { k: "a" }, { k: "b" }, false],
    ["a missing key", "StringEquals", { k: "a" }, {}, false],
    ["a missing key where it may be missing", "StringEqualsIfExists", { k: "a" }, {}, true],
    ["another text where it may be missing", "StringEqualsIfExists", { k: "a" }, { k: "b" }, false],
    ["a negated text", "StringNotEquals", { k: ["a", "b"] }, { k: "c" }, true],
    ["one of the negated texts", "StringNotEquals", { k: ["a", "b"] }, { k: "b" }, false],
    ["a negated text that is missing", "StringNotEquals", { k: "a" }, {}, true],
    ["a pattern", "StringLike", { k: "job-*" }, { k: "job-1" }, true],
    [
      "an ARN by pattern",
      "ArnLike",
      { k: "arn:aws:events:*:*:rule/*" },
      { k: "arn:aws:events:us-east-1:0:rule/a" },
      true,
    ],
    [
      "an ARN in which * would cross a colon",
      "ArnLike",
      { k: "arn:aws:*:rule/a" },
      { k: "arn:aws:events:us-east-1:0:rule/a" },
      false,
    ],
    ["a truth", "Bool", { "aws:SecureTransport": "false" }, { "aws:SecureTransport": "true" }, false],
    ["a number", "NumericLessThanEquals", { k: "10" }, { k: "10" }, true],
    ["a date", "DateGreaterThan", { k: "2026-01-01T00:00:00Z" }, { k: "2026-11-22T00:00:00Z" }, true],
    ["an address of a block", "IpAddress", { k: ["10.0.0.0/8", "127.0.0.0/8"] }, { k: "127.0.0.1" }, true],
    ["an address of no block", "IpAddress", { k: "10.0.0.0/8" }, { k: "127.0.0.1" }, false],
    ["an address alone", "NotIpAddress", { k: "127.0.0.1" }, { k: "127.0.0.1" }, false],
    ["an address of IPv6", "IpAddress", { k: "2001:db8::/32" }, { k: "2001:db8::1" }, true],
    ["the absence of a key", "Null", { k: "true" }, {}, true],
    ["the presence of a key", "Null", { k: "true" }, { k: "x" }, false],
    ["all values of a list", "ForAllValues:StringLike", { k: ["JOB#*"] }, { k: ["JOB#1", "RUN#1"] }, false],
    ["all values of an empty list", "ForAllValues:StringLike", { k: ["JOB#*"] }, {}, true],
    ["any value of a list", "ForAnyValue:StringEquals", { k: "b" }, { k: ["a", "b"] }, true],
    ["any value of no list", "ForAnyValue:StringEquals", { k: "b" }, {}, false],
  ])("on %s", (_, operator, wanted, context, holds) => {
    expect(conditionsHold({ [operator]: wanted }, context)).toBe(holds);
  });

  it("that IAM does not know is an error, not a silence", () => {
    expect(() => conditionsHold({ StringAlmost: { k: "a" } }, { k: "a" })).toThrow("StringAlmost");
  });
});
