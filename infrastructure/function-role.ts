import { allow, localArn, roleFor, type Resource, type Statement } from "./template.ts";

/**
 * The role of one function: its own permissions, as its function.yml has them, and its own log.
 * The framework creates the log group, so the function may not.
 */
export function functionRole(functionName: string, permissions: readonly Statement[]): Resource {
  const logs = localArn("logs", `log-group:/aws/lambda/${functionName}:*`);
  return roleFor("lambda.amazonaws.com", "do-its-work", [
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs),
    ...permissions,
  ]);
}
