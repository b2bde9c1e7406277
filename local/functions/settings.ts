import { RESERVED_VARIABLES } from "./environments/environment-variables.ts";
import { RUNTIMES, type FunctionConfiguration, type Runtime } from "./function-record.ts";
import {
  integer,
  invalid,
  invalidParameter,
  list,
  requiredText,
  section,
  text,
  textMap,
  type Input,
} from "./input.ts";

/** The settings that CreateFunction, UpdateFunctionConfiguration and CloudFormation give in the same words. */
export type FunctionSettings = Pick<
  FunctionConfiguration,
  | "description"
  | "runtime"
  | "handler"
  | "role"
  | "memorySizeMb"
  | "timeoutSeconds"
  | "environment"
  | "architectures"
  | "logging"
  | "tracingMode"
  | "ephemeralStorageMb"
  | "deadLetterArn"
>;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LIMITS = {
  MemorySize: { min: 128, max: 10_240 },
  Timeout: { min: 1, max: 900 },
  EphemeralStorageSize: { min: 512, max: 10_240 },
  environmentBytes: 4096,
};
const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;
const VARIABLE_NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;
/** Settings of Lambda that change what a function does and that a laptop has not; to ignore them would deceive. */
const NOT_SUPPORTED = [
  "Layers",
  "VpcConfig",
  "FileSystemConfigs",
  "ImageConfig",
  "SnapStart",
  "CapacityProviderConfig",
  "DurableConfig",
];

/** What CreateFunction gives where nothing is said. */
function defaults(name: string): Omit<FunctionSettings, "runtime" | "handler" | "role"> {
  return {
    description: "",
    memorySizeMb: 128,
    timeoutSeconds: 3,
    environment: {},
    architectures: ["x86_64"],
    logging: { format: "Text", group: `/aws/lambda/${name}` },
    tracingMode: "PassThrough",
    ephemeralStorageMb: 512,
  };
}

/**
 * The settings that the input gives, over the present ones or, for a new function, over Lambda's defaults.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 * @throws AwsError ValidationException, InvalidParameterValueException
 */
export function readSettings(name: string, input: Input, present?: FunctionSettings): FunctionSettings {
  refuseUnsupported(input);
  const base = { ...defaults(name), ...present };
  const ephemeral = section(input, "EphemeralStorage");
  const dead = section(input, "DeadLetterConfig");
  const deadLetterArn = dead === undefined ? base.deadLetterArn : text(dead, "TargetArn");
  const settings = {
    description: text(input, "Description") ?? base.description,
    runtime: readRuntime(input, present?.runtime),
    handler:
      present === undefined ? requiredText(input, "Handler") : (text(input, "Handler") ?? present.handler),
    role: present === undefined ? requiredText(input, "Role") : (text(input, "Role") ?? present.role),
    memorySizeMb: integer(input, "MemorySize", LIMITS.MemorySize) ?? base.memorySizeMb,
    timeoutSeconds: integer(input, "Timeout", LIMITS.Timeout) ?? base.timeoutSeconds,
    environment: readEnvironment(input) ?? base.environment,
    architectures: list(input, "Architectures")?.map(String) ?? base.architectures,
    logging: readLogging(input, name) ?? base.logging,
    tracingMode: readTracing(input) ?? base.tracingMode,
    ephemeralStorageMb:
      (ephemeral && integer(ephemeral, "Size", LIMITS.EphemeralStorageSize)) ?? base.ephemeralStorageMb,
  };
  if (!ROLE.test(settings.role)) {
    throw invalid(
      `1 validation error detected: Value '${settings.role}' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: ${ROLE.source}`,
    );
  }
  return deadLetterArn === undefined || deadLetterArn === "" ? settings : { ...settings, deadLetterArn };
}

function refuseUnsupported(input: Input): void {
  for (const name of NOT_SUPPORTED) {
    const value = input[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    throw invalidParameter(`The local cloud does not implement ${name} of a function.`);
  }
  if (text(input, "PackageType") === "Image")
    throw invalidParameter("The local cloud does not implement PackageType Image of a function.");
}

function readRuntime(input: Input, present: Runtime | undefined): Runtime {
  const given = present === undefined ? requiredText(input, "Runtime") : (text(input, "Runtime") ?? present);
  const runtime = RUNTIMES.find((known) => known === given);
  if (runtime !== undefined) return runtime;
  throw invalidParameter(
    `Value ${given} at 'runtime' failed to satisfy constraint: the local cloud runs ${RUNTIMES.join(" and ")}`,
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function readEnvironment(input: Input): Record<string, string> | undefined {
  const environment = section(input, "Environment");
  if (environment === undefined) return undefined;
  const variables = textMap(environment, "Variables") ?? {};
  const bad = Object.keys(variables).find((name) => !VARIABLE_NAME.test(name));
  if (bad !== undefined) {
    throw invalid(
      `1 validation error detected: Value '${bad}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]`,
    );
  }
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(", ")}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > LIMITS.environmentBytes) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${JSON.stringify(variables)}`,
    );
  }
  return variables;
}

function readLogging(input: Input, name: string): FunctionSettings["logging"] | undefined {
  const config = section(input, "LoggingConfig");
  if (config === undefined) return undefined;
  const applicationLevel = text(config, "ApplicationLogLevel");
  const systemLevel = text(config, "SystemLogLevel");
  const format = text(config, "LogFormat") ?? "Text";
  if (format !== "Text" && format !== "JSON") {
    throw invalid(
      `1 validation error detected: Value '${format}' at 'loggingConfig.logFormat' failed to satisfy constraint: Member must satisfy enum value set: [JSON, Text]`,
    );
  }
  return {
    format,
    group: text(config, "LogGroup") ?? `/aws/lambda/${name}`,
    ...(applicationLevel === undefined ? {} : { applicationLevel }),
    ...(systemLevel === undefined ? {} : { systemLevel }),
  };
}

function readTracing(input: Input): FunctionSettings["tracingMode"] | undefined {
  const config = section(input, "TracingConfig");
  const mode = config === undefined ? undefined : text(config, "Mode");
  if (mode === undefined || mode === "Active" || mode === "PassThrough") return mode;
  throw invalid(
    `1 validation error detected: Value '${mode}' at 'tracingConfig.mode' failed to satisfy constraint: Member must satisfy enum value set: [Active, PassThrough]`,
  );
}
