import { AwsError } from "../gateway/aws-error.ts";
import type { Decision } from "../gateway/service.ts";

/** Error code and status with which each kind of service refuses; the JSON services say AccessDeniedException with 400. */
const BY_SERVICE: Readonly<Record<string, readonly [code: string, status: number]>> = {
  s3: ["AccessDenied", 403],
  iam: ["AccessDenied", 403],
  sts: ["AccessDenied", 403],
  cloudformation: ["AccessDenied", 403],
  cloudwatch: ["AccessDenied", 403],
  sns: ["AuthorizationError", 403],
  lambda: ["AccessDeniedException", 403],
};

/** A refused call in AWS's words. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDenied(user: string, action: string, resource: string, decision: Decision): AwsError {
  const [code, status] = BY_SERVICE[action.split(":")[0] ?? ""] ?? ["AccessDeniedException", 400];
  const on = resource === "*" ? "" : ` on resource: ${resource}`;
  const why =
    decision === "explicitly-denied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  return new AwsError(code, `User: ${user} is not authorized to perform: ${action}${on} ${why}`, status);
}

/** What a caller without keys gets. */
export function anonymousDenied(action: string): AwsError {
  if (action.startsWith("s3:")) return new AwsError("AccessDenied", "Access Denied", 403);
  return new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
}
