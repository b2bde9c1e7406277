import { AwsError } from "../gateway/aws-error.ts";
import { isConditionOperator } from "./conditions.ts";
import { type PolicyDocument, type PolicyStatement, statementsOf } from "./policy.ts";

const VERSIONS = ["2012-10-17", "2008-10-17"];
const FIELDS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/**
 * What IAM looks at before it keeps a policy that says what a role may do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * @throws AwsError MalformedPolicyDocument
 */
export function checkIdentityPolicy(document: PolicyDocument): void {
  for (const statement of checkedStatements(document)) {
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined)
      throw malformed("Policy document should not specify a principal.");
    const resources = listOf(statement.Resource ?? statement.NotResource);
    if (resources.length === 0) throw malformed("Policy statement must contain resources.");
    const wrong = resources.find((resource) => resource !== "*" && !resource.startsWith("arn:"));
    if (wrong !== undefined) throw malformed(`Resource ${wrong} must be in ARN format or "*".`);
  }
}

/**
 * The same for a policy that says who may use a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 * @throws AwsError MalformedPolicyDocument
 */
export function checkTrustPolicy(document: PolicyDocument): void {
  for (const statement of checkedStatements(document)) {
    if (statement.Resource !== undefined || statement.NotResource !== undefined)
      throw malformed("Has prohibited field Resource");
    if (statement.Principal === undefined && statement.NotPrincipal === undefined)
      throw malformed("Missing required field Principal");
    if (!listOf(statement.Action).every((action) => /^sts:/i.test(action)))
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
}

function checkedStatements(document: PolicyDocument): readonly PolicyStatement[] {
  const statements = statementsOf(document);
  const isForm =
    statements.length > 0 &&
    (document.Version === undefined || VERSIONS.includes(document.Version)) &&
    statements.every(isStatement);
  if (!isForm) throw malformed("Syntax errors in policy.");
  for (const { Action, NotAction } of statements) {
    const actions = listOf(Action ?? NotAction);
    if (actions.length === 0) throw malformed("Policy statement must contain actions.");
    if (!actions.every((action) => action === "*" || /^[a-z0-9-]+:[\w*?-]+$/i.test(action))) {
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
  return statements;
}

function isStatement(statement: PolicyStatement): boolean {
  return (
    ["Allow", "Deny"].includes(statement.Effect) &&
    Object.keys(statement).every((field) => FIELDS.has(field)) &&
    Object.keys(statement.Condition ?? {}).every(isConditionOperator)
  );
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message);
}
