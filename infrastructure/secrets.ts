import { secretSource, type SecretSource } from "#core/pipelines/secret-source.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { forStage } from "./pipeline-names.ts";
import { allow, localArn, type Intrinsic, type Statement } from "./template.ts";

/** @throws Error where the text names no secret, which definePipelines refuses before */
function sourceOf(text: string, stage: string): SecretSource {
  const source = secretSource(forStage(text, stage));
  if (source === undefined) throw new Error(`"${text}" names no secret.`);
  return source;
}

/** The secrets of the container, sorted by name: ECS reads each when a task starts. */
export function containerSecrets(
  { secrets }: Pipeline,
  stage: string,
): { Name: string; ValueFrom: Intrinsic }[] {
  return Object.entries(secrets)
    .map(([Name, text]) => ({ Name, ValueFrom: valueFrom(sourceOf(text, stage)) }))
    .toSorted((one, other) => (one.Name < other.Name ? -1 : 1));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
function valueFrom(source: SecretSource): Intrinsic {
  if (source.service === "ssm") return parameterArn(source);
  const field = source.field === undefined ? "" : `:${source.field}::`;
  return localArn("secretsmanager", `secret:${source.name}${field}`);
}

/**
 * The secret itself, read by CloudFormation at a deploy, for what takes no reference.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export function secretText(text: string): string {
  const { name, field } = secretSource(text) ?? {};
  if (name === undefined) throw new Error(`"${text}" names no secret.`);
  return `{{resolve:secretsmanager:${name}:SecretString${field === undefined ? "" : `:${field}`}}}`;
}

function parameterArn({ name }: SecretSource): Intrinsic {
  return localArn("ssm", `parameter/${name.replace(/^\//, "")}`);
}

/** Just the secrets that the pipeline names, for the role with which ECS starts its tasks. */
export function secretStatements({ secrets }: Pipeline, stage: string): Statement[] {
  const sources = Object.values(secrets).map((text) => sourceOf(text, stage));
  const parameters = sources.filter(({ service }) => service === "ssm").map(parameterArn);
  // Secrets Manager puts a hyphen and six characters behind the name.
  const names = sources.filter(({ service }) => service === "secretsmanager").map(({ name }) => name);
  const managed = [...new Set(names)].map((name) => localArn("secretsmanager", `secret:${name}-??????`));
  return [
    ...(parameters.length > 0 ? [allow("ssm:GetParameters", parameters)] : []),
    ...(managed.length > 0 ? [allow("secretsmanager:GetSecretValue", managed)] : []),
  ];
}
