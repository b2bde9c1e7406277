import { z } from "zod";
import { AwsError } from "../gateway/aws-error.ts";

/** @throws AwsError InvalidParameterException */
export function checked<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `Value at '${path.join(".")}' failed to satisfy constraint: ${message}`,
  );
  throw new AwsError(
    "InvalidParameterException",
    `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`,
  );
}

/** Members of the API, with the limits of its model. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export const groupName = z
  .string("Member must not be null")
  .min(1, "Member must have length greater than or equal to 1")
  .max(512, "Member must have length less than or equal to 512")
  .regex(/^[.\-_/#A-Za-z0-9]+$/, "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+");

export const streamName = z
  .string("Member must not be null")
  .min(1, "Member must have length greater than or equal to 1")
  .max(512, "Member must have length less than or equal to 512")
  .regex(/^[^:*]*$/, "Member must satisfy regular expression pattern: [^:*]*");

/** A group is given by its name or, as identifier, by its name or ARN. */
export const groupReference = {
  logGroupName: groupName.optional(),
  logGroupIdentifier: z.string().max(2048).optional(),
};

/** @throws AwsError InvalidParameterException where a group is given twice or not at all */
export function groupNameOf(input: {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}): string {
  const { logGroupName, logGroupIdentifier } = input;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw new AwsError(
      "InvalidParameterException",
      "Exactly one of logGroupName and logGroupIdentifier must be given.",
    );
  }
  return logGroupName ?? nameInArn(logGroupIdentifier ?? "");
}

export function nameInArn(nameOrArn: string): string {
  return /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

export const limit = (max: number) => z.number().int().min(1).max(max).optional();
export const time = z.number().int().min(0).optional();
export const tags = z.record(z.string().min(1).max(128), z.string().max(256));
