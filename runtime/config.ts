import { z } from "zod";
import { NETWORKS } from "#core/pipelines/surroundings.ts";

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue("is not JSON");
    return z.NEVER;
  }
});

/** Every variable that a function may read; each function picks those it needs. */
const variables = {
  SLIPWAY_STAGE: z.string().min(1),
  SLIPWAY_JOBS_TABLE: z.string().min(1),
  SLIPWAY_UPLOADS_BUCKET: z.string().min(1),
  SLIPWAY_RULE_PREFIX: z.string().min(1),
  SLIPWAY_INTAKE_DEAD_LETTER_QUEUE_URL: z.url(),
  SLIPWAY_DISPATCH_QUEUE_URL: z.url(),
  SLIPWAY_WAKE_QUEUE_URL: z.url(),
  SLIPWAY_TASK_EVENTS_DEAD_LETTER_QUEUE_URL: z.url(),
  SLIPWAY_EVENT_BUS: z.string().min(1),
  SLIPWAY_ADMIN_TOPIC: z.string().startsWith("arn:"),
  SLIPWAY_CLUSTER: z.string().startsWith("arn:"),
  SLIPWAY_NETWORKS: json.pipe(
    z.partialRecord(
      z.enum(NETWORKS),
      z.object({
        subnets: z.array(z.string().min(1)).min(1),
        securityGroup: z.string().min(1),
        publicAddress: z.boolean(),
      }),
    ),
  ),
  SLIPWAY_CAPACITY_PROVIDERS: json.pipe(z.record(z.string(), z.string().min(1))),
  SLIPWAY_TASK_DEFINITIONS: json.pipe(z.record(z.string(), z.string().min(1))),
  SLIPWAY_MAX_VCPU: z.coerce.number().positive(),
  SLIPWAY_MAX_TASKS: z.coerce.number().int().positive(),
  SLIPWAY_LAUNCHES_PER_SECOND: z.coerce.number().positive(),
  SLIPWAY_WAKE_DEDUPLICATION: z.enum(["window", "unique"]),
  SLIPWAY_LOG_GROUP_PREFIX: z.string().min(1),
  AWS_REGION: z.string().min(1),
} as const;

type Variables = typeof variables;
export type VariableName = keyof Variables;
export type Config<Name extends VariableName> = Readonly<{ [K in Name]: z.output<Variables[K]> }>;

/** What each function reads; a test holds it against the environment that its function.yml sets. */
export const FUNCTION_VARIABLES = {
  intake: [
    "SLIPWAY_JOBS_TABLE",
    "SLIPWAY_UPLOADS_BUCKET",
    "SLIPWAY_RULE_PREFIX",
    "SLIPWAY_INTAKE_DEAD_LETTER_QUEUE_URL",
    "SLIPWAY_DISPATCH_QUEUE_URL",
    "SLIPWAY_WAKE_DEDUPLICATION",
  ],
  dispatch: [
    "SLIPWAY_JOBS_TABLE",
    "SLIPWAY_EVENT_BUS",
    "SLIPWAY_DISPATCH_QUEUE_URL",
    "SLIPWAY_WAKE_QUEUE_URL",
    "SLIPWAY_WAKE_DEDUPLICATION",
    "SLIPWAY_CLUSTER",
    "SLIPWAY_NETWORKS",
    "SLIPWAY_CAPACITY_PROVIDERS",
    "SLIPWAY_TASK_DEFINITIONS",
    "SLIPWAY_MAX_VCPU",
    "SLIPWAY_MAX_TASKS",
    "SLIPWAY_LAUNCHES_PER_SECOND",
  ],
  wake: ["SLIPWAY_DISPATCH_QUEUE_URL", "SLIPWAY_WAKE_DEDUPLICATION"],
  track: [
    "SLIPWAY_JOBS_TABLE",
    "SLIPWAY_TASK_EVENTS_DEAD_LETTER_QUEUE_URL",
    "SLIPWAY_CLUSTER",
    "SLIPWAY_EVENT_BUS",
    "SLIPWAY_DISPATCH_QUEUE_URL",
    "SLIPWAY_WAKE_DEDUPLICATION",
  ],
  notify: [
    "SLIPWAY_STAGE",
    "SLIPWAY_JOBS_TABLE",
    "SLIPWAY_ADMIN_TOPIC",
    "SLIPWAY_LOG_GROUP_PREFIX",
    "AWS_REGION",
  ],
  sweep: [
    "SLIPWAY_JOBS_TABLE",
    "SLIPWAY_EVENT_BUS",
    "SLIPWAY_DISPATCH_QUEUE_URL",
    "SLIPWAY_WAKE_DEDUPLICATION",
    "SLIPWAY_CLUSTER",
    "SLIPWAY_STAGE",
    "SLIPWAY_ADMIN_TOPIC",
  ],
} as const satisfies Record<string, readonly VariableName[]>;

/** A deploy that set a variable wrongly, or not at all. Names every one of them. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the environment of one function. @throws ConfigError that lists all bad variables */
export function readConfig<Name extends VariableName>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config<Name> {
  const results = names.map((name) => ({ name, result: variables[name].safeParse(environment[name]) }));
  const bad = results.flatMap(({ name, result }) =>
    result.success ? [] : [`${name}: ${result.error.issues[0]?.message ?? "is wrong"}`],
  );
  if (bad.length > 0) throw new ConfigError(`The function's environment is wrong. ${bad.join("; ")}`);
  return Object.freeze(
    Object.fromEntries(results.map(({ name, result }) => [name, result.data])),
  ) as Config<Name>;
}
