import { AwsError } from "../gateway/aws-error.ts";

/**
 * A filter policy is an object of lists, or of objects of lists where it looks into the body.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws AwsError InvalidParameter
 */
export function checkFilterPolicy(text: string): void {
  if (text === "") return;
  checkLevel(parsed(text));
}

function checkLevel(level: object): void {
  for (const [name, value] of Object.entries(level) as [string, unknown][]) {
    if (Array.isArray(value)) continue;
    if (typeof value !== "object" || value === null) {
      throw invalid(`"${name}" must be an object or an array`);
    }
    checkLevel(value);
  }
}

function parsed(text: string): object {
  try {
    const policy: unknown = JSON.parse(text);
    if (typeof policy === "object" && policy !== null && !Array.isArray(policy)) return policy;
  } catch {
    // told below
  }
  throw invalid("failed to parse JSON.");
}

function invalid(reason: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: FilterPolicy: ${reason}`);
}
