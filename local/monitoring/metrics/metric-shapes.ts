import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";

/** The query protocol carries all leaves as text. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export const number = z.coerce.number();

/** A Date, seconds since 1970 or ISO 8601; milliseconds since 1970 come out. */
export const time = z.union([
  z.date().transform((date) => date.getTime()),
  z.number().transform((seconds) => seconds * 1000),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

export const namespace = z.string("The parameter Namespace is required.").min(1).max(255);
export const metricName = z.string("The parameter MetricName is required.").min(1).max(255);

export const dimensions = z
  .array(z.object({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) }))
  .max(30)
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

export function dimensionList(of: Readonly<Record<string, string>>) {
  return Object.entries(of).map(([Name, Value]) => ({ Name, Value }));
}

/** @throws AwsError ValidationError */
export function checked<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new AwsError("ValidationError", problems.join("; "));
}
