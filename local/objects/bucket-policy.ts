import { isConditionOperator } from "../identity/conditions.ts";
import type { PolicyDocument, PolicyStatement } from "../identity/policy.ts";
import { malformedPolicy } from "./errors.ts";

/** What each statement says in one way or the other. */
const FIELDS = [
  ["Effect"],
  ["Principal", "NotPrincipal"],
  ["Action", "NotAction"],
  ["Resource", "NotResource"],
];

/**
 * What S3 looks at before it keeps a policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 * @throws AwsError MalformedPolicy
 */
export function checkBucketPolicy(bucket: string, text: string): void {
  const statements = [parsed(text).Statement].flat();
  if (statements.length === 0) throw malformedPolicy("Could not parse the policy: Statement is empty!");
  for (const statement of statements) checkStatement(bucket, statement);
}

function checkStatement(bucket: string, statement: PolicyStatement): void {
  for (const names of FIELDS) {
    if (!names.some((name) => Object.hasOwn(statement, name)))
      throw malformedPolicy(`Missing required field ${names[0]}`);
  }
  if (!["Allow", "Deny"].includes(statement.Effect))
    throw malformedPolicy(`Invalid effect: ${statement.Effect}`);
  const actions = [statement.Action ?? statement.NotAction ?? []].flat();
  if (!actions.every((action) => action === "*" || /^s3:[\w*?]+$/i.test(action)))
    throw malformedPolicy("Policy has invalid action");
  const resources = [statement.Resource ?? statement.NotResource ?? []].flat();
  const own = `arn:aws:s3:::${bucket}`;
  if (
    !resources.every(
      (resource) => resource === own || resource.startsWith(`${own}/`) || resource === `${own}*`,
    )
  )
    throw malformedPolicy("Policy has invalid resource");
  for (const operator of Object.keys(statement.Condition ?? {})) {
    if (!isConditionOperator(operator)) throw malformedPolicy(`Invalid Condition type : ${operator}`);
  }
}

function parsed(text: string): PolicyDocument {
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === "object" && policy !== null && "Statement" in policy)
      return policy as PolicyDocument;
  } catch {
    // told below, in AWS's words
  }
  throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
}
