import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";

/** Shapes of the ECS API that more than one operation takes. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Types.html */
export const tag = z.object({ key: z.string(), value: z.string().default("") });
export const tags = z.array(tag);
export type Tag = z.output<typeof tag>;

export const keyValue = z.object({ name: z.string(), value: z.string() });

export const ephemeralStorage = z.object({ sizeInGiB: z.int() });
export type EphemeralStorage = z.output<typeof ephemeralStorage>;

export const strategyItem = z.object({
  capacityProvider: z.string(),
  weight: z.int().min(0).max(1000).default(0),
  base: z.int().min(0).max(100_000).default(0),
});
export type StrategyItem = z.output<typeof strategyItem>;

export const containerOverride = z.looseObject({
  name: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.array(keyValue).optional(),
  cpu: z.int().optional(),
  memory: z.int().optional(),
  memoryReservation: z.int().optional(),
});
export type ContainerOverride = z.output<typeof containerOverride>;

export const override = z.looseObject({
  containerOverrides: z.array(containerOverride).optional(),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  executionRoleArn: z.string().optional(),
  taskRoleArn: z.string().optional(),
  ephemeralStorage: ephemeralStorage.optional(),
});
export type Override = z.output<typeof override>;

/**
 * Reads an operation's input.
 * @throws AwsError InvalidParameterException that names the member
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(
    `Invalid parameter at '${issue?.path.join(".") ?? ""}': ${issue?.message ?? "not understood"}`,
  );
}

export const invalid = (message: string): AwsError => new AwsError("InvalidParameterException", message);
export const clientError = (message: string): AwsError => new AwsError("ClientException", message);

/** @throws AwsError InvalidParameterException; https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html */
export function checkTags(given: readonly Tag[]): void {
  if (given.length > 50) throw invalid("The maximum number of tags per resource is 50.");
  for (const { key, value } of given) {
    if (key === "" || key.length > 128) throw invalid("Tag keys must be between 1 and 128 characters.");
    if (value.length > 256) throw invalid("Tag values must be at most 256 characters.");
    if (key.toLowerCase().startsWith("aws:")) throw invalid("Tag keys must not start with 'aws:'.");
  }
  if (new Set(given.map(({ key }) => key)).size < given.length) throw invalid("Duplicate tag keys found.");
}
