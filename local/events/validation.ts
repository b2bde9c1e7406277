import type { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";

/**
 * An operation's input, checked against its constraints. Members that the schema does not name are dropped, as AWS does.
 * @throws AwsError ValidationException
 */
export function checked<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) =>
      `Value at '${issue.path.map(memberName).join(".")}' failed to satisfy constraint: ${issue.message}`,
  );
  throw new AwsError(
    "ValidationException",
    `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`,
  );
}

/** AWS names members in its messages with a small first letter, and list elements from 1 on. */
function memberName(step: PropertyKey): string {
  if (typeof step === "number") return `${step + 1}.member`;
  const name = String(step);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
