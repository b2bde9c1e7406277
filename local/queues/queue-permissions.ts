import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { Queue } from "./queue.ts";

interface Statement {
  readonly Sid?: string;
}

interface Policy {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/**
 * AddPermission: a statement in the queue's policy for other accounts.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
 * @throws AwsError InvalidParameterValue where the label is taken
 */
export function addPermission(
  context: Pick<CloudContext, "accountId">,
  queue: Queue,
  permission: { label: string; accounts: readonly string[]; actions: readonly string[] },
): void {
  const { label, accounts, actions } = permission;
  if (!/^[\w-]{1,80}$/.test(label)) {
    throw invalid(
      `Value ${label} for parameter Label is invalid. Reason: Must be alphanumeric, hyphens or underscores, 1 to 80 in length.`,
    );
  }
  const policy = policyOf(queue);
  if (policy.Statement.some(({ Sid }) => Sid === label)) {
    throw invalid(`Value ${label} for parameter Label is invalid. Reason: Already exists.`);
  }
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account || context.accountId}:root`) },
    Action: actions.map((action) => `SQS:${action}`),
    Resource: queue.arn,
  };
  put(queue, { ...policy, Statement: [...policy.Statement, statement] });
}

/** @throws AwsError InvalidParameterValue where no statement has the label */
export function removePermission(queue: Queue, label: string): void {
  const policy = policyOf(queue);
  const kept = policy.Statement.filter(({ Sid }) => Sid !== label);
  if (kept.length === policy.Statement.length) {
    throw invalid(
      `Value ${label} for parameter Label is invalid. Reason: can't find label on existing policy.`,
    );
  }
  put(queue, { ...policy, Statement: kept });
}

function policyOf(queue: Queue): Policy {
  const text = queue.attributes["Policy"];
  if (text === undefined)
    return { Version: "2012-10-17", Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
  return JSON.parse(text) as Policy;
}

function put(queue: Queue, policy: Policy): void {
  queue.setAttributes({ Policy: policy.Statement.length === 0 ? "" : JSON.stringify(policy) });
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}
