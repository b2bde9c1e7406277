import type { Pipeline } from "./pipeline.ts";

/**
 * The interface endpoint of a service by the prefix of its actions, where the two differ or are known to be the same.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
const ENDPOINT_BY_PREFIX: ReadonlyMap<string, string | undefined> = new Map([
  ["bedrock", "bedrock-runtime"],
  ["ecr", "ecr.api"],
  ["events", "events"],
  ["execute-api", "execute-api"],
  ["kinesis", "kinesis-streams"],
  ["kms", "kms"],
  ["lambda", "lambda"],
  ["logs", "logs"],
  ["rekognition", "rekognition"],
  ["secretsmanager", "secretsmanager"],
  ["sns", "sns"],
  ["sqs", "sqs"],
  ["ssm", "ssm"],
  ["states", "states"],
  ["sts", "sts"],
  ["textract", "textract"],
  ["transcribe", "transcribe"],
  // Gateway endpoints, which every network of ours has.
  ["s3", undefined],
  ["dynamodb", undefined],
]);

/** What every task calls: its image, its log, its reports. */
const OF_EVERY_TASK = ["ecr.api", "ecr.dkr", "logs", "sqs"];
/** What the agent of an instance calls. */
const OF_INSTANCES = ["ecs", "ecs-agent", "ecs-telemetry"];

/** The interface endpoints without which the pipeline's tasks could not work in a private network. */
export function endpointServices({ capacity, secrets, role }: Pipeline): string[] {
  const prefixes = [
    ...role.flatMap(({ actions }) => actions).map(prefixOf),
    ...Object.values(secrets).map(prefixOf),
  ];
  return [
    ...OF_EVERY_TASK,
    ...(capacity.type === "ec2" ? OF_INSTANCES : []),
    ...prefixes.flatMap((prefix) => ENDPOINT_BY_PREFIX.get(prefix) ?? []),
  ];
}

/** Services of the pipeline's role for which no endpoint is known. */
export function servicesOutOfReach({ role }: Pipeline): string[] {
  const prefixes = role.flatMap(({ actions }) => actions).map(prefixOf);
  return [...new Set(prefixes)].filter((prefix) => !ENDPOINT_BY_PREFIX.has(prefix));
}

/** The service of an action or of a secret. */
function prefixOf(text: string): string {
  return text.split(":")[0] ?? "";
}
