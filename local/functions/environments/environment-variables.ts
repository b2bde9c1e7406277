import { delimiter, dirname } from "node:path";
import type { CloudContext, TemporaryCredentials } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { FunctionConfiguration } from "../function-record.ts";

/** Names that a function may not set itself. */
export const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

/**
 * All that a function's process sees of its surroundings: nothing of the cloud's own environment but where programs are.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * @throws AwsError AccessDeniedException where the role is gone
 */
export function environmentVariables(
  context: CloudContext,
  configuration: FunctionConfiguration,
  place: { taskRoot: string; temporaryFolder: string; logStream: string },
): { variables: Record<string, string>; accessKeyId: string; credentialsExpireMs: number } {
  const credentials = credentialsOf(context, configuration);
  const variables = {
    LANG: process.env["LANG"] ?? "en_US.UTF-8",
    TZ: ":UTC",
    // Nothing collects traces here: the tracing libraries are told so, or each call would log that it has no segment.
    AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR",
    POWERTOOLS_TRACE_ENABLED: "false",
    ...configuration.environment,
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    HOME: place.temporaryFolder,
    TMPDIR: place.temporaryFolder,
    _HANDLER: configuration.handler,
    LAMBDA_TASK_ROOT: place.taskRoot,
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    AWS_ENDPOINT_URL: context.endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: configuration.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStream,
    AWS_LAMBDA_LOG_FORMAT: configuration.logging.format,
    ...(configuration.logging.applicationLevel === undefined
      ? {}
      : { AWS_LAMBDA_LOG_LEVEL: configuration.logging.applicationLevel }),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
  const { accessKeyId, expiration } = credentials;
  return { variables, accessKeyId, credentialsExpireMs: Date.parse(expiration) };
}

function credentialsOf(
  { identity }: CloudContext,
  { role, name }: FunctionConfiguration,
): TemporaryCredentials {
  try {
    return identity.credentialsFor(role, name);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const message = "The role defined for the function cannot be assumed by Lambda.";
    throw new AwsError("AccessDeniedException", message, 403, { Type: "User" });
  }
}
